import { setTimeout as delay } from "node:timers/promises";
import type { Revocations, Revoked } from "../platform/http/revocations.ts";
import type { AccountsContext } from "./context.ts";
import type { AccountsTrx } from "./tables.ts";

export type Revoke = (what: Revoked) => Promise<void>;

/** Milliseconds: by then the news is everywhere, or caches are not used. */
const SEEN_AT_MOST_MS = 1_000;

/**
 * A transaction that may end credentials. Returns once this process itself has heard of them: who has just
 * signed out must not find the old cookie working in the next request.
 */
export async function revoking<T>(
  { db, platform }: Pick<AccountsContext, "db" | "platform">,
  work: (trx: AccountsTrx, revoke: Revoke) => Promise<T>,
): Promise<T> {
  const news = listen(platform.revocations);
  try {
    const result = await db.transaction().execute((trx) =>
      work(trx, async (what) => {
        news.expect(what);
        await platform.revocations.revoke(trx, what);
      }),
    );
    await news.heard();
    return result;
  } finally {
    news.stop();
  }
}

function listen(revocations: Revocations) {
  const missing = new Set<string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = revocations.onAny((what) => {
    if (missing.delete(nameOf(what)) && missing.size === 0) resolve();
  });
  return {
    stop,
    expect: (what: Revoked) => void missing.add(nameOf(what)),
    async heard(): Promise<void> {
      if (missing.size === 0) return;
      const timeout = new AbortController();
      await Promise.race([
        promise,
        delay(SEEN_AT_MOST_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
      ]);
      timeout.abort();
    },
  };
}

function nameOf(what: Revoked): string {
  return "credentialId" in what ? `credential ${what.credentialId}` : `account ${what.accountId}`;
}
