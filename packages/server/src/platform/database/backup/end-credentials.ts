import { sql, type Transaction } from "kysely";

/**
 * What may have been revoked since the backup was made would be good again: JWT keys rotate (accounts makes a new
 * one when there is none), browsers and programs sign in again, links sent by mail are void. Personal access tokens
 * stay, for programs depend on them; whoever restores is told so.
 */
const credentialTables = ["signing_keys", "web_sessions", "session_access", "uws_tokens", "account_links"];

/** @returns the tables that were emptied. Cursors of events from before are no longer good either. */
export async function endCredentials<T>(trx: Transaction<T>): Promise<string[]> {
  const ended: string[] = [];
  for (const name of credentialTables) {
    if (!(await exists(trx, name))) continue;
    await sql`delete from ${sql.table(name)}`.execute(trx);
    ended.push(name);
  }
  if (await exists(trx, "event_log")) {
    await sql`update event_log set epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)`.execute(trx);
  }
  return ended;
}

async function exists<T>(trx: Transaction<T>, name: string): Promise<boolean> {
  const { rows } = await sql`select 1 where to_regclass(${`public.${name}`}) is not null`.execute(trx);
  return rows.length > 0;
}
