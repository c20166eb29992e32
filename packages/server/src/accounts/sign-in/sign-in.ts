import type { Principal } from "../../platform/principal.ts";
import type { AccessTokens } from "../access-tokens/access-tokens.ts";
import type { AccountRow } from "../account.ts";
import { type Actor, asAccount } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endActing } from "../impersonation/end-acting.ts";
import { keptSessionId } from "../impersonation/kept-sign-in.ts";
import type { KeptSignIn } from "../impersonation/return-cookie.ts";
import { admit, type ProvenAccount, provePassword } from "../passwords/password-check.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import { openPending } from "../second-factor/pending-sign-ins.ts";
import type { AccountsTrx } from "../tables.ts";
import type { UwsTokens } from "../uws-tokens/uws-tokens.ts";
import type { FailedSignIns } from "../web-sessions/failed-sign-ins.ts";
import { notePlace } from "../web-sessions/sign-in-places.ts";
import type { WebSessions } from "../web-sessions/web-sessions.ts";
import { createSecondStep } from "./second-step.ts";
import { createSignInMetrics } from "./sign-in-metrics.ts";

export interface Login {
  /** User name or e-mail address. */
  readonly login: string;
  readonly password: string;
}

/** What the browser brought of sign-ins before this one, whoever's they were. */
export interface Before {
  /** Who asks by it. */
  readonly principal: Principal | null;
  /** An administrator's own, kept while they acted as somebody. */
  readonly kept: KeptSignIn | null;
}

export interface SignIn {
  /**
   * A web session; `secret` is the cookie's value. Every session that the browser had before ends. For somebody with
   * a second factor only the first step: what `complete` needs.
   */
  open(login: Login, actor: Actor, agent: string, before: Before): Promise<WebSignIn | PendingSignIn>;
  /** The second step, by the secret of the first and a code. */
  complete(secret: string, code: string, actor: Actor, agent: string, before: Before): Promise<WebSignIn>;
  /** Contract 2's access token. @throws AccountRefusal second_factor_token */
  accessToken(login: Login, actor: Actor): Promise<{ token: string; account: AccountRow }>;
  /** Contract 3's token. @throws AccountRefusal second_factor_token */
  uwsToken(login: Login, actor: Actor): Promise<{ token: string; account: AccountRow }>;
  /** Ends the credential that asks, a web session or an access token, and what the browser kept of an administrator's own. */
  out(principal: Principal, kept: KeptSignIn | null, actor: Actor): Promise<void>;
}

export interface WebSignIn {
  readonly account: AccountRow;
  readonly secret: string;
  readonly sessionId: string;
}

/** The password was right; a code is missing. */
export interface PendingSignIn {
  /** For the browser that typed the password, and for nobody else. */
  readonly pendingSecret: string;
  readonly expiresAt: Date;
}

/** Makes a credential in the transaction that lets somebody in. */
export type Make<T> = (
  trx: AccountsTrx,
  account: AccountRow,
  revoke: Revoke,
) => Promise<{ id: string; kind: string; made: T; agent?: string }>;

