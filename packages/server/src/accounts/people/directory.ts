import { sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import { emailSeenBy } from "../claimed-address.ts";
import { sharesGroupWith } from "../groups/queries.ts";
import type { AccountsDb, AccountsTrx } from "../tables.ts";
import { containing, splitName } from "./people-queries.ts";

/** What contract 3 calls a user. */
export interface DirectoryUser {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly email: string;
}

/** Who looks: administrators find everyone. */
export interface Seeker {
  readonly id: number;
  readonly isAdmin: boolean;
}

type Visibility = Config["people"]["directory"];

/** Users in one answer at most. */
export const DIRECTORY_LIMIT = 200;
/** Nothing that is looked in is longer. */
const LONGEST_SEARCH = 254;

/** Active people that this one finds, by "first last" or e-mail address, without the caller and `admin`. */
export async function searchDirectory(
  db: AccountsDb,
  seeker: Seeker,
  visibility: Visibility,
  search: string | undefined,
): Promise<DirectoryUser[]> {
  const text = search?.replace(/\s+/g, " ");
  if (text !== undefined && text.length > LONGEST_SEARCH) return [];
  const email = emailSeenBy(seeker, "a");
  let query = foundBy(db, seeker, visibility)
    .select(["a.id", "a.full_name", "a.username", email.as("email")])
    .where("a.username_key", "!=", "admin")
    .where("a.id", "!=", seeker.id)
    .orderBy(sql`lower(a.full_name)`)
    .orderBy("a.id")
    .limit(DIRECTORY_LIMIT);
  const pattern = containing(text);
  if (pattern !== null) {
    // As the answer shows it: one blank between first and last name.
    const name = sql<string>`regexp_replace(a.full_name, '\\s+', ' ', 'g')`;
    query = query.where((e) => e.or([e(name, "ilike", pattern), e(email, "ilike", pattern)]));
  }
  const rows = await query.execute();
  return rows.map(({ full_name, ...user }) => ({ ...user, ...splitName(full_name) }));
}

/** Whether the directory shows this person to that one. */
export async function isFoundBy(
  db: AccountsDb | AccountsTrx,
  seeker: Seeker,
  accountId: number,
  visibility: Visibility,
): Promise<boolean> {
  const query = foundBy(db, seeker, visibility).select("a.id").where("a.id", "=", accountId);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Those of them whom the directory shows to somebody. */
export async function whomFinds(
  db: AccountsDb,
  seekerId: number,
  ids: readonly number[],
  visibility: Visibility,
): Promise<ReadonlySet<number>> {
  const seeker = await db.selectFrom("accounts").select("is_admin").where("id", "=", seekerId).executeTakeFirst();
  const rows = await foundBy(db, { id: seekerId, isAdmin: seeker?.is_admin ?? false }, visibility)
    .select("a.id")
    .where("a.id", "=", sql<number>`any(${[...new Set(ids)]}::bigint[])`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

function foundBy(db: AccountsDb | AccountsTrx, seeker: Seeker, visibility: Visibility) {
  const active = db
    .selectFrom("accounts as a")
    .where("a.status", "=", "active")
    .where("a.kind", "=", "person")
    .where("a.deleted_at", "is", null);
  if (seeker.isAdmin) return active;
  const visible = active.where("a.directory_visible", "=", true);
  if (visibility === "everyone") return visible;
  if (visibility === "nobody") return visible.where(sql<boolean>`false`);
  return visible.where(sharesGroupWith(seeker.id));
}
