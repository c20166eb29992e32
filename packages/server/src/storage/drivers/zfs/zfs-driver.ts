import { join } from "node:path";
import type { Logger } from "pino";
import { backEndProblem } from "../../back-end-problems.ts";
import type { StorageHost } from "../../hosts/contract.ts";
import {
  BackEndAway,
  type Capabilities,
  type DriverState,
  type Found,
  keyOf,
  type StorageDriver,
  type Subject,
} from "../contract.ts";
import { placeOf, type ZfsContext } from "./context.ts";
import { datasetParts } from "./dataset-names.ts";
import { countedOf, createDatasetReader, isSubject } from "./datasets.ts";
import { look, type Seen, unseen } from "./probe.ts";
import { settle } from "./settle.ts";
import { createSnapshots } from "./snapshots.ts";
import { createTrash } from "./trash.ts";

export interface ZfsDriverOptions {
  readonly host: StorageHost;
  /** The base dataset. */
  readonly base: string;
  readonly log: Logger;
}

const CAPABILITIES: Capabilities = {
  enforcedBy: "dataset",
  againstAccidentOnly: false,
  bindsRoot: true,
  snapshots: true,
  trashOutsideQuota: true,
  usageKind: "quota",
  refusesBelowUsed: true,
};

const notSeen = (base: string): Seen => unseen(backEndProblem("not_looked_at", { base }));

/** A dataset for each, with zfs-fuse 0.7 and OpenZFS 2.x alike. */
export function createZfsDriver({ host, base, log }: ZfsDriverOptions): StorageDriver {
  const context: ZfsContext = { host, base, log, datasets: createDatasetReader(host, base) };
  const trash = createTrash(context);
  let seen = notSeen(base);
  let state = stateOf(seen);

  /** On a suspended pool a command would wait until its time is over. */
  function unlessSuspended<A extends unknown[], R>(work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      if (seen.suspended) throw new BackEndAway(seen.problem);
      return work(...args);
    };
  }

  const count = unlessSuspended(context.datasets.count);
  const snapshots = createSnapshots(context, (subject: Subject) => {
    const directory = seen.showsSnapshots ? state.directoryOf(subject) : null;
    return directory === null ? null : join(directory, ".zfs/snapshot");
  });

  return {
    backend: "zfs",
    async probe() {
      seen = await look(context);
      state = stateOf(seen);
      return state;
    },
    get state() {
      return state;
    },
    list: async () => [...(await count())].map(([key, counted]) => ({ ...subjectOfKey(key), ...counted })),
    leftAlone: unlessSuspended(context.datasets.leftAlone),
    look: unlessSuspended(async (subjects): Promise<readonly Found[]> => {
      if (subjects.length === 0) return [];
      const there = await context.datasets.read(subjects.map(placeOf));
      return subjects.flatMap((subject) => {
        const dataset = there.get(keyOf(subject));
        return dataset === undefined || !isSubject(dataset) ? [] : [{ ...placeOf(subject), ...countedOf(dataset) }];
      });
    }),
    settle: unlessSuspended(async (wanted) => (wanted.length === 0 ? [] : settle(context, wanted))),
    discard: unlessSuspended(trash.discard),
    restore: unlessSuspended(trash.restore),
    purge: unlessSuspended(trash.purge),
    discarded: unlessSuspended(trash.discarded),
    usage: count,
    measure: null,
    measureBase: null,
    strays: null,
    snapshots: {
      ...snapshots,
      list: unlessSuspended(snapshots.list),
      of: unlessSuspended(snapshots.of),
      take: unlessSuspended(snapshots.take),
      remove: unlessSuspended(snapshots.remove),
    },
    close: () => host.close(),
  };
}

function stateOf({ ok, problem, about, base, here }: Seen): DriverState {
  return {
    ok,
    problem: problem.text,
    problemToldBy: problem.toldBy,
    capabilities: CAPABILITIES,
    about,
    size: base === null ? null : base.used + base.available,
    free: base?.available ?? null,
    directoryOf: (subject) => (here === null ? null : join(here, ...datasetParts(subject))),
  };
}

function subjectOfKey(key: string): Pick<Found, "kind" | "name"> {
  const at = key.indexOf("/");
  return { kind: key.slice(0, at) === "group" ? "group" : "user", name: key.slice(at + 1) };
}
