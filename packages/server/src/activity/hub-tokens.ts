import { hash } from "node:crypto";
import type { Authenticator } from "../platform/http/authenticator.ts";
import type { Principal } from "../platform/principal.ts";
import type { ActivityPeople } from "./context.ts";
import { createHubAnswers, type WhoseHubToken } from "./hub-answers.ts";

/** As JupyterHub makes them: 32 hexadecimal digits. Nothing else is ever shown to the hub. */
const FORM = /^[0-9a-f]{32}$/;
/** Where they are good, and asked about at all. */
const PLACE = { method: "POST", route: "/api/audit-logs" };

/**
 * Where no credential of ours is meant, a token of the hub's lets its person's kernels report what they ran, and
 * nothing else, at that one address: a principal of the kind `session-token` with the scope `activity:write`.
 */
export function acceptHubTokens(
  own: Authenticator,
  people: ActivityPeople,
  whose: WhoseHubToken,
  now: () => number = Date.now,
): Authenticator {
  const answers = createHubAnswers(whose, now);

  async function byHub(token: string, address: string): Promise<Principal | null> {
    const key = hash("sha256", token, "base64url");
    const answer = await answers.of(key, token, address);
    if (answer.accountId === null) return null;
    const account = await people.get(answer.accountId);
    if (account === null || !account.active || account.deleted || account.deletionDueAt !== null) return null;
    return {
      accountId: account.id,
      label: account.username,
      isAdmin: false,
      scopes: new Set(["activity:write"]),
      credential: { kind: "session-token", id: `hub-${key.slice(0, 16)}`, expiresAt: answer.until },
      mustChangePassword: account.mustChangePassword,
      locale: account.locale,
    };
  }

  return {
    bearer(token, brought) {
      const isMeant = brought?.route === PLACE.route && brought.method === PLACE.method && FORM.test(token);
      return isMeant ? byHub(token, brought.address) : own.bearer(token, brought);
    },
    cookie: (value) => own.cookie(value),
    uwsToken: (token) => own.uwsToken(token),
    apiKey: (key) => own.apiKey(key),
    verificationToken: (token) => own.verificationToken(token),
    noteUse(principal, address, agent) {
      if (!principal.credential.id.startsWith("hub-")) own.noteUse(principal, address, agent);
    },
  };
}
