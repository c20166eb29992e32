import { sql } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endActing } from "../impersonation/end-acting.ts";
import { endSignIns } from "../passwords/password-change.ts";
import { requireSignIn } from "../policy.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { revoking } from "../revoking.ts";
import type { AccountsDb, AccountsTrx } from "../tables.ts";

/** Something that a sign-in opened and that still stands: a browser's session, or a token of the workspaces API. */
export interface OpenSignIn {
  readonly id: string;
  readonly kind: "browser" | "uws_token";
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date;
  readonly address: string | null;
  readonly agent: string | null;
}

export interface FailedAttempts {
  readonly since: Date;
  readonly count: number;
  readonly items: readonly {
    readonly at: Date;
    readonly address: string;
    readonly step: "password" | "code";
    readonly count: number;
  }[];
}

/** Failed attempts shown, newest first. */
const SHOWN = 50;
/** Days back, where no web session tells when the person was here before. */
const LOOK_BACK_DAYS = 30;

/** Those that still stand, last used first. A person has at most 50 sessions and 20 tokens: one page. */
export async function openSignIns(db: AccountsDb, accountId: number): Promise<OpenSignIn[]> {
  const { rows } = await sql<OpenSignIn>`
    select id, 'browser' as kind, created_at, last_used_at, least(idle_expires_at, absolute_expires_at) as expires_at,
      last_ip as address, last_ua as agent
    from web_sessions where account_id = ${accountId} and least(idle_expires_at, absolute_expires_at) > now()
      and impersonation_id is null
    union all
    select id, 'uws_token', created_at, last_used_at, expires_at, last_ip, last_ua
    from uws_tokens where account_id = ${accountId} and expires_at > now()
    order by last_used_at desc nulls last, created_at desc, id`.execute(db);
  return rows;
}

/** What failed since the person signed in the time before this one. */
export async function failedAttempts(
  db: AccountsDb,
  accountId: number,
  webSessionId: string | null,
): Promise<FailedAttempts> {
  const { rows } = await sql<{ since: Date; count: number }>`
    with start as (
      select coalesce(
        (select signed_in_before from web_sessions where id = ${webSessionId} and account_id = ${accountId}),
        now() - make_interval(days => ${LOOK_BACK_DAYS})) as since
    )
    select since, (select coalesce(sum(count), 0)::int from failed_sign_ins
      where account_id = ${accountId} and at > since) as count
    from start`.execute(db);
  const { since = new Date(), count = 0 } = rows[0] ?? {};
  const items = await db
    .selectFrom("failed_sign_ins")
    .select(["at", "address", "step", "count"])
    .where("account_id", "=", accountId)
    .where("at", ">", since)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(SHOWN)
    .execute();
  return { since, count, items };
}

/**
 * Ends one of one's own, open streams included, within 1 s everywhere.
 * @throws AccountRefusal no_such_sign_in: also for somebody else's
 */
export async function revokeSignIn(
  context: AccountsContext,
  principal: Principal,
  id: string,
  actor: Actor,
): Promise<void> {
  requireSignIn(principal, "sign_in_needed");
  const accountId = principal.accountId ?? -1;
  await revoking(context, async (trx, revoke) => {
    await endActing(trx, revoke, { ownSession: id, of: accountId });
    const kind = await remove(trx, accountId, id);
    if (kind === null) throw new AccountRefusal("no_such_sign_in");
    await revoke({ credentialId: id });
    await note(context, trx, principal, actor, { credential_kind: kind, credential_id: id });
  });
}

/** Ends all but the web session that asks: sessions, UWS tokens, and access tokens (one that asks included). */
export async function revokeOtherSignIns(
  context: AccountsContext,
  principal: Principal,
  actor: Actor,
): Promise<{ ended: number }> {
  requireSignIn(principal, "sign_in_needed");
  const account = { id: principal.accountId ?? -1, username: principal.label };
  const kept = principal.credential.kind === "cookie" ? principal.credential.id : undefined;
  return revoking(context, async (trx, revoke) => {
    // Locks the account: a sign-in under way is either before this and ends, or after it.
    await trx.updateTable("accounts").set({ token_epoch: sql`token_epoch + 1` }).where("id", "=", account.id).execute();
    const ended = (await openSignIns(trx, account.id)).filter(({ id }) => id !== kept).length;
    await endSignIns(trx, revoke, account, kept);
    await note(context, trx, principal, actor, { all_others: true, ended });
    return { ended };
  });
}

async function remove(trx: AccountsTrx, accountId: number, id: string): Promise<"cookie" | "uws-token" | null> {
  for (const [table, kind] of [
    ["web_sessions", "cookie"],
    ["uws_tokens", "uws-token"],
  ] as const) {
    const removed = await trx
      .deleteFrom(table)
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .returning("id")
      .executeTakeFirst();
    if (removed) return kind;
  }
  return null;
}

async function note(
  context: AccountsContext,
  trx: AccountsTrx,
  { accountId, label }: Principal,
  actor: Actor,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const account = { id: accountId ?? -1, username: label };
  await record(context, trx, { action: "account.revoke-sign-in", actor, account, event: "account.changed", details });
}
