import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { SNAPSHOTS } from "../../platform/processes/inside-storage.ts";
import {
  BackEndAway,
  keyOf,
  type Outcome,
  type Snapshot,
  type StorageDriver,
  type Subject,
} from "../drivers/contract.ts";

/** What ZFS takes for a snapshot's name. */
const LEGAL = /^[A-Za-z0-9_.: -]{1,255}$/;

type Person = Pick<Subject, "kind" | "name">;

/**
 * Snapshots over plain directories, where OpenZFS has them: `.zfs/snapshot/<name>` in each. As strict as ZFS: names that
 * it refuses are refused, no name is taken twice, and whoever writes into a snapshot, or touches it, is found out.
 */
export interface SnapshotDouble {
  /** Around a driver without any. */
  wrap(driver: StorageDriver): StorageDriver;
  /** How they behave from now on. `elsewhere`: on another machine. */
  mode: "well" | "away" | "hung" | "elsewhere";
  /** How often it was asked for somebody's. */
  asked: number;
  /** Takes one of a person's directory, as if at that moment. */
  take(name: string, person: Person, at?: Date): void;
  /** Ends one behind everybody's back. */
  end(name: string, person: Person): void;
  /** @throws where anybody has changed one since it was taken */
  requireUntouched(): void;
}

interface Taken {
  readonly snapshot: Snapshot;
  readonly print: string;
}

export function createSnapshotDouble(): SnapshotDouble {
  const taken = new Map<string, Map<string, Taken>>();
  const waiting = Promise.withResolvers<never>().promise;
  let directoryOf: StorageDriver["state"]["directoryOf"] = () => null;
  const own = (person: Person) => taken.get(keyOf(person)) ?? new Map<string, Taken>();
  const placeOf = (person: Person, name: string) => path.join(directoryOf(person) ?? "", ...SNAPSHOTS, name);

  const double: SnapshotDouble = {
    mode: "well",
    asked: 0,
    wrap(driver) {
      directoryOf = (person) => driver.state.directoryOf(person);
      const answer = async <T>(give: () => T): Promise<T> => {
        if (double.mode === "away") throw new BackEndAway("the pool is suspended");
        return double.mode === "hung" ? waiting : give();
      };
      return {
        ...driver,
        get state() {
          return driver.state;
        },
        snapshots: {
          list: () => answer(() => [...taken.values()].flatMap(sorted)),
          of: (subject) => {
            double.asked += 1;
            return answer(() => sorted(own(subject)));
          },
          take: (subjects, name) => answer(() => subjects.map((one) => outcomeOf(one, () => double.take(name, one)))),
          remove: (subject, name) => answer(() => outcomeOf(subject, () => double.end(name, subject))),
          directoryOf: (subject, name) => (double.mode === "elsewhere" ? null : placeOf(subject, name)),
        },
      };
    },
    take(name, person, at = new Date()) {
      const directory = directoryOf(person);
      if (!LEGAL.test(name)) throw new Error(`invalid character in snapshot name ${name}`);
      if (directory === null || !existsSync(directory)) throw new Error("dataset does not exist");
      if (own(person).has(name)) return;
      const to = placeOf(person, name);
      mkdirSync(to, { recursive: true });
      const entries = readdirSync(directory).filter((entry) => entry !== SNAPSHOTS[0]);
      execFileSync("cp", ["-a", "--", ...entries.map((entry) => path.join(directory, entry)), to]);
      // ZFS counts whole seconds.
      const createdAt = new Date(Math.floor(at.getTime() / 1000) * 1000);
      const { kind, name: whose } = person;
      const snapshot = { kind, name: whose, snapshot: name, createdAt, used: 0 };
      taken.set(keyOf(person), own(person).set(name, { snapshot, print: printOf(to) }));
    },
    end(name, person) {
      rmSync(placeOf(person, name), { recursive: true, force: true });
      own(person).delete(name);
    },
    requireUntouched() {
      for (const all of taken.values()) {
        for (const { snapshot, print } of all.values()) {
          if (printOf(placeOf(snapshot, snapshot.snapshot)) === print) continue;
          throw new Error(`somebody has written into the snapshot ${snapshot.snapshot} of ${keyOf(snapshot)}`);
        }
      }
    },
  };
  return double;
}

function sorted(all: ReadonlyMap<string, Taken>): Snapshot[] {
  const snapshots = [...all.values()].map(({ snapshot }) => snapshot);
  return snapshots.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

function outcomeOf({ kind, name }: Person, work: () => void): Outcome {
  try {
    work();
    return { kind, name, code: "done", problem: "" };
  } catch (error) {
    return { kind, name, code: "failed", problem: String(error) };
  }
}

/** Names, kinds, owners, and the times of the last change, which nobody can set back. */
function printOf(folder: string): string {
  return execFileSync("find", [folder, "-printf", "%P %y %s %m %U %C@ %l\\n"], { encoding: "utf8" });
}
