import { type Static, Type } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { Principal } from "../principal.ts";
import { hasEnded } from "./rows.ts";
import type { OperationRow, OperationTables } from "./tables.ts";

const Time = Type.String({ format: "date-time" });
const NullableTime = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });
const NullableText = Type.Unsafe<string | null>({ type: ["string", "null"] });
const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });

const State = Type.Unsafe<OperationRow["state"]>({
  type: "string",
  enum: ["queued", "running", "succeeded", "failed", "cancelled"],
});

/**
 * `ended`: it has. `asked`: it is being cancelled already. `settling`: what it left is being put in order. `kind`:
 * nothing of its kind can be. `not_yours`: somebody else asked for it.
 */
export type CannotCancel = "ended" | "asked" | "settling" | "kind" | "not_yours";

export const OperationItem = Type.Object({
  id: Type.String({ format: "uuid" }),
  kind: Type.String(),
  subject: Type.Object({ kind: Type.String(), id: Type.String() }),
  actor: Type.Object({ account_id: Type.Union([Type.Integer(), Type.Null()]), label: Type.String() }),
  state: State,
  progress: Type.Union([Type.Integer({ minimum: 0, maximum: 100 }), Type.Null()]),
  message: NullableText,
  result: Type.Union([AnyObject, Type.Null()]),
  error: Type.Union([
    Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.Optional(Type.String()) }),
    Type.Null(),
  ]),
  attempt: Type.Integer(),
  attempts: Type.Integer({ description: "Attempts in all before it is given up." }),
  cancel_requested: Type.Boolean(),
  can_cancel: Type.Boolean({ description: "You may cancel it now." }),
  can_retry: Type.Boolean({ description: "You may begin it anew now." }),
  cannot_cancel: Type.Unsafe<CannotCancel | null>({
    type: ["string", "null"],
    enum: ["ended", "asked", "settling", "kind", "not_yours", null],
    description: "Why it can't be cancelled; null: it can.",
  }),
  looked_at: Type.Unsafe<string | null>({
    type: ["string", "null"],
    format: "date-time",
    description: "When an operator said of its failure that it was seen to.",
  }),
  role: Type.Optional(
    Type.Unsafe<"asked" | "concerned">({
      type: "string",
      enum: ["asked", "concerned"],
      description: "In a list of a `person`: they asked for it, or somebody else did, and it concerns them.",
    }),
  ),
  created_at: Time,
  started_at: NullableTime,
  finished_at: NullableTime,
  due_at: Type.Unsafe<string | null>({
    type: ["string", "null"],
    format: "date-time",
    description: "A waiting one begins not before; null otherwise.",
  }),
});
export type OperationItem = Static<typeof OperationItem>;

export const HistoryItem = Type.Object({
  at: Time,
  code: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "Of the platform's own lines, for translation with `params`; null for lines of the kind's own.",
  }),
  params: Type.Union([AnyObject, Type.Null()]),
  text: Type.String(),
});

export const OperationDetail = Type.Object({
  ...OperationItem.properties,
  input: Type.Union([AnyObject, Type.Null()], { description: "For administrators." }),
  history: Type.Array(HistoryItem),
});

export const OperationPage = Type.Object({ items: Type.Array(OperationItem), next_cursor: NullableText });

export const OperationsQuery = Type.Object({
  state: Type.Optional(State),
  kind: Type.Optional(Type.String({ maxLength: 100 })),
  subject_kind: Type.Optional(Type.String({ maxLength: 100 })),
  subject_id: Type.Optional(Type.String({ maxLength: 200 })),
  actor: Type.Optional(Type.String({ maxLength: 254, description: "Who asked: an account's id, or a name." })),
  person: Type.Optional(
    Type.String({
      maxLength: 254,
      description:
        "Whom it concerns, an account's id, a user name or an e-mail address: what they asked for, and what others did for them. `role` tells which.",
    }),
  ),
  since: Type.Optional(Time),
  unseen: Type.Optional(Type.Boolean({ description: "Only failed ones that no operator has looked at." })),
  mine: Type.Optional(Type.Boolean({ description: "For administrators: only their own, too." })),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export const SomeFailed = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 })),
    kind: Type.Optional(Type.String({ maxLength: 100 })),
  },
  { description: "These, or all of a kind that nobody has looked at; one of the two." },
);
export const SomeDone = Type.Object({
  done: Type.Integer(),
  left: Type.Boolean({ description: "There are more of the kind: call again." }),
});

export const OperationParams = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const SchedulePage = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      cron: Type.String({ description: "UTC." }),
      kind: Type.String(),
      next_at: Time,
      last_at: NullableTime,
      last_operation_id: NullableText,
      last_skipped_at: Type.Unsafe<string | null>({
        type: ["string", "null"],
        format: "date-time",
        description: "When a turn was left out because the one before had not begun.",
      }),
    }),
  ),
  next_cursor: NullableText,
});

/** Who started it, and admins; those it merely concerns look on. */
export function mayControl(row: OperationRow, principal: Principal): boolean {
  return principal.isAdmin || (principal.accountId !== null && row.actor_id === principal.accountId);
}

function cannotCancel(row: OperationRow, mine: boolean): CannotCancel | null {
  if (hasEnded(row.state)) return "ended";
  if (!mine) return "not_yours";
  if (row.cancel_requested) return "asked";
  if (row.settling !== null) return "settling";
  return row.cancellable ? null : "kind";
}

/** @param person of whom the list is, if it is of one */
export function presentOperation(row: OperationRow, principal: Principal, person?: number): OperationItem {
  const mine = mayControl(row, principal);
  return {
    id: row.id,
    kind: row.kind,
    subject: { kind: row.subject_kind, id: row.subject_id },
    actor: { account_id: row.actor_id, label: row.actor_label },
    state: row.state,
    progress: row.progress,
    message: row.message,
    result: row.result,
    error: row.error,
    attempt: row.attempt,
    attempts: row.max_attempts,
    cancel_requested: row.cancel_requested,
    can_cancel: cannotCancel(row, mine) === null,
    can_retry: mine && (row.state === "failed" || row.state === "cancelled"),
    cannot_cancel: cannotCancel(row, mine),
    looked_at: row.looked_at?.toISOString() ?? null,
    ...(person === undefined ? {} : { role: row.actor_id === person ? "asked" : "concerned" }),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    due_at: row.state === "queued" ? row.not_before.toISOString() : null,
  };
}

type ScheduleRow = {
  [Column in keyof OperationTables["operation_schedules"]]: OperationTables["operation_schedules"][Column];
};

export function presentSchedule(row: ScheduleRow) {
  return {
    name: row.name,
    cron: row.cron,
    kind: row.kind,
    next_at: row.next_at.toISOString(),
    last_at: row.last_at?.toISOString() ?? null,
    last_operation_id: row.last_operation_id,
    last_skipped_at: row.last_skipped_at?.toISOString() ?? null,
  };
}

/** @throws StoaError invalid for what is none of ours */
export function seqOfCursor(cursor: string | undefined): number | undefined {
  if (!cursor) return undefined;
  const seq = /^o(\d{1,15})$/.exec(cursor)?.[1];
  if (seq === undefined) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return Number(seq);
}

export function cursorOfSeq(seq: number): string {
  return `o${seq}`;
}
