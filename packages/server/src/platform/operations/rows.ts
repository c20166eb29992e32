import type { Operation } from "./contract.ts";
import type { OperationRow } from "./tables.ts";

export function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    kind: row.kind,
    subject: { kind: row.subject_kind, id: row.subject_id },
    actor: { accountId: row.actor_id, label: row.actor_label },
    state: row.state,
    progress: row.progress,
    message: row.message,
    input: row.input,
    result: row.result,
    error: row.error,
    attempt: row.attempt,
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export function hasEnded(state: Operation["state"]): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}
