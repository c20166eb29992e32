import type { Accounts } from "../accounts/accounts.ts";
import type { Platform } from "../platform/platform.ts";
import type { Turns } from "./ingest/turns.ts";
import type { Months } from "./months/months.ts";
import type { Searches } from "./search/searches.ts";
import type { ActivityDb } from "./tables.ts";

/** What activity needs of the accounts domain. */
export type ActivityPeople = Pick<Accounts, "byIds" | "get">;

export interface ActivityContext {
  readonly platform: Platform;
  readonly db: ActivityDb;
  readonly people: ActivityPeople;
  readonly months: Months;
  readonly searches: Searches;
  readonly turns: Turns;
}
