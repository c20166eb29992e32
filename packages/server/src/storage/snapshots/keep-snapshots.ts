import type { Logger } from "pino";
import { giveBackLease, holderOf, takeLease } from "../../platform/database/leases.ts";
import type { StorageContext } from "../context.ts";
import { BackEndAway, keyOf, type Snapshot, type Snapshots, type Subject } from "../drivers/contract.ts";
import { subjectOf } from "../subjects/carry-out.ts";
import { presentRows } from "../subjects/queries.ts";
import { PERIODS, type Period, periodOf, snapshotName } from "./snapshot-names.ts";

/** Makes snapshots as STORAGE_SNAPSHOTS wants, and ends those beyond it: one server of the cluster. */
export interface SnapshotKeeper {
  /** What is due now; for tests. @returns how many were taken and removed */
  round(now?: Date): Promise<{ readonly taken: number; readonly removed: number }>;
  start(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
const LEASE = "storage.snapshots";
const LEASE_SECONDS = 3_600;

export function createSnapshotKeeper(context: StorageContext & { readonly log: Logger }): SnapshotKeeper {
  const { db, driver, log, platform } = context;
  const holder = holderOf(platform.config);
  const kept = new Map(platform.config.storage.snapshots.map(({ name, value }) => [name as Period, value]));
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let stopped = true;

  async function round(now = new Date()) {
    const { snapshots } = driver;
    if (snapshots === null || kept.size === 0 || !driver.state.ok) return { taken: 0, removed: 0 };
    if (!(await takeLease(db, LEASE, holder, LEASE_SECONDS))) return { taken: 0, removed: 0 };
    const rows = (await presentRows(db, null)).filter(({ settled }) => settled > 0);
    const present = groupBySubject(await snapshots.list());
    let [taken, removed] = [0, 0];
    for (const period of PERIODS) {
      const most = kept.get(period) ?? 0;
      if (most > 0) taken += await take(snapshots, rows.map(subjectOf), present, snapshotName(period, now));
      removed += await thin(snapshots, rows.map(subjectOf), present, period, most);
    }
    return { taken, removed };
  }

  async function take(
    snapshots: Snapshots,
    subjects: readonly Subject[],
    present: ReadonlyMap<string, Snapshot[]>,
    name: string,
  ): Promise<number> {
    const lacking = subjects.filter((one) => !present.get(keyOf(one))?.some(({ snapshot }) => snapshot === name));
    const outcomes = lacking.length === 0 ? [] : await snapshots.take(lacking, name);
    const failed = outcomes.filter(({ code }) => code !== "done" && code !== "exists");
    if (failed.length > 0) log.warn({ name, failed: failed.slice(0, 5), of: failed.length }, "snapshots were not made");
    return outcomes.length - failed.length;
  }

  /** The newest ones of a period stay. Its names sort by time. */
  async function thin(
    snapshots: Snapshots,
    subjects: readonly Subject[],
    present: ReadonlyMap<string, Snapshot[]>,
    period: Period,
    most: number,
  ): Promise<number> {
    let removed = 0;
    for (const subject of subjects) {
      const ours = (present.get(keyOf(subject)) ?? []).filter(({ snapshot }) => periodOf(snapshot) === period);
      const names = ours.map(({ snapshot }) => snapshot).sort();
      for (const name of names.slice(0, Math.max(0, names.length - most))) {
        const { code, problem } = await snapshots.remove(subject, name);
        if (code === "done" || code === "missing") removed += 1;
        else log.warn({ subject: keyOf(subject), name, problem }, "a snapshot was not removed");
      }
    }
    return removed;
  }

  function next(): void {
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) => {
          if (!(error instanceof BackEndAway)) log.warn({ err: error }, "snapshots could not be made; trying again");
        })
        .finally(() => {
          if (!stopped) next();
        });
    }, EVERY_MS).unref();
  }

  return {
    round,
    start() {
      stopped = false;
      next();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await giveBackLease(db, LEASE, holder).catch(() => undefined);
    },
  };
}

function groupBySubject(snapshots: readonly Snapshot[]): Map<string, Snapshot[]> {
  const groups = new Map<string, Snapshot[]>();
  for (const one of snapshots) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
