import type { ColumnType, Generated, JSONColumnType } from "kysely";

type Written<T> = ColumnType<T, T | undefined, never>;

export type EventVisibility = "accounts" | "everyone" | "internal" | "private";

export type EventTables = {
  /** The outbox. Rows are never changed; old ones are thinned (`retention.ts`). */
  events: {
    id: ColumnType<number, never, never>;
    at: Written<Date>;
    type: string;
    subject_kind: string;
    subject_id: string;
    visibility: EventVisibility;
    audience: Written<number[]>;
    data: JSONColumnType<Readonly<Record<string, unknown>>, string, never>;
  };
  event_log: {
    one: ColumnType<boolean, never, never>;
    epoch: Generated<string>;
    thinned_to: Generated<number>;
  };
};
