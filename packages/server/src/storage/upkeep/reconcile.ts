import { sql } from "kysely";
import type { Logger } from "pino";
import { giveBackLease, holderOf, takeLease } from "../../platform/database/leases.ts";
import type { StorageContext } from "../context.ts";
import { BackEndAway, keyOf } from "../drivers/contract.ts";
import { adopt } from "../subjects/adopt.ts";
import { inOrder } from "../subjects/in-order.ts";
import { presentRows } from "../subjects/queries.ts";
import { REMARKS } from "../subjects/remarks.ts";
import type { SubjectRow } from "../tables.ts";
import { writeCounted, writeHistory } from "./count.ts";
import { createLeftAloneTeller } from "./left-alone.ts";
import { createStrayWatch } from "./strays.ts";
import { tellLevels } from "./tell-levels.ts";

/** Every minute, on one server of the cluster: what should be is compared with what is, and made so. */
export interface Reconcile {
  /** Once, now; for tests and for an operator who asks. */
  round(options?: { readonly list?: boolean }): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;
const LEASE = "storage.reconcile";
const LEASE_SECONDS = 180;
/** Rounds from one look at all directories to the next. */
const LIST_EVERY = 5;
/** Tried again in one round. */
const MOST_RETRIES = 500;

export function createReconcile(context: StorageContext & { readonly log: Logger }): Reconcile {
  const { db, driver, log } = context;
  const holder = holderOf(context.platform.config);
  const strays = createStrayWatch(context);
  const tellLeftAlone = createLeftAloneTeller(driver, log);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;
  let count = 0;
  let wasOk = true;

  async function round({ list = count % LIST_EVERY === 0 }: { readonly list?: boolean } = {}): Promise<void> {
    count += 1;
    const state = await driver.probe();
    if (state.ok !== wasOk) {
      if (state.ok) log.info({ about: state.about }, "storage can be reached again");
      else log.error({ problem: state.problem }, "storage can't be reached: what should be is noted, and made later");
      wasOk = state.ok;
    }
    if (!state.ok || !(await takeLease(db, LEASE, holder, LEASE_SECONDS))) return;
    if (list) await compare(context, log);
    if (list) await tellLeftAlone();
    await countAll();
    await endRaises(context);
    await retry(context);
    await takeOverRest(context);
    await tellLevels(context);
    await writeHistory(db);
    // A large directory takes minutes: the rounds go on.
    strays.next().catch((error: unknown) => log.warn({ err: error }, "strays could not be looked for"));
  }

  async function countAll(): Promise<void> {
    if (driver.usage === null) return;
    const [rows, counted] = await Promise.all([presentRows(db, null), driver.usage()]);
    const { drifted } = await writeCounted(context, rows, counted);
    if (drifted.length === 0) return;
    log.warn({ subjects: drifted.slice(0, 20), of: drifted.length }, "quotas were changed by others: put back");
    await want(context, drifted);
  }

  function next(): void {
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) => {
          if (!(error instanceof BackEndAway)) log.warn({ err: error }, "storage could not be compared; trying again");
        })
        .finally(() => {
          if (!stopped) next();
        });
    }, EVERY_MS);
    timer.unref();
  }

  return {
    round: (options) => {
      running = running.catch(() => undefined).then(() => round(options));
      return running;
    },
    start() {
      stopped = false;
      next();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      strays.stop();
      await running.catch(() => undefined);
      await giveBackLease(db, LEASE, holder).catch(() => undefined);
    },
  };
}

/** All directories against all rows: what is new is adopted, what is gone is made anew. */
async function compare(context: StorageContext, log: Logger): Promise<void> {
  const [found, rows] = [await context.driver.list(), await presentRows(context.db, null)];
  const there = new Set(found.map(keyOf));
  const gone = rows.filter((row) => row.settled === row.wanted && !there.has(keyOf(row)));
  const settled = rows.filter((row) => row.settled === row.wanted).length;
  if (gone.length > 0 && gone.length === settled && settled > 1) {
    // As of an empty mount point: nothing may be made there.
    log.error({ directories: settled }, "none of the directories is at the base path: is it mounted? Nothing is made");
    throw new BackEndAway(`none of ${settled} directories is at the base path: is it mounted?`);
  }
  const known = new Set(rows.map(keyOf));
  const adopted = await adopt(
    context,
    found.filter((one) => !known.has(keyOf(one))),
  );
  if (adopted.length > 0) log.info({ directories: adopted.length }, "took over directories that others have made");
  if (gone.length === 0) return;
  log.warn({ subjects: gone.slice(0, 20).map(keyOf), of: gone.length }, "directories are gone: made anew, empty");
  await want(
    context,
    gone.map(({ id }) => id),
    REMARKS.made_anew,
  );
}

/** Has them made so again. */
async function want(context: StorageContext, ids: readonly number[], remark?: string): Promise<void> {
  if (ids.length === 0) return;
  const settled = inOrder(context.db)
    .where("s.id", "in", ids)
    .where("s.deleted_at", "is", null)
    .whereRef("s.settled", "=", "s.wanted");
  await context.db
    .updateTable("storage_subjects")
    .set({ wanted: sql<number>`wanted + 1`, ...(remark === undefined ? {} : { remark }) })
    .where("id", "in", settled)
    .execute();
  await context.settler.settle(ids);
  await context.known.refresh(ids);
}

/** Raises that people took and that are over. */
async function endRaises(context: StorageContext): Promise<void> {
  const over = inOrder(context.db).where("s.raise_until", "<=", new Date()).where("s.deleted_at", "is", null);
  const rows = await context.db
    .updateTable("storage_subjects")
    .set({ raise: 0, raise_until: null, wanted: sql<number>`wanted + 1` })
    .where("id", "in", over)
    .returning("id")
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await context.settler.settle(ids);
  await context.known.refresh(ids);
}

/** What was taken over and is not in order yet, after a restart: slowly, and waited for by nobody. */
async function takeOverRest({ db, settler }: StorageContext): Promise<void> {
  const rows = await db
    .selectFrom("storage_subjects")
    .select("id")
    .where("adopted", "=", true)
    .where("settled", "=", 0)
    .where("deleted_at", "is", null)
    .where((e) => e.or([e("retry_at", "is", null), e("retry_at", "<=", new Date())]))
    .where((e) => e.or([e("lease_until", "is", null), e("lease_until", "<", new Date())]))
    .orderBy("id")
    .limit(MOST_RETRIES)
    .execute();
  void settler.settleSlowly(rows.map(({ id }) => id));
}

async function retry(context: StorageContext): Promise<void> {
  const rows: Pick<SubjectRow, "id">[] = await context.db
    .selectFrom("storage_subjects")
    .select("id")
    .whereRef("settled", "<", "wanted")
    // Those go by themselves, slowly.
    .where((e) => e.or([e("adopted", "=", false), e("settled", ">", 0)]))
    .where((e) => e.or([e("retry_at", "is", null), e("retry_at", "<=", new Date())]))
    .orderBy("id")
    .limit(MOST_RETRIES)
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await context.settler.settle(ids);
  await context.known.refresh(ids);
}
