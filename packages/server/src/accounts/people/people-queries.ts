import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsDb } from "../tables.ts";

export interface PeopleFilter {
  /** Part of a user name, a full name or an e-mail address, any case. */
  readonly search?: string | undefined;
  /** The last id of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Oldest account first, by id. */
export function listPeople(db: AccountsDb, { search, after, limit }: PeopleFilter): Promise<AccountRow[]> {
  let query = db.selectFrom("accounts").selectAll().orderBy("id").limit(limit);
  if (after !== undefined) query = query.where("id", ">", after);
  const pattern = containing(search);
  if (pattern === null) return query.execute();
  return query
    .where((e) =>
      e.or([e("username", "ilike", pattern), e("full_name", "ilike", pattern), e("email", "ilike", pattern)]),
    )
    .execute();
}

/** What contract 3 calls a user. */
export interface DirectoryUser {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly email: string;
}

/** Users in one answer at most. */
const DIRECTORY_LIMIT = 200;

/** Active people by "first last" or e-mail address, without the caller and `admin`. */
export async function searchDirectory(
  db: AccountsDb,
  callerId: number | null,
  search: string | undefined,
): Promise<DirectoryUser[]> {
  let query = db
    .selectFrom("accounts")
    .select(["id", "full_name", "username", "email"])
    .where("status", "=", "active")
    .where("username_key", "!=", "admin")
    .where("id", "!=", callerId ?? -1)
    .orderBy(sql`lower(full_name)`)
    .orderBy("id")
    .limit(DIRECTORY_LIMIT);
  const pattern = containing(search);
  if (pattern !== null)
    query = query.where((e) => e.or([e("full_name", "ilike", pattern), e("email", "ilike", pattern)]));
  const rows = await query.execute();
  return rows.map(({ full_name, ...user }) => ({ ...user, ...splitName(full_name) }));
}

/** The first word, and the rest. */
export function splitName(fullName: string): { first_name: string; last_name: string } {
  const words = fullName.trim().split(/\s+/);
  return { first_name: words[0] ?? "", last_name: words.slice(1).join(" ") };
}

/** An ILIKE pattern in which nothing of the search is special; null for an empty one. */
export function containing(search: string | undefined): string | null {
  const text = search?.trim().normalize("NFC").replaceAll("\0", "");
  return text ? `%${text.replace(/[\\%_]/g, "\\$&")}%` : null;
}
