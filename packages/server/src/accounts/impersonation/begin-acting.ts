import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { limitationOf } from "../limitation.ts";
import { lockActiveAdmins } from "../people/people.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { revoking } from "../revoking.ts";
import { type Proof, proveInTransaction, provePasswordAgain } from "../second-factor/prove-again.ts";
import { digestOf, randomSecret } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";
import { endActing } from "./end-acting.ts";
import { actingRefusal } from "./refusals.ts";

/** Whom an administrator wants to act as, why and how long. */
export interface WantedActing {
  readonly accountId: number;
  readonly reason: string;
  readonly minutes: number;
  readonly proof: Proof;
  /** What the browser calls itself. */
  readonly agent: string;
}

export interface Acting {
  /** The cookie's value. */
  readonly secret: string;
  readonly sessionId: string;
  readonly account: AccountRow;
  readonly endsAt: Date;
}

/**
 * Opens a web session of somebody for an administrator, for some minutes, after the administrator's own password (and
 * code) once more. It stands by the administrator's own web session, and falls with it, with the role, and with the
 * time. The person is told in the same transaction. Whoever acts already stops acting as the one before.
 * @throws LocalizedRefusal acting_…; AccountRefusal no_such_user, wrong_current_password, code_needed, wrong_code
 */
export async function beginActing(
  context: AccountsContext,
  principal: Principal,
  wanted: WantedActing,
  actor: Actor,
): Promise<Acting> {
  const reason = checkedReason(wanted.reason);
  refuseByConfiguration(context, principal, wanted);
  const proven = await provePasswordAgain(context, principal, wanted.proof, actor);
  return revoking(context, async (trx, revoke) => {
    const admins = await lockActiveAdmins(trx);
    if (!admins.includes(proven.id)) throw new StoaError("forbidden", { details: { needs: "an administrator" } });
    const admin = await proveInTransaction(context, trx, proven, wanted.proof.code);
    const account = await lockActedAs(context, trx, admin, wanted.accountId);
    await endActing(trx, revoke, { adminId: admin.id });
    const acting = await open(trx, { admin, account, wanted, reason, principal, actor });
    const details = { reason, ends_at: acting.endsAt.toISOString(), credential_id: acting.sessionId };
    await record(context, trx, { action: "account.act-as", actor, account, event: "account.changed", details });
    await tell(trx, {
      kind: "account.impersonated",
      to: account.id,
      key: acting.sessionId,
      subject: { kind: "account", id: account.id },
      values: { person: admin.full_name || admin.username, until: acting.endsAt.toISOString(), reason },
    });
    return acting;
  });
}

function checkedReason(given: string): string {
  const reason = given.normalize("NFC").replace(/\s+/g, " ").trim();
  // Others read it: no characters that turn the line around or hide.
  const isPlain = !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(reason) && reason.isWellFormed();
  if (reason.length < 3 || reason.length > 300 || !isPlain) throw actingRefusal("acting_reason");
  return reason;
}

function refuseByConfiguration({ platform }: AccountsContext, principal: Principal, wanted: WantedActing): void {
  const { actAsMinutes } = platform.config.people;
  if (actAsMinutes === 0) throw actingRefusal("acting_off");
  if (wanted.minutes > actAsMinutes) throw actingRefusal("acting_too_long", { minutes: actAsMinutes });
  if (principal.credential.kind !== "cookie") throw actingRefusal("acting_needs_browser");
}

async function lockActedAs(
  context: AccountsContext,
  trx: AccountsTrx,
  admin: AccountRow,
  accountId: number,
): Promise<AccountRow> {
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", accountId)
    .where("kind", "=", "person")
    .forUpdate()
    .executeTakeFirst();
  if (!account) throw new AccountRefusal("no_such_user");
  if (account.id === admin.id) throw actingRefusal("acting_as_yourself");
  if (account.is_admin) throw actingRefusal("acting_as_admin");
  if (account.status !== "active" || account.deletion_due_at !== null) throw actingRefusal("acting_as_inactive");
  const held = account.must_change_password || limitationOf(account, context.platform.config) === "second-factor";
  if (held) throw actingRefusal("acting_as_unready");
  return account;
}

interface Opening {
  readonly admin: AccountRow;
  readonly account: AccountRow;
  readonly wanted: WantedActing;
  readonly reason: string;
  readonly principal: Principal;
  readonly actor: Actor;
}

async function open(trx: AccountsTrx, opening: Opening): Promise<Acting> {
  const { admin, account, wanted, reason, principal, actor } = opening;
  await lockOwnSession(trx, principal);
  const sessionId = randomUUID();
  const secret = randomSecret();
  const ends = sql<Date>`now() + make_interval(mins => ${wanted.minutes})`;
  const { id, ends_at } = await trx
    .insertInto("impersonations")
    .values({
      account_id: account.id,
      admin_id: admin.id,
      admin_label: admin.username,
      reason,
      session_id: sessionId,
      ends_at: ends,
    })
    .returning(["id", "ends_at"])
    .executeTakeFirstOrThrow();
  await trx
    .insertInto("web_sessions")
    .values({
      id: sessionId,
      account_id: account.id,
      secret_hash: digestOf(secret),
      idle_expires_at: ends,
      absolute_expires_at: ends,
      last_ip: actor.address,
      last_ua: wanted.agent,
      signed_in_before: null,
      impersonation_id: id,
      acting_session_id: principal.credential.id,
    })
    .execute();
  return { secret, sessionId, account, endsAt: ends_at };
}

/** It may have ended since the request was let in. */
async function lockOwnSession(trx: AccountsTrx, { credential }: Principal): Promise<void> {
  const own = trx.selectFrom("web_sessions").select("id").where("id", "=", credential.id).forKeyShare();
  if ((await own.executeTakeFirst()) === undefined) throw new StoaError("unauthenticated");
}
