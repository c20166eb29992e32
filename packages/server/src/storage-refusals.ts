import type { Platform } from "./platform/platform.ts";

const QUIET_MS = 10 * 60_000;
/** People who are remembered: whoever is forgotten is only told of once more. */
const MOST = 10_000;

/**
 * Publishes that something did not fit into somebody's storage, as `storage.refused` (webhooks make `quota.refused` of
 * it): once in ten minutes for each person and server, as a program that is refused tries again. In the background:
 * the refusal itself waits for nothing.
 */
export function publishRefusals({ db, events, log }: Pick<Platform, "db" | "events" | "log">, now = Date.now) {
  const lately = new Map<number, number>();
  return (accountId: number, { used, allowed }: { readonly used: number; readonly allowed: number }): void => {
    const last = lately.get(accountId);
    if (last !== undefined && now() - last < QUIET_MS) return;
    if (lately.size >= MOST) lately.clear();
    lately.set(accountId, now());
    const subject = { kind: "account", id: String(accountId) };
    const event = { type: "storage.refused", subject, audience: [accountId], data: { used, allowed } };
    db.transaction()
      .execute((trx) => events.publish(trx, event))
      .catch((error: unknown) =>
        log.warn({ err: error, accountId }, "a refusal for want of storage was not published"),
      );
  };
}
