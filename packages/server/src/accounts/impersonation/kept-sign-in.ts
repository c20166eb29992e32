import { sql } from "kysely";
import type { AccountsContext } from "../context.ts";
import { digestOf } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";
import type { FoundWebSession, WebSessions } from "../web-sessions/web-sessions.ts";
import { type KeptSignIn, LATE_HOURS } from "./return-cookie.ts";

/**
 * The administrator's own sign-in, as their browser kept it while they acted.
 * @returns null when it has ended, was not kept for an acting of theirs, or that is over for longer than the way back
 * stays open
 */
export async function findKept(
  { db }: Pick<AccountsContext, "db">,
  webSessions: Pick<WebSessions, "find">,
  kept: KeptSignIn,
): Promise<FoundWebSession | null> {
  const own = await webSessions.find(kept.secret);
  if (own === null || own.impersonator !== undefined) return null;
  const acting = await db
    .selectFrom("impersonations")
    .select("id")
    .where("session_id", "=", kept.actingId)
    .where("admin_id", "=", own.account.id)
    .where("ends_at", ">", sql<Date>`now() - make_interval(hours => ${LATE_HOURS})`)
    .executeTakeFirst();
  return acting === undefined ? null : own;
}

/** The id of the web session that stands behind what a browser kept; null when it has ended. */
export async function keptSessionId(trx: AccountsTrx, { secret }: KeptSignIn): Promise<string | null> {
  const row = await trx
    .selectFrom("web_sessions")
    .select("id")
    .where("secret_hash", "=", digestOf(secret))
    .executeTakeFirst();
  return row?.id ?? null;
}
