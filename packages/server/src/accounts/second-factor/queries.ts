import { sql } from "kysely";
import type { AccountsDb, AccountsTrx } from "../tables.ts";

/** Recovery codes of the account that were not used yet. */
export async function recoveryCodesLeft(db: AccountsDb | AccountsTrx, accountId: number): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select count(*)::int as left from recovery_codes where account_id = ${accountId} and used_at is null`.execute(db);
  return rows[0]?.left ?? 0;
}
