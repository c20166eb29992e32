import type { AccountRow } from "../account.ts";
import type { AccountsDb } from "../tables.ts";

export interface PeopleFilter {
  /** Part of a user name, a full name or an e-mail address, any case. */
  readonly search?: string | undefined;
  /** The last id of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Oldest account first, by id; without services' accounts. */
export function listPeople(db: AccountsDb, { search, after, limit }: PeopleFilter): Promise<AccountRow[]> {
  let query = db.selectFrom("accounts").selectAll().where("kind", "=", "person").orderBy("id").limit(limit);
  if (after !== undefined) query = query.where("id", ">", after);
  const pattern = containing(search);
  if (pattern === null) return query.execute();
  return query
    .where((e) =>
      e.or([e("username", "ilike", pattern), e("full_name", "ilike", pattern), e("email", "ilike", pattern)]),
    )
    .execute();
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
