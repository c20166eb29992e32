import type { Trx } from "../platform/database/database.ts";
import type { Platform } from "../platform/platform.ts";
import type { NoticesDb } from "./tables.ts";

/** Somebody who is told things, as far as a mail needs to know. */
export interface Receiver {
  readonly email: string;
  readonly fullName: string;
  readonly locale: "en" | "fa" | null;
  readonly active: boolean;
}

/** What notices need to know of people. Accounts tell people things, so it comes from whoever puts both together. */
export interface NoticePeople {
  /** Those that exist, by id. */
  byIds(ids: readonly number[], trx: Trx): Promise<ReadonlyMap<number, Receiver>>;
  /** Active administrators, as they are in this transaction. */
  admins(trx: Trx): Promise<readonly number[]>;
}

export interface NoticesContext {
  readonly platform: Platform;
  readonly db: NoticesDb;
  readonly people: NoticePeople;
}
