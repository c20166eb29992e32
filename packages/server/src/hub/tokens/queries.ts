import type { Selectable } from "kysely";
import type { HubDb, HubTables } from "../tables.ts";

export type HubTokenRow = Selectable<HubTables["hub_tokens"]>;

/** Somebody's tokens, newest first. @param before an id; null: from the newest on */
export function tokensOf(
  db: HubDb,
  accountId: number,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<HubTokenRow[]> {
  const all = db.selectFrom("hub_tokens").selectAll().where("account_id", "=", accountId);
  return (before === null ? all : all.where("id", "<", before)).orderBy("id", "desc").limit(limit).execute();
}

/** Null: none of theirs has that id. */
export async function tokenOf(db: HubDb, accountId: number, id: number): Promise<HubTokenRow | null> {
  const row = await db
    .selectFrom("hub_tokens")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}
