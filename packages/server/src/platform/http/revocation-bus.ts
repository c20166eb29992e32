import type { Logger } from "pino";
import type { Events, StoredEvent } from "../events/contract.ts";
import type { Principal } from "../principal.ts";
import type { Revocations, Revoked } from "./revocations.ts";

type EndReason = "revoked" | "expired";

interface Watcher {
  readonly principal: Principal;
  end(reason: EndReason): void;
}

const eventType = "credential.revoked";
/** Ends of credentials that are remembered, for a stream that opens while its credential is being revoked. */
const remembered = 10_000;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Revocations as events: the outbox row is written in the transaction that revokes, so a revocation
 * that is rolled back never was, and one that commits reaches every process (this one too) by the
 * notification, or by the poll within 1 s while LISTEN is down.
 */
export function createRevocationBus(events: Events, log: Logger): Revocations & { stop(): void } {
  const watchers = new Set<Watcher>();
  const listeners = new Set<(what: Revoked) => void>();
  const endedCredentials = new Set<string>();
  const unsubscribe = events.subscribe({ types: [eventType] }, (event) => spread(event));

  function spread(event: StoredEvent): void {
    const what = fromEvent(event);
    if (what === null) return;
    if ("credentialId" in what) remember(what.credentialId);
    for (const listener of listeners) call(() => listener(what));
    for (const watcher of watchers) if (concerns(what, watcher.principal)) call(() => watcher.end("revoked"));
  }

  function remember(credentialId: string): void {
    endedCredentials.add(credentialId);
    const [oldest] = endedCredentials;
    if (endedCredentials.size > remembered && oldest !== undefined) endedCredentials.delete(oldest);
  }

  /** One that fails must not keep the others open. */
  function call(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error({ err: error }, "a watcher failed on a revocation");
    }
  }

  return {
    async revoke(trx, what) {
      const id = "credentialId" in what ? what.credentialId : String(what.accountId);
      const kind = "credentialId" in what ? "credential" : "account";
      await events.publish(trx, { type: eventType, subject: { kind, id }, audience: "internal", data: { ...what } });
    },
    watch(principal, onRevoked) {
      let timer: NodeJS.Timeout | undefined;
      const watcher: Watcher = {
        principal,
        end(reason) {
          if (!watchers.delete(watcher)) return;
          clearTimeout(timer);
          onRevoked(reason);
        },
      };
      watchers.add(watcher);
      if (endedCredentials.has(principal.credential.id)) queueMicrotask(() => watcher.end("revoked"));
      timer = untilExpiry(
        principal,
        () => watcher.end("expired"),
        (next) => (timer = next),
      );
      return () => {
        watchers.delete(watcher);
        clearTimeout(timer);
      };
    },
    onAny(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    stop() {
      unsubscribe();
      watchers.clear();
    },
  };
}

/** Timers hold 24.8 days at most: longer lives are waited for in stretches. */
function untilExpiry(
  principal: Principal,
  onExpired: () => void,
  renew: (timer: NodeJS.Timeout) => void,
): NodeJS.Timeout | undefined {
  const { expiresAt } = principal.credential;
  if (expiresAt === null) return undefined;
  const left = Math.max(0, expiresAt - Date.now());
  const timer = setTimeout(
    () => {
      if (left <= longestTimerMs) return onExpired();
      const next = untilExpiry(principal, onExpired, renew);
      if (next !== undefined) renew(next);
    },
    Math.min(left, longestTimerMs),
  );
  timer.unref();
  return timer;
}

function concerns(what: Revoked, principal: Principal): boolean {
  if ("credentialId" in what) return principal.credential.id === what.credentialId;
  return principal.accountId === what.accountId && principal.credential.id !== what.except;
}

function fromEvent({ data }: StoredEvent): Revoked | null {
  const { credentialId, accountId, except } = data;
  if (typeof credentialId === "string") return { credentialId };
  if (typeof accountId !== "number") return null;
  return typeof except === "string" ? { accountId, except } : { accountId };
}
