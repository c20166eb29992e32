import { randomBytes } from "node:crypto";
import type { HubDb, HubTrx, HubUserRow } from "../tables.ts";

/** Whose hub user an account's is; null: none was ever wanted. */
export async function userOf(db: HubDb | HubTrx, accountId: number): Promise<HubUserRow | null> {
  const row = await db.selectFrom("hub_users").selectAll().where("account_id", "=", accountId).executeTakeFirst();
  return row ?? null;
}

/** What an account is linked to; null: to nothing, whatever it waits for. */
export function linkedName(row: Pick<HubUserRow, "name" | "state"> | null): string | null {
  return row !== null && (row.state === "ours" || row.state === "missing") ? row.name : null;
}

/** Whose a name at the hub is; null: nobody's here. */
export async function accountOfUser(db: HubDb | HubTrx, name: string): Promise<number | null> {
  const row = await db
    .selectFrom("hub_users")
    .select("account_id")
    .where("name", "=", name)
    .where("state", "in", ["ours", "missing"])
    .executeTakeFirst();
  return row?.account_id ?? null;
}

/**
 * Notes that somebody is to have a user at the hub. It is named as they are now, for good; where that name is another
 * account's already, with their number behind it, and where that one is too (somebody is called so), with a chance text
 * as well: nobody's coming ends by a name. Safe to repeat.
 */
export async function wantUser(
  trx: HubTrx,
  { id, username }: { readonly id: number; readonly username: string },
): Promise<HubUserRow> {
  const known = await userOf(trx, id);
  if (known !== null) return known;
  const usual = username.toLowerCase();
  const free = `${usual}-${id}-${randomBytes(4).toString("hex")}`;
  for (const name of [usual, `${usual}-${id}`, free]) {
    const made = await trx
      .insertInto("hub_users")
      .values({ account_id: id, name, state: "wanted" })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (made !== undefined) return made;
    // Another request of theirs was quicker.
    const theirs = await userOf(trx, id);
    if (theirs !== null) return theirs;
  }
  throw new Error(`the name ${free} at the hub is somebody else's already`);
}

/** The hub has somebody's user no longer: it is made again when it is needed. */
export async function noteMissing(db: HubDb, row: Pick<HubUserRow, "account_id" | "name">): Promise<void> {
  await db
    .updateTable("hub_users")
    .set({ state: "missing", absent_at: null })
    .where("account_id", "=", row.account_id)
    .where("name", "=", row.name)
    .where("state", "=", "ours")
    .execute();
}
