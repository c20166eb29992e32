import { type Static, Type } from "typebox";
import { Id, DeliveryState as State } from "../endpoints/schema.ts";
import type { AttemptRow, DeliveryRow } from "../tables.ts";
import { problemText } from "./problems.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
export const DeliveryParams = Type.Object({ id: Id, delivery: Id });
export const DeliveriesQuery = Type.Object({
  state: Type.Optional(State),
  type: Type.Optional(Type.String({ pattern: "^[a-z.]{1,50}$" })),
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});

const Attempt = Type.Object({
  number: Type.Integer(),
  at: Time,
  duration_ms: Type.Integer(),
  status: Nullable(Type.Integer({ description: "Null: there was no answer." })),
  problem: Nullable(Type.String({ description: "Why it counts as a failure, by its code. Null: it arrived." })),
  error: Nullable(Type.String({ description: "The same in words." })),
  answer: Nullable(
    Type.String({ description: "The first 1,000 characters of the answer; null: none, or not yours to read." }),
  ),
});
const summary = {
  id: Id,
  event_id: Type.String({ description: "`webhook-id`: the same for each attempt, and for what is sent again." }),
  type: Type.String(),
  state: State,
  attempts: Type.Integer(),
  next_at: Nullable(Type.String({ format: "date-time", description: "When it is tried next; null: never." })),
  replay_of: Nullable(Type.Integer({ description: "The delivery that it repeats." })),
  created_at: Time,
  finished_at: Nullable(Time),
};
export const Delivery = Type.Object({ ...summary, last: Nullable(Attempt) });
export const DeliveryPage = Type.Object({ items: Type.Array(Delivery), next_cursor: Nullable(Type.String()) });
export const WholeDelivery = Type.Object({
  ...summary,
  body: Type.String({ description: "JSON, byte for byte as it is signed and sent." }),
  attempts_made: Type.Array(Attempt),
});
export const ReplayFailed = Type.Object(
  { since: Type.String({ format: "date-time", description: "Those made since then." }) },
  { additionalProperties: false },
);
export const ReplayedFailed = Type.Object({
  count: Type.Integer(),
  more: Type.Boolean({ description: "There are more: ask again." }),
});

/** Who reads it, and in which language. */
export interface Reader {
  readonly locale: "en" | "fa";
  /** Null: its owner. Else somebody who sees no more of the receiver than its origin: neither paths nor its answers. */
  readonly masks: { readonly url: string } | null;
}

export function presentAttempt(row: AttemptRow, { locale, masks }: Reader): Static<typeof Attempt> {
  const { number, at, duration_ms, status, problem } = row;
  const detail = masks !== null && problem === "redirect" ? originFrom(masks.url, row.detail) : row.detail;
  return {
    number,
    at: at.toISOString(),
    duration_ms,
    status,
    problem,
    error: problemText(problem, detail, locale),
    answer: masks === null ? row.answer : null,
  };
}

/** Where a redirect of that address leads, without its path; it may have been given without a host. */
function originFrom(url: string, location: string | null): string {
  const to = location ?? "";
  return to !== "" && URL.canParse(to, url) ? new URL(to, url).origin : "";
}

export function presentSummary(row: DeliveryRow) {
  return {
    id: row.id,
    event_id: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    next_at: row.state === "waiting" ? row.next_at.toISOString() : null,
    replay_of: row.replay_of,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}