/** Every way in by a password: checked once, in one place, then one kind of credential each. */
export function createSignIn(
  context: AccountsContext,
  credentials: { webSessions: WebSessions; accessTokens: AccessTokens; uwsTokens: UwsTokens },
  failed: FailedSignIns,
): SignIn {
  const { platform } = context;
  const { webSessions, accessTokens, uwsTokens } = credentials;
  const count = createSignInMetrics(platform.metrics, () => context.hasher.waiting);

  async function prove({ login, password }: Login, actor: Actor): Promise<ProvenAccount> {
    try {
      return await provePassword(context, login, password, actor.address ?? "");
    } catch (error) {
      noteRefusal(error, actor);
      if (error instanceof AccountRefusal && error.reason === "wrong_password") {
        failed.note({ login, address: actor.address ?? "", step: "password" });
      }
      throw error;
    }
  }

  /** Admits, makes the credential and records it, in one transaction. */
  async function enter<T>(
    proven: ProvenAccount,
    actor: Actor,
    make: Make<T>,
  ): Promise<{ account: AccountRow; made: T }> {
    const result = await revoking(context, async (trx, revoke) => {
      const account = await admit(trx, proven);
      return { account, made: await makeAndRecord(trx, account, revoke, actor, make) };
    });
    count("done");
    return result;
  }

  async function makeAndRecord<T>(
    trx: AccountsTrx,
    account: AccountRow,
    revoke: Revoke,
    actor: Actor,
    make: Make<T>,
    factor: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const { id, kind, made, agent = null } = await make(trx, account, revoke);
    await notePlace(trx, { accountId: account.id, id, address: actor.address, agent });
    await record(context, trx, {
      action: "account.sign-in",
      actor: asAccount(actor, account),
      account,
      event: "account.signed-in",
      details: { credential_kind: kind, credential_id: id, ...factor },
    });
    return made;
  }

  /** A web session, and the end of all that the browser had before. */
  function webSession(actor: Actor, agent: string, { principal, kept }: Before, signedInBefore: Date | null) {
    return async (trx: AccountsTrx, found: AccountRow, revoke: Revoke) => {
      const session = await webSessions.open(trx, found.id, actor, agent, signedInBefore);
      for (const credentialId of session.ended) await revoke({ credentialId });
      if (principal?.credential.kind === "cookie") await endSession(trx, await ownSessionOf(trx, principal), revoke);
      await endKept(trx, kept, revoke);
      return { id: session.id, kind: "cookie", made: session, agent };
    };
  }

  /** A password alone is half of what this person asked to be let in by. */
  async function proveAlone(login: Login, actor: Actor): Promise<ProvenAccount> {
    const proven = await prove(login, actor);
    if (proven.account.second_factor_at === null) return proven;
    const refusal = new AccountRefusal("second_factor_token");
    noteRefusal(refusal, actor);
    throw refusal;
  }

  /** No audit entry: it would tell by its time whether the name is known, and a flood would fill the log. */
  function noteRefusal(error: unknown, { address, requestId }: Actor): void {
    const isRefusal = error instanceof AccountRefusal;
    count(isRefusal ? "refused" : "busy");
    if (isRefusal) platform.log.info({ address, request: requestId, reason: error.reason }, "a sign-in was refused");
  }

  /** Who acts as somebody signs out whole: the session that acts ends with their own. */
  async function ownSessionOf(trx: AccountsTrx, { credential, impersonator }: Principal): Promise<string> {
    if (impersonator === undefined) return credential.id;
    const acting = trx.selectFrom("web_sessions").select("acting_session_id").where("id", "=", credential.id);
    return (await acting.executeTakeFirst())?.acting_session_id ?? credential.id;
  }

  async function endSession(trx: AccountsTrx, id: string, revoke: Revoke): Promise<void> {
    await endActing(trx, revoke, { ownSession: id });
    await webSessions.end(trx, id);
    await revoke({ credentialId: id });
  }

  /** It must never come back to whoever uses the browser next. */
  async function endKept(trx: AccountsTrx, kept: KeptSignIn | null, revoke: Revoke): Promise<void> {
    const id = kept === null ? null : await keptSessionId(trx, kept);
    if (id !== null) await endSession(trx, id, revoke);
  }

  const secondStep = createSecondStep(context, { failed, noteRefusal, makeAndRecord });

  return {
    async open(login, actor, agent, before) {
      const proven = await prove(login, actor);
      if (proven.account.second_factor_at !== null) {
        const pending = await context.db.transaction().execute((trx) => openPending(trx, proven));
        return { pendingSecret: pending.secret, expiresAt: pending.expiresAt };
      }
      const make = webSession(actor, agent, before, proven.account.last_login_at);
      const { account, made } = await enter(proven, actor, make);
      return { account, secret: made.secret, sessionId: made.id };
    },

    async complete(secret, code, actor, agent, before) {
      const makeFor = (account: AccountRow) => webSession(actor, agent, before, account.last_login_at);
      const { account, made } = await secondStep(secret, code, actor, makeFor);
      count("done");
      return { account, secret: made.secret, sessionId: made.id };
    },

    async accessToken(login, actor) {
      const issue = await accessTokens.issuer();
      const proven = await proveAlone(login, actor);
      const { account, made } = await enter(proven, actor, async (_trx, found) => {
        const { token, jti } = await issue(found);
        return { id: jti, kind: "jwt", made: token };
      });
      return { account, token: made };
    },

    async uwsToken(login, actor) {
      const proven = await proveAlone(login, actor);
      const { account, made } = await enter(proven, actor, async (trx, found, revoke) => {
        const { token, id, ended } = await uwsTokens.issue(trx, found.id);
        for (const credentialId of ended) await revoke({ credentialId });
        return { id, kind: "uws-token", made: token };
      });
      return { account, token: made };
    },

    async out(principal, kept, actor) {
      const { kind, id } = principal.credential;
      await revoking(context, async (trx, revoke) => {
        if (kind === "cookie") {
          await endSession(trx, await ownSessionOf(trx, principal), revoke);
          await endKept(trx, kept, revoke);
        }
        if (kind === "jwt") {
          await accessTokens.revoke(trx, id);
          await revoke({ credentialId: id });
        }
        const account = { id: principal.accountId ?? -1, username: principal.label };
        await record(context, trx, { action: "account.sign-out", actor, account, event: "account.changed" });
      });
    },
  };
}
