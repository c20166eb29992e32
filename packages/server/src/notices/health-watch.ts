import { type HealthChecks, watchHealth } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import type { Notices } from "./notices.ts";

const LOOK_EVERY_MS = 60_000;
/** What is away for a moment comes back by itself. */
const LOOKS_BEFORE_TOLD = 3;

/**
 * Looks after what the server depends on, and tells administrators what is out of order for some minutes: once a day
 * for each thing, whichever process sees it; and when it is back.
 */
export function createHealthWatch(
  { db, log }: Pick<Platform, "db" | "log">,
  tellAdmins: Notices["tellAdmins"],
  groups: Readonly<Record<string, HealthChecks>>,
  now: () => number = Date.now,
) {
  const read = watchHealth(groups, now);
  const bad = new Map<string, number>();
  /** By this process: what another has told of, that one tells the end of. */
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const found = Object.values(await read()).flatMap((group) => Object.entries(group));
    for (const [thing, { connected, message }] of found) {
      const looks = connected ? 0 : (bad.get(thing) ?? 0) + 1;
      bad.set(thing, looks);
      if (looks >= LOOKS_BEFORE_TOLD) {
        await tellOf(thing, message);
        told.add(thing);
      } else if (connected && told.delete(thing)) await tellBack(thing);
    }
  }

  const tellOf = (thing: string, reason: string) =>
    db.transaction().execute((trx) =>
      tellAdmins(trx, {
        kind: "admin.unhealthy",
        key: `${thing} ${new Date().toISOString().slice(0, 10)}`,
        subject: { kind: "resource", id: thing },
        values: { thing, reason },
      }),
    );

  /** Once a day, as that it is out of order. */
  const tellBack = (thing: string) =>
    db.transaction().execute((trx) =>
      tellAdmins(trx, {
        kind: "admin.healthy",
        key: `${thing} ${new Date().toISOString().slice(0, 10)}`,
        subject: { kind: "resource", id: thing },
        values: { thing },
      }),
    );
  return {
    look,
    start() {
      const onFailure = (error: unknown) => log.warn({ err: error }, "it could not be looked after what is healthy");
      timer = setInterval(() => void look().catch(onFailure), LOOK_EVERY_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}
