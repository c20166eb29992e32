import { readdirSync, statSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { readProcess } from "../../database/process-identity.ts";
import type { SessionShare } from "../contract.ts";
import { endGroup } from "./end-group.ts";
import { findHierarchies, type Hierarchies } from "./hierarchies.ts";
import {
  foldersOf,
  type GroupBases,
  hasNoHost,
  type JobGroup,
  makeBases,
  makeJobGroup,
  processesIn,
  programFoldersOf,
  removeFolders,
} from "./job-group.ts";

/** The control groups of one installation's sessions. */
export interface ControlGroups {
  readonly limits: JobGroup["limits"];
  /** @param owner whose processes go into it; null: ours. @returns null: the system did not make it */
  make(name: string, share: SessionShare, owner: number | null): JobGroup | null;
  /** Its host has ended: what is left is ended too, after some time to be put in order, and the group removed. */
  hostEnded(name: string): void;
  /** Running processes of a session's program; none also when there is no such group. */
  programOf(name: string): number[];
  /** Its host has told of its end, and may put its books in order: what is there after a minute is killed. */
  hostEnds(name: string): void;
  /** Kills all that is in it. @returns how many processes are left; 0 also when there is no such group */
  end(name: string): Promise<number>;
  /** Looks after groups whose host is gone, those of an earlier run too. */
  sweep(): Promise<void>;
  /** Ends everything in them and removes them: tests, and who takes an installation off a machine. */
  removeAll(): Promise<void>;
  close(): void;
}

/** Milliseconds between two looks for groups whose hosts are gone. */
const SWEEP_MS = 30_000;
/** Milliseconds that a group without a host is left alone: one is about to come, or what is left is put in order. */
const LEFT_ALONE_MS = 20_000;
/** Milliseconds that a host has for its last duties. */
const HOST_ENDS_WITHIN_MS = 60_000;
const LEAVES_WITHIN_MS = 2000;
const MOST_PROCESSES = 65_536;

/**
 * Opens, or makes, an installation's control groups; null: this machine has none that we could use.
 * @param mark tells it from other installations
 */
export function openControlGroups(
  mark: string,
  log: Pick<Logger, "info" | "warn">,
  find: () => Hierarchies = findHierarchies,
): ControlGroups | null {
  try {
    const bases = makeBases(find(), baseName(mark));
    return bases === null ? null : keepGroups(bases, log);
  } catch (error) {
    log.warn({ err: error }, "control groups can't be used here; sessions' hosts watch their limits");
    return null;
  }
}

export function baseName(mark: string): string {
  return `stoa-${mark.slice(0, 18)}`;
}

function keepGroups(bases: GroupBases, log: Pick<Logger, "info" | "warn">): ControlGroups {
  const notBefore = new Map<string, number>();
  const ending = new Map<string, NodeJS.Timeout>();
  const timer = setInterval(() => void sweep(), SWEEP_MS);
  timer.unref();

  const isDue = (name: string): boolean => {
    const made = statSync(path.join(bases.tree.base, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() >= (notBefore.get(name) ?? made + LEFT_ALONE_MS);
  };

  async function removeEnded(name: string): Promise<void> {
    if (!hasNoHost(bases, name) || !isDue(name)) return;
    const left = await endGroup(bases, name);
    if (left === 0 && (await removePatiently(foldersOf(bases, name)))) notBefore.delete(name);
    else log.warn({ group: name, left }, "a session's control group could not be removed yet");
  }

  async function sweep(): Promise<void> {
    for (const name of names(bases)) await removeEnded(name);
  }

  return {
    limits: bases.limits,
    make(name, share, owner) {
      notBefore.set(name, Date.now() + LEFT_ALONE_MS);
      // Numbers are given again after an older backup was restored: that end was an earlier session's.
      clearTimeout(ending.get(name));
      ending.delete(name);
      try {
        return makeJobGroup(bases, name, bounded(share), owner);
      } catch (error) {
        log.warn({ err: error, group: name }, "a session's control group could not be made");
        return null;
      }
    },
    hostEnded(name) {
      if (!hasNoHost(bases, name)) return;
      const isEmpty = removeFolders(foldersOf(bases, name));
      if (isEmpty) {
        notBefore.delete(name);
        return;
      }
      notBefore.set(name, Date.now() + LEFT_ALONE_MS);
      setTimeout(() => void removeEnded(name), LEFT_ALONE_MS + 10).unref();
    },
    programOf: (name) => [...new Set(programFoldersOf(bases, name).flatMap(processesIn))].filter(isRunning),
    hostEnds(name) {
      if (ending.has(name) || hasNoHost(bases, name)) return;
      const due = async (): Promise<void> => {
        ending.delete(name);
        await endGroup(bases, name);
      };
      ending.set(name, setTimeout(() => void due(), HOST_ENDS_WITHIN_MS).unref());
    },
    end: (name) => endGroup(bases, name),
    sweep,
    async removeAll() {
      for (const name of names(bases)) {
        await endGroup(bases, name);
        await removePatiently(foldersOf(bases, name));
      }
      await removePatiently([bases.tree.base, ...Object.values(bases.v1)]);
    },
    close: () => clearInterval(timer),
  };
}

/** What was killed takes a moment to leave its group. @returns false: something is in them still */
async function removePatiently(folders: readonly string[]): Promise<boolean> {
  for (const until = Date.now() + LEAVES_WITHIN_MS; ; await sleep(20)) {
    if (removeFolders(folders)) return true;
    if (Date.now() > until) return false;
  }
}

/** Whoever asks gets no more than there is. */
function bounded({ cpus, memoryBytes, processes }: SessionShare): SessionShare {
  return {
    cpus: Math.min(cpus, availableParallelism()),
    memoryBytes: Math.min(memoryBytes, totalmem()),
    processes: Math.min(processes, MOST_PROCESSES),
  };
}

/** None when somebody has taken all of it away. */
function names(bases: GroupBases): string[] {
  try {
    const present = readdirSync(bases.tree.base, { withFileTypes: true });
    return present.filter((one) => one.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** What is only waiting to be collected runs no more. */
function isRunning(pid: number): boolean {
  const state = readProcess(pid)?.state ?? "X";
  return state !== "Z" && state !== "X";
}
