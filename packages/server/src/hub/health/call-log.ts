import { sql } from "kysely";
import type { HubCallRecord } from "../client/contract.ts";
import type { HubContext } from "../context.ts";

const FLUSH_MS = 10_000;
/** Of one flush; an outage's calls are alike. */
const MOST_FAILURES = 50;
/** Outcomes that are answers of a hub that is well. */
export const FINE_OUTCOMES: ReadonlySet<string> = new Set([
  "ok",
  "starting",
  "stopping",
  "busy",
  "no_such_user",
  "aborted",
]);

interface Sum {
  calls: number;
  retries: number;
  milliseconds: number;
  slowest: number;
}

/** Sums up calls of the hub by minute, for the page of its health: all servers' together, in the database. */
export function createCallLog({ platform, db }: Pick<HubContext, "platform" | "db">) {
  let sums = new Map<string, Sum>();
  let failures: { at: Date; call: string; cause: string; said: string }[] = [];
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    const [rows, failed] = [[...sums], failures];
    [sums, failures] = [new Map(), []];
    if (rows.length > 0) {
      const values = rows.map(([key, sum]) => {
        const [minute = "", call = "", outcome = ""] = key.split(" ");
        return { minute: new Date(Number(minute)), call, outcome, ...sum };
      });
      await db
        .insertInto("hub_calls")
        .values(values.sort((a, b) => (`${a.call} ${a.outcome}` < `${b.call} ${b.outcome}` ? -1 : 1)))
        .onConflict((conflict) =>
          conflict.columns(["minute", "call", "outcome"]).doUpdateSet({
            calls: sql`hub_calls.calls + excluded.calls`,
            retries: sql`hub_calls.retries + excluded.retries`,
            milliseconds: sql`hub_calls.milliseconds + excluded.milliseconds`,
            slowest: sql`greatest(hub_calls.slowest, excluded.slowest)`,
          }),
        )
        .execute();
    }
    if (failed.length > 0) await db.insertInto("hub_failures").values(failed).execute();
  }

  const flushing = () =>
    flush().catch((error: unknown) => platform.log.warn({ err: error }, "the hub's figures could not be kept"));

  return {
    note({ call, outcome, said, milliseconds, retries }: HubCallRecord): void {
      const now = Date.now();
      const key = `${now - (now % 60_000)} ${call} ${outcome}`;
      const sum = sums.get(key) ?? { calls: 0, retries: 0, milliseconds: 0, slowest: 0 };
      sum.calls += 1;
      sum.retries += retries;
      sum.milliseconds += milliseconds;
      sum.slowest = Math.max(sum.slowest, milliseconds);
      sums.set(key, sum);
      if (FINE_OUTCOMES.has(outcome) || failures.length >= MOST_FAILURES) return;
      failures.push({ at: new Date(now), call, cause: outcome, said: said.slice(0, 1_000) });
    },
    flush,
    start() {
      timer = setInterval(flushing, FLUSH_MS);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      await flushing();
    },
  };
}
