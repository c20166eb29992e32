import { inTime } from "../../platform/errors/in-time.ts";
import { isSnapshotName } from "../../platform/processes/inside-storage.ts";
import type { StorageContext } from "../context.ts";
import { BackEndAway, type Snapshots } from "../drivers/contract.ts";
import { createLane } from "../hosts/lanes.ts";
import type { LiesInside } from "../housing/lies-inside.ts";
import { subjectOf } from "../subjects/carry-out.ts";
import type { SubjectRow } from "../tables.ts";
import { type Period, periodOf } from "./snapshot-names.ts";

/** A moment that somebody can look back at. */
export interface PersonsSnapshot {
  readonly name: string;
  readonly createdAt: Date;
  /** Null: others made it. */
  readonly period: Period | null;
}

/**
 * Why nobody can look back: their workspaces lie apart from their storage; its back end has no snapshots, or nobody
 * makes any; they can't be looked into from this machine; the back end can't be asked.
 */
export type WhyNoSnapshots = "not_inside" | "no_snapshots" | "not_browsable" | "away";

export interface PersonsSnapshots {
  readonly whyNot: WhyNoSnapshots | null;
  /** Newest first. */
  readonly items: readonly PersonsSnapshot[];
}

/**
 * Tells which snapshots there are of the storage that somebody's workspaces lie in.
 * @param anew what is known is too old: somebody has heard of one that is not in it
 * @throws StoaError unavailable: nobody has answered in time
 */
export type SnapshotsOf = (accountId: number, anew?: boolean) => Promise<PersonsSnapshots>;

export interface SnapshotsOfOptions {
  /** Milliseconds that an answer is good for. */
  readonly freshMs?: number;
  /** The same, where somebody has heard of a newer one. */
  readonly anewMs?: number;
  /** Milliseconds that a request waits. */
  readonly patienceMs?: number;
}

/** Of one person: a dataset may have thousands, made by others. */
const MOST = 1_000;
const MOST_KNOWN = 1_000;
/** Questions to the back end at a time: a hung pool holds no more of its commands. */
const AT_ONCE = 4;
const WHAT = "The list of your storage's snapshots";

interface Known {
  readonly at: number;
  readonly items: readonly PersonsSnapshot[];
}

/** One question a person at a time, whose answer serves for some seconds. */
export function createSnapshotsOf(
  { driver, known: subjects, platform }: Pick<StorageContext, "driver" | "known" | "platform">,
  liesInside: LiesInside,
  { freshMs = 10_000, anewMs = 1_000, patienceMs = 8_000 }: SnapshotsOfOptions = {},
): SnapshotsOf {
  const lane = createLane(AT_ONCE);
  const known = new Map<number, Known>();
  const underWay = new Map<number, Promise<readonly PersonsSnapshot[]>>();

  function ask(accountId: number, row: SubjectRow, snapshots: Snapshots): Promise<readonly PersonsSnapshot[]> {
    const present = underWay.get(accountId);
    if (present !== undefined) return present;
    const question = lane
      .enter(() => snapshots.of(subjectOf(row)))
      .then((all) => {
        const seen = all.filter(({ snapshot }) => isSnapshotName(snapshot)).slice(-MOST);
        const items = seen.reverse().map(({ snapshot, createdAt }) => ({
          name: snapshot,
          createdAt,
          period: periodOf(snapshot),
        }));
        remember(accountId, items);
        return items;
      })
      .finally(() => underWay.delete(accountId));
    underWay.set(accountId, question);
    return question;
  }

  function remember(accountId: number, items: readonly PersonsSnapshot[]): void {
    known.delete(accountId);
    known.set(accountId, { at: Date.now(), items });
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  return async (accountId, anew = false) => {
    const { snapshots, state } = driver;
    const row = subjects.ofAccount(accountId);
    if (snapshots === null) return none("no_snapshots");
    if (!(await liesInside(accountId))) return none("not_inside");
    if (row === null) return none("no_snapshots");
    if (!state.ok) return none("away");
    if (snapshots.directoryOf(subjectOf(row), "any") === null) return none("not_browsable");
    const last = known.get(accountId);
    const isFresh = last !== undefined && Date.now() - last.at < (anew ? anewMs : freshMs);
    try {
      const items = isFresh ? last.items : await inTime(ask(accountId, row, snapshots), patienceMs, WHAT);
      return items.length === 0 && platform.config.storage.snapshots.length === 0
        ? none("no_snapshots")
        : { whyNot: null, items };
    } catch (error) {
      if (error instanceof BackEndAway) return none("away");
      throw error;
    }
  };
}

function none(whyNot: WhyNoSnapshots): PersonsSnapshots {
  return { whyNot, items: [] };
}
