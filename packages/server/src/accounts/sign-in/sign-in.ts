import type { Principal } from "../../platform/principal.ts";
import type { AccessTokens } from "../access-tokens/access-tokens.ts";
import type { AccountRow } from "../account.ts";
import { type Actor, asAccount } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { admit, provePassword } from "../passwords/password-check.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";
import type { UwsTokens } from "../uws-tokens/uws-tokens.ts";
import type { WebSessions } from "../web-sessions/web-sessions.ts";
import { createSignInMetrics } from "./sign-in-metrics.ts";

export interface Login {
  /** User name or e-mail address. */
  readonly login: string;
  readonly password: string;
}

export interface SignIn {
  /** A web session; `secret` is the cookie's value. A session that the browser had before ends. */
  open(login: Login, actor: Actor, agent: string, before: Principal | null): Promise<WebSignIn>;
  /** Contract 2's access token. */
  accessToken(login: Login, actor: Actor): Promise<{ token: string; account: AccountRow }>;
  /** Contract 3's token. */
  uwsToken(login: Login, actor: Actor): Promise<{ token: string; account: AccountRow }>;
  /** Ends the credential that asks: a web session or an access token. */
  out(principal: Principal, actor: Actor): Promise<void>;
}

export interface WebSignIn {
  readonly account: AccountRow;
  readonly secret: string;
  readonly sessionId: string;
}

/** Every way in by a password: checked once, in one place, then one kind of credential each. */
export function createSignIn(
  context: AccountsContext,
  credentials: { webSessions: WebSessions; accessTokens: AccessTokens; uwsTokens: UwsTokens },
): SignIn {
  const { platform } = context;
  const { webSessions, accessTokens, uwsTokens } = credentials;
  const count = createSignInMetrics(platform.metrics, () => context.hasher.waiting);

  /** Proves, admits, makes the credential and records it; all in one transaction but the hashing. */
  async function by<T>(
    { login, password }: Login,
    actor: Actor,
    make: (trx: AccountsTrx, account: AccountRow, revoke: Revoke) => Promise<{ id: string; kind: string; made: T }>,
  ): Promise<{ account: AccountRow; made: T }> {
    const proven = await provePassword(context, login, password, actor.address ?? "").catch((error: unknown) => {
      noteRefusal(error, actor);
      throw error;
    });
    const result = await revoking(context, async (trx, revoke) => {
      const account = await admit(trx, proven);
      const { id, kind, made } = await make(trx, account, revoke);
      await record(context, trx, {
        action: "account.sign-in",
        actor: asAccount(actor, account),
        account,
        event: "account.signed-in",
        details: { credential_kind: kind, credential_id: id },
      });
      return { account, made };
    });
    count("done");
    return result;
  }

  /** No audit entry: it would tell by its time whether the name is known, and a flood would fill the log. */
  function noteRefusal(error: unknown, { address, requestId }: Actor): void {
    const isRefusal = error instanceof AccountRefusal;
    count(isRefusal ? "refused" : "busy");
    if (isRefusal) platform.log.info({ address, request: requestId, reason: error.reason }, "a sign-in was refused");
  }

  return {
    async open(login, actor, agent, before) {
      const { account, made } = await by(login, actor, async (trx, found, revoke) => {
        const session = await webSessions.open(trx, found.id, actor, agent);
        for (const credentialId of session.ended) await revoke({ credentialId });
        if (before?.credential.kind === "cookie") await endSession(trx, before.credential.id, revoke);
        return { id: session.id, kind: "cookie", made: session };
      });
      return { account, secret: made.secret, sessionId: made.id };
    },

    async accessToken(login, actor) {
      const issue = await accessTokens.issuer();
      const { account, made } = await by(login, actor, async (_trx, found) => {
        const { token, jti } = await issue(found);
        return { id: jti, kind: "jwt", made: token };
      });
      return { account, token: made };
    },

    async uwsToken(login, actor) {
      const { account, made } = await by(login, actor, async (trx, found, revoke) => {
        const { token, id, ended } = await uwsTokens.issue(trx, found.id);
        for (const credentialId of ended) await revoke({ credentialId });
        return { id, kind: "uws-token", made: token };
      });
      return { account, token: made };
    },

    async out(principal, actor) {
      const { kind, id } = principal.credential;
      await revoking(context, async (trx, revoke) => {
        if (kind === "cookie") await endSession(trx, id, revoke);
        if (kind === "jwt") {
          await accessTokens.revoke(trx, id);
          await revoke({ credentialId: id });
        }
        const account = { id: principal.accountId ?? -1, username: principal.label };
        await record(context, trx, { action: "account.sign-out", actor, account, event: "account.changed" });
      });
    },
  };

  async function endSession(trx: AccountsTrx, id: string, revoke: Revoke): Promise<void> {
    await webSessions.end(trx, id);
    await revoke({ credentialId: id });
  }
}
