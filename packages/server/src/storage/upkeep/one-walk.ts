import type { SqlBool } from "kysely";
import { keyOf, type StorageDriver } from "../drivers/contract.ts";
import type { SubjectRow } from "../tables.ts";

/** Whose time has come to be counted. */
export type Due = Pick<SubjectRow, "id" | "kind" | "name" | "used" | "scan_every"> & {
  /** It has been before. */
  readonly is_counted: SqlBool;
};
/** One that has a directory. */
export type Standing = Pick<SubjectRow, "kind" | "used">;

/** Counts by one walk over the whole base, where that costs less than asking for those who are due. */
export interface OneWalk {
  /** Whether it is worth it, should all of these be due and nothing lie in the trash. */
  mayServe(standing: readonly Standing[]): boolean;
  /**
   * Bytes by `keyOf`, of those whose figure can be taken as it is; the others are asked for as usual. None where it takes
   * too long: it is ended then, and not begun again today.
   * @throws what ended it otherwise: `BackEndAway`, the signal's reason
   */
  count(due: readonly Due[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

/** Of those that are walked, in number and in bytes: asking for several costs a fifth more than walking. */
const SHARE_DUE = 0.9;
/** Bytes below which it does not matter whose they are. */
const FEW = 64 * 2 ** 20;
/** Four times what is expected at most. */
const LONGEST_MS = 20_000;
const NOT_AGAIN_MS = 24 * 3_600_000;

/** @param longestMs left out: 20 seconds */
export function createOneWalk(driver: Pick<StorageDriver, "measureBase">, longestMs = LONGEST_MS): OneWalk {
  let notBefore = 0;
  const bar = (): void => {
    notBefore = Date.now() + NOT_AGAIN_MS;
  };
  return {
    mayServe: (standing) =>
      driver.measureBase !== null && Date.now() >= notBefore && standing.every(({ kind }) => kind === "user"),
    async count(due, signal) {
      const tooLong = AbortSignal.timeout(longestMs);
      try {
        const told = await driver.measureBase?.(AbortSignal.any([signal, tooLong]));
        if (told === undefined) return new Map();
        const theirs = due.reduce((sum, one) => sum + (told.sizes.get(keyOf(one)) ?? 0), 0);
        // Somebody keeps other things there.
        if (told.total - theirs > Math.max(FEW, told.total * (1 - SHARE_DUE))) bar();
        const taken = believed(due, told.sizes);
        // Many share files: most are asked for anyway.
        if (taken.size < due.length / 2) bar();
        return taken;
      } catch (error) {
        if (!signal.aborted) bar();
        if (tooLong.aborted && !signal.aborted) return new Map();
        throw error;
      }
    },
  };
}

/** Whether walking over those who are not due is not worth mentioning. */
export function areNearlyAll(due: readonly Pick<Due, "used">[], standing: readonly Standing[]): boolean {
  const bytes = (rows: readonly { readonly used: number }[]) => rows.reduce((sum, { used }) => sum + used, 0);
  return due.length >= standing.length * SHARE_DUE && bytes(due) >= bytes(standing) * SHARE_DUE;
}

/**
 * A figure that fell may have: or a file that is in another directory as well was counted there. So it is asked for
 * without the other.
 */
function believed(due: readonly Due[], sizes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const one of due) {
    const size = sizes.get(keyOf(one));
    if (size !== undefined && (!one.is_counted || size >= one.used)) taken.set(keyOf(one), size);
  }
  return taken;
}

/** How long counting takes, by what it took of late. */
export interface Pace {
  note(counted: number, seconds: number): void;
  /** Seconds for so many; infinite where nothing is known. */
  expected(many: number): number;
}

export function createPace(): Pace {
  let counted = 0;
  let seconds = 0;
  return {
    note(some, took) {
      counted = counted / 2 + some;
      seconds = seconds / 2 + took;
    },
    expected: (many) => (counted === 0 ? Number.POSITIVE_INFINITY : (many * seconds) / counted),
  };
}
