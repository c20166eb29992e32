import type { Authenticator } from "../platform/http/authenticator.ts";
import type { CredentialKind, Impersonator, Principal, Scope } from "../platform/principal.ts";
import type { AccessTokens } from "./access-tokens/access-tokens.ts";
import type { AccountRow } from "./account.ts";
import type { AccountsContext } from "./context.ts";
import type { CredentialUse } from "./credential-use.ts";
import { limitationOf } from "./limitation.ts";
import { type PersonalTokens, PREFIX } from "./personal-tokens/personal-tokens.ts";
import { narrowedScopes, ownedScopes, UWS_SCOPES } from "./policy.ts";
import { sameSecret } from "./secret-format.ts";
import type { UwsTokens } from "./uws-tokens/uws-tokens.ts";
import type { WebSessions } from "./web-sessions/web-sessions.ts";

interface Parts {
  readonly use: CredentialUse;
  readonly accessTokens: AccessTokens;
  readonly personalTokens: PersonalTokens;
  readonly webSessions: WebSessions;
  readonly uwsTokens: UwsTokens;
}

/** Turns each kind of secret into a principal; null for every secret that is not good now. */
export function createAuthenticator({ platform }: AccountsContext, parts: Parts): Authenticator {
  const { accessTokens, personalTokens, webSessions, uwsTokens } = parts;

  function principalOf(
    account: AccountRow,
    kind: CredentialKind,
    id: string,
    expiresAt: number,
    scopes: ReadonlySet<Scope | "*">,
    impersonator?: Impersonator,
  ): Principal {
    return {
      accountId: account.id,
      label: account.username,
      isAdmin: account.is_admin,
      scopes,
      credential: { kind, id, expiresAt },
      mustChangePassword: account.must_change_password,
      limitation: limitationOf(account, platform.config),
      locale: account.locale,
      impersonator,
    };
  }

  async function byAccessToken(token: string): Promise<Principal | null> {
    const found = await accessTokens.verify(token);
    return found && principalOf(found.account, "jwt", found.jti, found.expiresAt, ownedScopes(found.account));
  }

  async function byPersonalToken(token: string): Promise<Principal | null> {
    const found = await personalTokens.find(token);
    if (!found) return null;
    const scopes = narrowedScopes(found.account, found.scopes);
    return principalOf(found.account, "pat", found.keyId, found.expiresAt, scopes);
  }

  return {
    bearer: (token) => (token.startsWith(PREFIX) ? byPersonalToken(token) : byAccessToken(token)),

    async cookie(value) {
      const found = await webSessions.find(value);
      if (!found) return null;
      const { account, id, expiresAt, impersonator } = found;
      return principalOf(account, "cookie", id, expiresAt, ownedScopes(account), impersonator);
    },

    async uwsToken(token) {
      const found = await uwsTokens.find(token);
      return found && principalOf(found.account, "uws-token", found.id, found.expiresAt, UWS_SCOPES);
    },

    apiKey: async (key) => service(key, platform.config.apiKey, "api-key", "storage-service", "storage"),

    verificationToken: async (token) =>
      service(token, platform.config.verificationToken, "verification-token", "playground-service", "playground"),

    noteUse: (principal, address, agent) => parts.use.note(principal, address, agent),
  };
}

/** A service's key from the configuration: it belongs to no account and opens its own contract only. */
function service(
  given: string,
  expected: string | null,
  kind: CredentialKind,
  label: string,
  scope: Scope,
): Principal | null {
  if (expected === null || !sameSecret(given, expected)) return null;
  return {
    accountId: null,
    label,
    isAdmin: false,
    scopes: new Set([scope]),
    credential: { kind, id: kind, expiresAt: null },
    mustChangePassword: false,
  };
}
