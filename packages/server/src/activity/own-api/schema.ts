import { type Static, Type } from "typebox";
import { preview } from "../contract/schema.ts";
import type { PersonFigures } from "../figures/queries.ts";
import { RANKS } from "../figures/ranking.ts";
import { average } from "../figures/stats.ts";
import { placeText } from "../search/place.ts";
import type { Execution } from "../search/queries.ts";
import type { Page } from "../search/searches.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
const Day = Type.String({ format: "date", description: "UTC." });
/** Characters of a list's code and message. */
const PREVIEW = 1_000;

const SelfReported = Type.Literal(true, {
  description: "Nobody checks it: entries can be forged, and what ran can be left out.",
});
const Place = Type.String({ minLength: 1, maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" });

const execution = {
  id: Place,
  timestamp: Time,
  cell_number: Nullable(Type.Integer()),
  status: Type.Union([Type.Literal("success"), Type.Literal("error")]),
  execution_time_ms: Type.Integer(),
  dropped_before: Nullable(Type.Integer({ description: "So many before this one the reporter had to give up." })),
  code: Type.String(),
  error_message: Nullable(Type.String()),
  is_whole: Type.Boolean({ description: "False: code or message go on; read the execution by its id." }),
  was_cut: Type.Boolean({ description: "The end was too long, and is not kept." }),
};
export const WholeExecution = Type.Object({ ...execution, self_reported: SelfReported });
export const OfSomebody = Type.Object({
  ...execution,
  account: Type.Object({ id: Type.Integer(), username: Type.String() }),
  self_reported: SelfReported,
});

const page = {
  next_cursor: Nullable(Type.String()),
  searched_back_to: Nullable(
    Type.String({
      format: "date-time",
      description: "The time for looking was up: what is older was not looked at. Go on with the cursor.",
    }),
  ),
  self_reported: SelfReported,
};
export const ExecutionPage = Type.Object({ items: Type.Array(Type.Object(execution)), ...page });
export const PageOfAll = Type.Object({
  items: Type.Array(Type.Object({ ...execution, account: OfSomebody.properties.account })),
  ...page,
});

export const ExecutionParams = Type.Object({ id: Place });
const query = {
  text: Type.Optional(
    Type.String({ maxLength: 200, description: "Part of the code or the error's message, any case; 2 characters." }),
  ),
  status: Type.Optional(Type.Union([Type.Literal("success"), Type.Literal("error")])),
  from: Type.Optional(Type.String({ maxLength: 40, description: "From this time on, RFC 3339." })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "Before this time." })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
};
export const ListQuery = Type.Object(query);
export type ListQuery = Static<typeof ListQuery>;
export const AllQuery = Type.Object({
  ...query,
  account_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
});

export const PeopleQuery = Type.Object({
  sort: Type.Enum(RANKS, { default: "last", description: "What is most, or latest, comes first." }),
  account_id: AllQuery.properties.account_id,
  cursor: query.cursor,
  limit: query.limit,
});
export const PeoplePage = Type.Object({
  items: Type.Array(
    Type.Object({
      account: Type.Object({ id: Type.Integer(), username: Type.String(), full_name: Type.String() }),
      executions: Type.Integer(),
      today: Type.Integer({ description: "UTC." }),
      errors: Type.Integer(),
      average_ms: Type.Number(),
      last_at: Nullable(Time),
    }),
  ),
  next_cursor: Nullable(Type.String()),
  self_reported: SelfReported,
});

export const DaysQuery = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 371, default: 365 }) });
export const Days = Type.Object({
  items: Type.Array(
    Type.Object({
      day: Day,
      executions: Type.Integer(),
      errors: Type.Integer(),
      execution_time_ms: Type.Integer({ description: "In all." }),
    }),
    { description: "Oldest first; days on which nothing ran are left out." },
  ),
  self_reported: SelfReported,
});
export const HoursQuery = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 31, default: 7 }) });
export const Hours = Type.Object({
  items: Type.Array(
    Type.Object({
      hour: Type.Integer({ minimum: 0, maximum: 23, description: "Of the day, UTC." }),
      executions: Type.Integer(),
      errors: Type.Integer(),
    }),
  ),
  self_reported: SelfReported,
});

export const EraseQuery = Type.Object({ from: query.from, to: query.to });
export const Erasing = Type.Object({ operation_id: Type.String() });

export function presentExecution(row: Execution, most = PREVIEW) {
  const [code, error] = [preview(row.code, most), row.error === null ? null : preview(row.error, most)];
  return {
    id: placeText({ at: row.at_text, id: row.id }),
    timestamp: row.at.toISOString(),
    cell_number: row.cell_number,
    status: row.failed ? ("error" as const) : ("success" as const),
    execution_time_ms: row.milliseconds,
    dropped_before: row.dropped_before,
    code,
    error_message: error,
    is_whole: code === row.code && error === row.error,
    was_cut: row.cut,
  };
}

export function presentPage<Item>({ items, next, searchedBackTo }: Page, present: (row: Execution) => Item) {
  return {
    items: items.map(present),
    next_cursor: next && placeText(next),
    searched_back_to: searchedBackTo?.toISOString() ?? null,
    self_reported: true as const,
  };
}

export function presentPerson(
  row: PersonFigures,
  account: { readonly username: string; readonly fullName: string } | undefined,
): Static<typeof PeoplePage>["items"][number] {
  const { account_id: id, executions, today, errors, last_at } = row;
  return {
    account: { id, username: account?.username ?? `#${id}`, full_name: account?.fullName ?? "" },
    ...{ executions, today, errors, average_ms: average(row), last_at: last_at?.toISOString() ?? null },
  };
}
