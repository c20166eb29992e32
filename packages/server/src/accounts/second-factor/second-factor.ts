import { sql } from "kysely";
import { renderSVG } from "uqr";
import { tell } from "../../notices/notices.ts";
import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endSignIns } from "../passwords/password-change.ts";
import { requireSignIn } from "../policy.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";
import { renewRecoveryCodes, sealSecret, takeCode } from "./codes.ts";
import { secondFactorOffMail, secondFactorOnMail, secondFactorResetMail } from "./mails.ts";
import { type Proof, proveInTransaction, provePasswordAgain } from "./prove-again.ts";
import { newTotpSecret, otpauthUri } from "./totp.ts";

export interface Enrolment {
  /** Base32, for who can't scan. */
  readonly secret: string;
  readonly uri: string;
  /** The same as a picture. */
  readonly qrSvg: string;
}

/**
 * Begins to set one up: a new secret, shown in this answer only. Nothing is asked at sign-in until a code of it
 * was confirmed. Beginning again replaces what was not confirmed.
 * @throws AccountRefusal wrong_current_password, second_factor_there
 */
export async function beginEnrolment(
  context: AccountsContext,
  principal: Principal,
  currentPassword: string,
  actor: Actor,
): Promise<Enrolment> {
  const proven = await provePasswordAgain(context, principal, { currentPassword, code: "none yet" }, actor);
  if (proven.second_factor_at !== null) throw new AccountRefusal("second_factor_there");
  const secret = newTotpSecret();
  await context.db.transaction().execute(async (trx) => {
    const account = await proveInTransaction(context, trx, proven, undefined);
    const fresh = { secret_sealed: sealSecret(context, secret), created_at: sql<Date>`now()`, last_step: 0 };
    await trx
      .insertInto("second_factors")
      .values({ account_id: account.id, ...fresh })
      .onConflict((conflict) => conflict.column("account_id").doUpdateSet(fresh))
      .execute();
    const action = "account.second-factor-begin";
    await record(context, trx, { action, actor, account, event: "account.changed" });
  });
  const { hostname } = new URL(context.platform.addresses.portalOrigin());
  const uri = otpauthUri(secret, proven.username, hostname);
  return { secret, uri, qrSvg: renderSVG(uri, { border: 2 }) };
}

/**
 * From now on sign-in asks for a code. Ends everything that a password alone has opened, but the web session
 * that asks; personal access tokens stay.
 * @returns ten recovery codes, shown in this answer only
 * @throws AccountRefusal wrong_code, second_factor_there, enrolment_absent
 */
export async function confirmEnrolment(
  context: AccountsContext,
  principal: Principal,
  code: string,
  actor: Actor,
): Promise<string[]> {
  requireSignIn(principal, "sign_in_needed");
  return revoking(context, async (trx, revoke) => {
    const account = await lockActive(trx, principal);
    if (account.second_factor_at !== null) throw new AccountRefusal("second_factor_there");
    const begun = await trx
      .selectFrom("second_factors")
      .select("account_id")
      .where("account_id", "=", account.id)
      .executeTakeFirst();
    if (!begun) throw new AccountRefusal("enrolment_absent");
    const taken = await takeCode(context, trx, account.id, code, { confirmed: false });
    if (taken === null) throw new AccountRefusal("wrong_code");
    const now = sql<Date>`now()`;
    await trx.updateTable("second_factors").set({ confirmed_at: now }).where("account_id", "=", account.id).execute();
    await trx
      .updateTable("accounts")
      .set({ second_factor_at: now, token_epoch: sql`token_epoch + 1`, updated_at: now })
      .where("id", "=", account.id)
      .execute();
    const codes = await renewRecoveryCodes(trx, account.id);
    await endSignIns(trx, revoke, account, keptSession(principal));
    const action = "account.second-factor-on";
    await record(context, trx, { action, actor, account, event: "account.changed" });
    const { mail } = context.platform;
    if (mail.delivers) await mail.send(trx, secondFactorOnMail(account, context));
    return codes;
  });
}

