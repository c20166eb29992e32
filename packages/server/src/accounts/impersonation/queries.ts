import { type RawBuilder, sql } from "kysely";
import type { AccountsDb, AccountsTrx } from "../tables.ts";

/** That an administrator acted as somebody, or does now. */
export interface ActedAs {
  readonly id: number;
  readonly account_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly admin_id: number;
  /** The administrator's user name, as it was then. */
  readonly admin_label: string;
  readonly admin_name: string;
  readonly reason: string;
  readonly begun_at: Date;
  readonly ends_at: Date;
  /** Null: it goes on. */
  readonly ended_at: Date | null;
}

const columns = sql`i.id, i.account_id, a.username, a.full_name, i.admin_id, i.admin_label, b.full_name as admin_name,
  i.reason, i.begun_at, i.ends_at, case when i.ended_at is null and i.ends_at <= now() then i.ends_at else i.ended_at end
  as ended_at from impersonations i join accounts a on a.id = i.account_id join accounts b on b.id = i.admin_id`;

/** Newest first; for ever. @param before the last id of the page before */
export function actedAs(
  db: AccountsDb,
  accountId: number,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<ActedAs[]> {
  const older = before === null ? sql`` : sql`and i.id < ${before}`;
  return all(db, sql`select ${columns} where i.account_id = ${accountId} ${older} order by i.id desc limit ${limit}`);
}

/** By whom somebody is being acted as now: one row an administrator. */
export function actingNow(db: AccountsDb, accountId: number): Promise<ActedAs[]> {
  return all(
    db,
    sql`select ${columns} where i.account_id = ${accountId} and i.ended_at is null and i.ends_at > now() order by i.id`,
  );
}

/** What a web session acts as; null for an ordinary one. */
export async function actingOf(db: AccountsDb | AccountsTrx, sessionId: string): Promise<ActedAs | null> {
  return (await all(db, sql`select ${columns} where i.session_id = ${sessionId}`))[0] ?? null;
}

async function all(db: AccountsDb | AccountsTrx, query: RawBuilder<unknown>): Promise<ActedAs[]> {
  return (await (query as RawBuilder<ActedAs>).execute(db)).rows;
}
