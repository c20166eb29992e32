import { hash } from "node:crypto";
import type { Events } from "../events/contract.ts";
import type { Principal } from "../principal.ts";
import type { Authenticator, Brought, Found } from "./authenticator.ts";
import type { Revocations } from "./revocations.ts";

type Kind = "bearer" | "cookie" | "uwsToken" | "apiKey" | "verificationToken";

interface Kept {
  readonly principal: Principal;
  readonly until: number;
}

const livesMs = 1000;
/** Of each kind. */
const capacity = 5000;

/**
 * Remembers for a second who a secret belongs to: a page that asks for ten things is looked up once.
 * A revocation empties it at once; while the listener is down it is not used, so that a revoked token
 * never lives longer than the second. Refusals are not remembered. Keys are digests, never secrets.
 */
export function withPrincipalCache(
  authenticator: Authenticator,
  parts: { readonly events: Pick<Events, "listening">; readonly revocations: Pick<Revocations, "onAny"> },
  now: () => number = Date.now,
): Authenticator & { stop(): void } {
  const kept: Readonly<Record<Kind, Map<string, Kept>>> = {
    ...{ bearer: new Map(), cookie: new Map(), uwsToken: new Map() },
    ...{ apiKey: new Map(), verificationToken: new Map() },
  };
  // A look-up that began before a revocation must not be kept after it.
  let revocations = 0;
  const stop = parts.revocations.onAny(() => {
    revocations++;
    for (const ofKind of Object.values(kept)) ofKind.clear();
  });

  function find(kind: Kind, secret: string, brought?: Brought): Found {
    if (!parts.events.listening) return authenticator[kind](secret, brought);
    const key = hash("sha256", secret, "base64url");
    const known = kept[kind].get(key);
    return known !== undefined && known.until > now() ? known.principal : lookUp(kind, secret, key, brought);
  }

  async function lookUp(kind: Kind, secret: string, key: string, brought?: Brought): Promise<Principal | null> {
    const before = revocations;
    const principal = await authenticator[kind](secret, brought);
    kept[kind].delete(key);
    if (principal !== null && before === revocations) keep(kept[kind], key, principal);
    return principal;
  }

  function keep(known: Map<string, Kept>, key: string, principal: Principal): void {
    const [oldest] = known.keys();
    if (known.size >= capacity && oldest !== undefined) known.delete(oldest);
    known.set(key, { principal, until: Math.min(now() + livesMs, principal.credential.expiresAt ?? Infinity) });
  }

  return {
    bearer: (secret, brought) => find("bearer", secret, brought),
    cookie: (secret) => find("cookie", secret),
    uwsToken: (secret) => find("uwsToken", secret),
    apiKey: (secret) => find("apiKey", secret),
    verificationToken: (secret) => find("verificationToken", secret),
    noteUse: (principal, address, agent) => authenticator.noteUse(principal, address, agent),
    stop,
  };
}
