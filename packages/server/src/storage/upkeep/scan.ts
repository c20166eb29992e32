import { type SqlBool, sql } from "kysely";
import type { Logger } from "pino";
import { giveBackLease, holderOf, takeLease } from "../../platform/database/leases.ts";
import { MOST_NAMED, publishCounted, type StorageContext } from "../context.ts";
import { BackEndAway, keyOf } from "../drivers/contract.ts";
import { inOrder } from "../subjects/in-order.ts";
import type { UsedKind } from "../tables.ts";
import { timeOf } from "./count.ts";
import { dueNow, hasTrash, type Looked, NOBODY, timeNow } from "./due.ts";
import { areNearlyAll, createOneWalk, createPace } from "./one-walk.ts";
import { tellLevels } from "./tell-levels.ts";

/**
 * Adds up sizes where no kernel counts them: one server of the cluster, a few directories at a time, behind
 * other work. One in which much changes is looked at every five minutes, a quiet one ever more seldom, down to
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
const LEASE = "storage.scan";
const LEASE_SECONDS = 600;
/** Seconds. */
const BUSY_EVERY = 300;

export function createScan(context: StorageContext & { readonly log: Logger }): Scan {
  const { db, driver, log } = context;
  const holder = holderOf(context.platform.config);
  const oneWalk = createOneWalk(driver);
  const pace = createPace();
  let abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<number> = Promise.resolve(0);
  let stopped = true;
  // Two rounds at once would count the same ones: who is to be counted anew meanwhile is, by another one after it.
  let isRunning = false;
  let wakeAgain = false;

  async function round(): Promise<number> {
    const { measure } = driver;
    if (measure === null || !driver.state.ok) return 0;
    let done = 0;
    let many = FEWEST;
    let mayWalk = true;
    while (!abort.signal.aborted && (await takeLease(db, LEASE, holder, LEASE_SECONDS))) {
      const all = mayWalk ? await nearlyAll() : NOBODY;
      // Once a round; of the very first one it is after the first few that something is known of the pace.
      mayWalk &&= !Number.isFinite(pace.expected(1));
      if (all.due.length > 0) {
        // Whom it does not tell of is still due, and asked for.
        const told = await walkOnce(all);
        done += told;
        if (told === all.due.length) break;
      }
      const at = await timeNow(db);
      const due = together(await dueNow(db, many, countedHere()));
      if (due.length === 0) break;
      const begun = performance.now();
      const sizes = await measure(due, abort.signal);
      const seconds = (performance.now() - begun) / 1_000;
      many = nextBatch(due.length, seconds);
      pace.note(due.length, seconds);
      await write(context, { due, at }, sizes);
      await tellLevels(context);
      done += due.length;
    }
    return done;
  }

  /** Where the kernel counts, those are left to be counted whom it does not. */
  function countedHere(): readonly UsedKind[] {
    return driver.usage === null ? ["none", "apparent", "quota"] : ["none", "apparent"];
  }

  /** Those who are due, where one walk of all is soon done and for them alone; otherwise none. */
  async function nearlyAll(): Promise<Looked> {
    const standing = (await context.known.all()).filter(({ settled, adopted }) => settled > 0 || adopted);
    if (pace.expected(standing.length) > SECONDS_EACH || !oneWalk.mayServe(standing)) return NOBODY;
    const at = await timeNow(db);
    const due = await dueNow(db, standing.length, countedHere());
    return due.length > 0 && areNearlyAll(due, standing) && !(await hasTrash(db)) ? { due, at } : NOBODY;
  }

  /** How many it told of. */
  async function walkOnce({ due, at }: Looked): Promise<number> {
    const begun = performance.now();
    const sizes = await oneWalk.count(due, abort.signal);
    const told = due.filter((one) => sizes.has(keyOf(one)));
    if (told.length === 0) return 0;
    pace.note(told.length, (performance.now() - begun) / 1_000);
    for (let from = 0; from < told.length; from += MOST_NAMED) {
      await write(context, { due: told.slice(from, from + MOST_NAMED), at }, sizes);
    }
    await tellLevels(context);
    return told.length;
  }

  function schedule(after: number): void {
    clearTimeout(timer);
    if (stopped) return;
    if (isRunning) wakeAgain = true;
    else timer = setTimeout(run, after).unref();
  }

  /** One after another. */
  function next(): Promise<number> {
    running = running.catch(() => 0).then(round);
    return running;
  }

  function run(): void {
    isRunning = true;
    wakeAgain = false;
    next()
      .catch((error: unknown) => {
        if (!abort.signal.aborted && !(error instanceof BackEndAway)) {
          log.warn({ err: error }, "usage could not be counted; trying again");
        }
        return 0;
      })
      .finally(() => {
        isRunning = false;
        schedule(wakeAgain ? WAKE_MS : POLL_MS);
      });
  }

  return {
    round: next,
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
      await giveBackLease(db, LEASE, holder).catch(() => undefined);
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

/**
 * What could not be measured (gone meanwhile) keeps its figure, and is looked at again later; who was asked for since the
 * look began is due still.
 */
async function write(context: StorageContext, { due, at }: Looked, sizes: ReadonlyMap<string, number>): Promise<void> {
  const longest = Math.max(BUSY_EVERY, context.platform.config.storage.usageMaxAgeSeconds);
  const results = due.map((row) => {
    const used = sizes.get(keyOf(row)) ?? null;
    const every = used !== null && used !== row.used ? BUSY_EVERY : Math.min(longest, row.scan_every * 2);
    return { id: row.id, used, every };
  });
  const written = await context.db.transaction().execute(async (trx) => {
    // Three parameters, whoever many: a list of them is made, sent and read one by one.
    const ids = results.map(({ id }) => id);
    const used = results.map(({ used }) => used);
    const everies = results.map(({ every }) => every);
    await sql`
      with locked as (${inOrder(trx).where(sql<SqlBool>`s.id = any(${ids}::bigint[])`)})
      update storage_subjects s set
        used = coalesce(r.used, s.used),
        used_kind = case when r.used is null then s.used_kind else 'apparent' end,
        used_at = case when r.used is null then s.used_at else now() end,
        scan_every = r.every, looked_at = ${at}::timestamptz,
        -- Asked for since: by the clock, this transaction may have waited for the one that asked.
        scan_at = case when s.scan_at between ${at}::timestamptz and clock_timestamp() then s.scan_at
          else now() + make_interval(secs => r.every) end
      from unnest(${ids}::bigint[], ${used}::bigint[], ${everies}::integer[]) as r(id, used, every)
      join locked using (id)
      where s.id = r.id`.execute(trx);
    const figures = results.flatMap(({ id, used }) => (used === null ? [] : [[id, used, null] as const]));
    const counted = { at: await timeOf(trx), kind: "apparent", figures } as const;
    await publishCounted(context, trx, counted);
    return counted;
  });
  await context.known.count(written);
}