/** @throws AccountRefusal wrong_current_password, code_needed, wrong_code, second_factor_absent */
export async function disableSecondFactor(
  context: AccountsContext,
  principal: Principal,
  proof: Proof,
  actor: Actor,
): Promise<void> {
  const proven = await provePasswordAgain(context, principal, proof, actor);
  if (proven.second_factor_at === null) throw new AccountRefusal("second_factor_absent");
  await revoking(context, async (trx, revoke) => {
    const account = await proveInTransaction(context, trx, proven, proof.code);
    await remove(trx, account.id);
    // Where one is required, what is open was opened by somebody who may now do less.
    await revoke({ accountId: account.id, ...keptFrom(principal) });
    const action = "account.second-factor-off";
    await record(context, trx, { action, actor, account, event: "account.changed" });
    const { mail } = context.platform;
    if (mail.delivers) await mail.send(trx, secondFactorOffMail(account, context));
  });
}

/**
 * Ten new recovery codes; the earlier ones are over.
 * @throws AccountRefusal wrong_current_password, code_needed, wrong_code, second_factor_absent
 */
export async function replaceRecoveryCodes(
  context: AccountsContext,
  principal: Principal,
  proof: Proof,
  actor: Actor,
): Promise<string[]> {
  const proven = await provePasswordAgain(context, principal, proof, actor);
  if (proven.second_factor_at === null) throw new AccountRefusal("second_factor_absent");
  return context.db.transaction().execute(async (trx) => {
    const account = await proveInTransaction(context, trx, proven, proof.code);
    const action = "account.recovery-codes";
    await record(context, trx, { action, actor, account, event: "account.changed" });
    return renewRecoveryCodes(trx, account.id);
  });
}

/**
 * For somebody who lost telephone and recovery codes: an administrator who knows them takes the factor away. Ends
 * all that is open, and says so by mail to the person: it may have been asked for by somebody else.
 * @throws AccountRefusal no_such_user, second_factor_absent, second_factor_own
 */
export async function resetSecondFactor(context: AccountsContext, accountId: number, actor: Actor): Promise<void> {
  if (actor.accountId === accountId) throw new AccountRefusal("second_factor_own");
  await revoking(context, async (trx, revoke) => {
    const account = await trx
      .selectFrom("accounts")
      .selectAll()
      .where("id", "=", accountId)
      .forUpdate()
      .executeTakeFirst();
    if (!account) throw new AccountRefusal("no_such_user");
    if (account.second_factor_at === null) throw new AccountRefusal("second_factor_absent");
    await remove(trx, account.id);
    await trx.updateTable("accounts").set({ token_epoch: sql`token_epoch + 1` }).where("id", "=", account.id).execute();
    await endSignIns(trx, revoke, account);
    const action = "account.second-factor-reset";
    await record(context, trx, { action, actor, account, event: "account.changed" });
    await tell(trx, {
      kind: "account.second-factor-reset",
      to: account.id,
      key: new Date().toISOString(),
      subject: { kind: "account", id: account.id },
      values: { person: actor.label },
    });
    const { mail } = context.platform;
    if (mail.delivers) await mail.send(trx, secondFactorResetMail(account, context));
  });
}

async function remove(trx: AccountsTrx, accountId: number): Promise<void> {
  await trx.deleteFrom("second_factors").where("account_id", "=", accountId).execute();
  await trx.deleteFrom("recovery_codes").where("account_id", "=", accountId).execute();
  await trx
    .updateTable("accounts")
    .set({ second_factor_at: null, updated_at: sql<Date>`now()` })
    .where("id", "=", accountId)
    .execute();
}

async function lockActive(trx: AccountsTrx, principal: Principal): Promise<AccountRow> {
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", principal.accountId ?? -1)
    .where("status", "=", "active")
    .forUpdate()
    .executeTakeFirst();
  if (!account) throw new AccountRefusal("no_such_user");
  return account;
}

function keptSession({ credential }: Principal): string | undefined {
  return credential.kind === "cookie" ? credential.id : undefined;
}

function keptFrom(principal: Principal): { except?: string } {
  const kept = keptSession(principal);
  return kept === undefined ? {} : { except: kept };
}
