import { sql } from "kysely";
import type { Logger } from "pino";
import { publishCounted, type StorageContext } from "../context.ts";
import { BackEndAway, keyOf } from "../drivers/contract.ts";
import { inOrder } from "../subjects/in-order.ts";
import type { StorageDb } from "../tables.ts";
import { timeOf } from "./count.ts";
import { giveLeaseBack, holderOf, takeLease } from "./leases.ts";
import { tellLevels } from "./tell-levels.ts";

/**
 * Adds up sizes where no kernel counts them: one server of the cluster, a few directories at a time, at the lowest
 * priority. One in which much changes is looked at every five minutes, a quiet one ever more seldom, down to
 * STORAGE_USAGE_MAX_AGE; every look is at all of its files, whatever their folders' times say.
 */
export interface Scan {
  /** All that are due, once; how many. */
  round(): Promise<number>;
  /** Some are due now. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/** Directories in one command: as many as take some seconds together, so that figures come while others are counted. */
const FEWEST = 16;
const MOST = 500;
const SECONDS_EACH = 5;
/** Bytes. Asked for several folders, `du` remembers every file that it has seen: a large one is asked for alone. */
const ALONE = 4 * 2 ** 30;
const POLL_MS = 15_000;
const WAKE_MS = 200;
const LEASE_SECONDS = 600;
/** Seconds. */
const BUSY_EVERY = 300;

type Due = {
  readonly id: number;
  readonly kind: "user" | "group";
  readonly name: string;
  readonly used: number;
  readonly scan_every: number;
};

export function createScan(context: StorageContext & { readonly log: Logger }): Scan {
  const { db, driver, log } = context;
  const holder = holderOf(context.platform.config);
  let abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<number> = Promise.resolve(0);
  let stopped = true;

  async function round(): Promise<number> {
    const { measure } = driver;
    if (measure === null || !driver.state.ok) return 0;
    let done = 0;
    let many = FEWEST;
    while (!abort.signal.aborted && (await takeLease(db, "scan", holder, LEASE_SECONDS))) {
      const due = together(await dueNow(db, many));
      if (due.length === 0) break;
      const begun = performance.now();
      const sizes = await measure(due, abort.signal);
      many = nextBatch(due.length, (performance.now() - begun) / 1_000);
      await write(context, due, sizes);
      await tellLevels(context);
      done += due.length;
    }
    return done;
  }

  function schedule(after: number): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) => {
          if (!abort.signal.aborted && !(error instanceof BackEndAway)) {
            log.warn({ err: error }, "usage could not be counted; trying again");
          }
          return 0;
        })
        .finally(() => schedule(POLL_MS));
    }, after).unref();
  }

  return {
    round,
    wake: () => schedule(WAKE_MS),
    start() {
      stopped = false;
      abort = new AbortController();
      schedule(WAKE_MS);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      abort.abort();
      await running.catch(() => undefined);
      await giveLeaseBack(db, "scan", holder).catch(() => undefined);
    },
  };
}

/** As many as would have taken `SECONDS_EACH`, at most four times as many as before: the next ones may be larger. */
export function nextBatch(counted: number, seconds: number): number {
  const fitting = Math.floor(counted * Math.min(4, SECONDS_EACH / Math.max(seconds, 0.001)));
  return Math.min(MOST, Math.max(FEWEST, fitting));
}

/** The first of those, and what goes into one command with it. */
export function together<T extends { readonly used: number }>(due: readonly T[]): readonly T[] {
  const large = due.findIndex(({ used }) => used >= ALONE);
  return large === -1 ? due : due.slice(0, Math.max(1, large));
}

/** Those whose time has come; never counted ones first. */
function dueNow(db: StorageDb, many: number): Promise<Due[]> {
  return db
    .selectFrom("storage_subjects")
    .select(["id", "kind", "name", "used", "scan_every"])
    .where("deleted_at", "is", null)
    .where((e) => e.or([e("settled", ">", 0), e("adopted", "=", true)]))
    .where("scan_at", "<=", new Date())
    .orderBy("scan_at")
    .limit(many)
    .execute();
}

/** What could not be measured (gone meanwhile) keeps its figure, and is looked at again later. */
async function write(context: StorageContext, due: readonly Due[], sizes: ReadonlyMap<string, number>): Promise<void> {
  const longest = Math.max(BUSY_EVERY, context.platform.config.storage.usageMaxAgeSeconds);
  const results = due.map((row) => {
    const used = sizes.get(keyOf(row)) ?? null;
    const every = used !== null && used !== row.used ? BUSY_EVERY : Math.min(longest, row.scan_every * 2);
    return { id: row.id, used, every };
  });
  const written = await context.db.transaction().execute(async (trx) => {
    const ids = results.map(({ id }) => id);
    await sql`
      with locked as (${inOrder(trx).where("s.id", "in", ids)})
      update storage_subjects s set
        used = coalesce(r.used, s.used),
        used_kind = case when r.used is null then s.used_kind else 'apparent' end,
        used_at = case when r.used is null then s.used_at else now() end,
        scan_every = r.every, scan_at = now() + make_interval(secs => r.every)
      from jsonb_to_recordset(${JSON.stringify(results)}::jsonb) as r(id bigint, used bigint, every integer)
      join locked using (id)
      where s.id = r.id`.execute(trx);
    const figures = results.flatMap(({ id, used }) => (used === null ? [] : [[id, used, null] as const]));
    const counted = { at: await timeOf(trx), kind: "apparent", figures } as const;
    await publishCounted(context, trx, counted);
    return counted;
  });
  await context.known.count(written);
}
