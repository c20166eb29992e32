import { lstat } from "node:fs/promises";
import { type BackEndProblem, backEndProblem, NO_PROBLEM } from "../../back-end-problems.ts";
import { BackEndAway } from "../contract.ts";
import { ask, saidBy } from "./ask.ts";
import type { ZfsContext } from "./context.ts";
import type { Dataset } from "./datasets.ts";

/** What was seen of the base. */
export interface Seen {
  readonly ok: boolean;
  /** The pool can't be written to at all until somebody has helped it: commands would wait for ever. */
  readonly suspended: boolean;
  readonly problem: BackEndProblem;
  readonly about: string;
  readonly base: Dataset | null;
  /** Where the base is mounted, when that is on this machine; else null. */
  readonly here: string | null;
  /** Whether snapshots can be looked into there, at `.zfs/snapshot`: not with zfs-fuse. */
  readonly showsSnapshots: boolean;
}

/** Milliseconds: `zpool status` answers at once, or never. */
const PATIENCE = 20_000;
const LOOKS = 3;
/** Not found, by shells' convention. */
const NO_PROGRAM = 127;

/** Looks at the pool and the base. Nothing is thrown: what is wrong is in `problem`. */
export async function look(context: ZfsContext): Promise<Seen> {
  try {
    return await lookAt(context);
  } catch (error) {
    if (!(error instanceof BackEndAway)) throw error;
    return unseen(error.problem);
  }
}

async function lookAt({ host, base: name, datasets }: ZfsContext): Promise<Seen> {
  const pool = await poolState(host, name);
  if ("problem" in pool) return unseen(pool.problem, pool.suspended);
  const base = (await datasets.read([])).get("base");
  if (base === undefined) return unseen(backEndProblem("dataset_unreadable", { base: name }));
  const version = await ask(host, { do: "zfs-version" });
  const release = version.code === 0 ? (version.out.split("\n", 1)[0] ?? "ZFS") : "zfs-fuse";
  const about = `${release}, dataset ${name}, ${base.mountpoint === null ? "not mounted" : `at ${base.mountpoint}`}`;
  const problem = problemOf(name, base, pool.state, pool.lost);
  const here = base.mountpoint !== null && (await isHere(host, base.mountpoint)) ? base.mountpoint : null;
  const showsSnapshots = here !== null && (await isThere(`${here}/.zfs/snapshot`));
  return { ok: !blocks(base), suspended: false, problem, about, base, here, showsSnapshots };
}

function problemOf(name: string, base: Dataset, pool: string, lost: string): BackEndProblem {
  if (!base.isFilesystem) return backEndProblem("dataset_volume", { base: name });
  if (base.mounts && !base.mounted) return backEndProblem("dataset_not_mounted", { base: name });
  if (base.readOnly) return backEndProblem("dataset_read_only", { base: name });
  if (lost !== "") return backEndProblem("pool_lost_data", { base: name, said: lost });
  if (pool === "ONLINE") return NO_PROBLEM;
  return backEndProblem("pool_needs_disk", { base: name, state: pool });
}

/** Where it should be mounted and isn't, folders would be made in its place. */
function blocks(base: Dataset): boolean {
  return !base.isFilesystem || (base.mounts && !base.mounted);
}

type PoolState =
  | { readonly state: string; readonly lost: string }
  | { readonly problem: BackEndProblem; readonly suspended: boolean };

const NOTHING_LOST = "No known data errors";

/** What is behind `state:` and `errors:`, which is the same in all releases; a problem where nothing can be done. */
async function poolState(host: ZfsContext["host"], name: string): Promise<PoolState> {
  const pool = name.split("/", 1)[0] ?? name;
  const answer = await answerOf(host, pool);
  const { code, out } = answer;
  if (code === NO_PROGRAM) return { problem: backEndProblem("zfs_missing"), suspended: false };
  const state = /^\s*state:\s*(\S+)/m.exec(out)?.[1];
  if (state === undefined) {
    return { problem: backEndProblem("pool_missing", { pool, said: saidBy(answer) }), suspended: false };
  }
  const errors = /^errors:\s*(.+)$/m.exec(out)?.[1] ?? NOTHING_LOST;
  if (state === "ONLINE" || state === "DEGRADED") return { state, lost: errors === NOTHING_LOST ? "" : errors };
  return { problem: backEndProblem("pool_suspended", { pool, state }), suspended: true };
}

async function answerOf(host: ZfsContext["host"], pool: string) {
  const end = AbortSignal.timeout(PATIENCE);
  try {
    return await ask(host, { do: "zpool-status" }, end);
  } catch (error) {
    if (!end.aborted) throw error;
    throw new BackEndAway(backEndProblem("pool_silent", { pool }), { cause: error });
  }
}

/**
 * Whether what the storage host has mounted there is what lies at the same path on this machine: it is the same
 * machine, or has mounted it from there. NFS keeps the inode's number, which every dataset's root has; so the time has
 * to be the same too, and may just have changed.
 */
async function isHere(host: ZfsContext["host"], path: string): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    const here = await lstat(path).catch(() => null);
    if (here === null) return false;
    const { out } = await ask(host, { do: "stat", places: [{ kind: "base" }] });
    const [, , , , inode, time] = out.split(/\s/);
    if (String(here.ino) !== inode) return false;
    if (String(Math.floor(here.mtimeMs / 1000)) === time) return true;
  }
  return false;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

export function unseen(problem: BackEndProblem, suspended = false): Seen {
  return { ok: false, suspended, problem, about: "", base: null, here: null, showsSnapshots: false };
}
