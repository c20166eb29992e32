import type { AuditEntry } from "../audit/contract.ts";
import type { NewEvent } from "../events/contract.ts";
import type { OperationActor } from "./contract.ts";
import type { OperationRow } from "./tables.ts";

/** Everybody whom the operation concerns: the actor and its audience. */
export function viewersOf(row: Pick<OperationRow, "actor_id" | "audience">): number[] {
  return [...new Set([...(row.actor_id === null ? [] : [row.actor_id]), ...row.audience])];
}

export function changedEvent(row: OperationRow): NewEvent {
  return operationEvent(row, "operation.changed");
}

export function progressEvent(row: OperationRow): NewEvent {
  return operationEvent(row, "operation.progress");
}

function operationEvent(row: OperationRow, type: string): NewEvent {
  return {
    type,
    subject: { kind: "operation", id: row.id },
    audience: viewersOf(row),
    data: {
      kind: row.kind,
      subject: { kind: row.subject_kind, id: row.subject_id },
      state: row.state,
      attempt: row.attempt,
      progress: row.progress,
      message: row.message,
      cancel_requested: row.cancel_requested,
      error: row.error,
      // When a waiting one becomes due: no notification will tell.
      not_before: row.state === "queued" ? row.not_before.toISOString() : null,
    },
  };
}

export function auditEntry(
  row: OperationRow,
  action: "enqueue" | "cancel" | "retry" | "succeed" | "fail" | "end_cancelled",
  by: OperationActor,
): AuditEntry {
  return {
    action: `operation.${action}`,
    actor: {
      accountId: by.accountId,
      label: by.label,
      credentialKind: by.credentialKind ?? null,
      credentialId: by.credentialId ?? null,
      by: by.by,
    },
    requestId: by.requestId ?? null,
    address: by.address ?? null,
    subject: { kind: "operation", id: row.id, label: row.kind },
    about: viewersOf(row),
    outcome: action === "fail" ? "failed" : "done",
    details: {
      subject: { kind: row.subject_kind, id: row.subject_id },
      ...(row.error && { error: row.error.code }),
    },
  };
}
