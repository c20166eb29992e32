import type { Trx } from "../platform/database/database.ts";
import type { PeopleVerb } from "./people/bulk/verbs.ts";

/** Whose account is being made. */
export interface NewcomerAccount {
  readonly id: number;
  readonly username: string;
}

/** One kind of row that is kept about a person, as plain JSON (times as Date). */
export type PersonalRows = (accountId: number) => AsyncIterable<object>;

/**
 * What a domain keeps of people: what it lists before an account is deleted, puts into the export of a person's
 * data, and removes with the account. Each domain brings its own (`Accounts.contribute`).
 */
export interface AccountPart {
  /** The domain's: `workspaces`. */
  readonly name: string;
  /** What the person owns now, in figures: how many, how many bytes. */
  owned(accountId: number): Promise<Readonly<Record<string, number>>>;
  /** Figures of many people for a list, by name; one query. Who has none may be left out. */
  glance?(accountIds: readonly number[]): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>>;
  /** What everybody new gets in this domain, in the transaction that makes their account. */
  welcome?(trx: Trx, person: NewcomerAccount): Promise<void>;
  /** What an administrator may do to many people at once in this domain, by name. */
  readonly verbs?: Readonly<Record<string, PeopleVerb>>;
  /** Everything kept about the person, by the name of the file in the export. No secrets, nothing of others. */
  readonly rows: Readonly<Record<string, PersonalRows>>;
  /**
   * Ends what the person owns, as far as it goes at once; called again until nothing is left. The account is
   * deactivated by then. Safe to repeat after a crash at any point.
   * @returns true when nothing is left
   */
  remove?(accountId: number): Promise<boolean>;
}

/** Rows in pages, by a key: nothing of any size is held in memory. @param page rows after that key; null: the first */
export async function* paged<Row extends object, Key>(
  page: (after: Key | null) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): AsyncGenerator<Row> {
  for (let after: Key | null = null; ; ) {
    const rows: readonly Row[] = await page(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield* rows;
    after = keyOf(last);
  }
}
