import { sql } from "kysely";
import type { HubUser } from "../client/contract.ts";
import type { HubDb } from "../tables.ts";

const BATCH = 1_000;

/** Keeps all users of the hub as listed, for linking and to show drift. */
export async function keepSeenUsers(db: HubDb, users: readonly HubUser[], seenAt: Date): Promise<void> {
  // In one order, whoever else writes them.
  const rows = users
    .map(({ name, admin, lastActivity, createdAt }) => ({
      ...{ name, is_admin: admin, last_activity: lastActivity, created_at: createdAt, seen_at: seenAt },
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (let from = 0; from < rows.length; from += BATCH) {
    await db
      .insertInto("hub_seen_users")
      .values(rows.slice(from, from + BATCH))
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet({
          is_admin: sql`excluded.is_admin`,
          last_activity: sql`excluded.last_activity`,
          created_at: sql`excluded.created_at`,
          seen_at: sql`excluded.seen_at`,
        }),
      )
      .execute();
  }
}

/** Those known here whom the list has not: seen before, or somebody's user. */
export async function missingUsers(db: HubDb, listed: ReadonlyMap<string, unknown>, begunAt: Date): Promise<string[]> {
  const [seen, owned] = await Promise.all([
    db.selectFrom("hub_seen_users").select("name").execute(),
    // One that was made since the list was begun may not be in it.
    db
      .selectFrom("hub_users")
      .select("name")
      .where("state", "=", "ours")
      .where((e) => e.or([e("made_at", "is", null), e("made_at", "<", begunAt)]))
      .execute(),
  ]);
  const names = new Set([...seen, ...owned].map(({ name }) => name));
  return [...names].filter((name) => !listed.has(name));
}

/** The hub has that user no longer: whose it was gets it made again when they need it. */
export async function forgetSeenUser(db: HubDb, name: string, asOf: Date): Promise<void> {
  await db.deleteFrom("hub_seen_users").where("name", "=", name).execute();
  await db
    .updateTable("hub_users")
    .set({ state: "missing", absent_at: null })
    .where("name", "=", name)
    .where("state", "=", "ours")
    // Linked or made since we looked.
    .where((e) => e.or([e("made_at", "is", null), e("made_at", "<", asOf)]))
    .execute();
}
