import { checkRequest } from "./check-request.ts";
import type { Command, MayOwn, Site } from "./command.ts";
import { commandOf } from "./command-of.ts";
import type { HostAnswer, StorageHost, StorageRequest } from "./contract.ts";
import { createLane } from "./lanes.ts";
import type { RunLimits } from "./run-command.ts";

/** Milliseconds for what should be done at once. */
const USUAL_TIME = 120_000;
const MOUNT_TIME = 30_000;

/** Walks of whole trees, at a low priority: one at a time, beside everything else. */
const WALKS: ReadonlySet<StorageRequest["do"]> = new Set(["measure", "measure-base", "list-projects"]);
/** What takes as long as it takes. */
const ENDLESS: ReadonlySet<StorageRequest["do"]> = new Set([...WALKS, "remove", "zfs-destroy"]);
/** Longer than usual: each may be about thousands, on a disk that is busy. `set-project` walks a tree, once. */
const LONGER: ReadonlyMap<StorageRequest["do"], number> = new Map([
  ["set-project", 6 * 3_600_000],
  ["set-quotas", 600_000],
  ["make", 600_000],
]);

/**
 * What may mount something. Two that mount at the same moment stop zfs-fuse for good: it reads their news from one pipe,
 * interleaved, and answers for no file of any dataset any more.
 */
const MOUNTS: ReadonlySet<StorageRequest["do"]> = new Set(["zfs-create", "zfs-mount", "zfs-rename", "zfs-set"]);

/** They end badly where one of many places isn't there, or always: no sign of a disk that was unmounted. */
const LENIENT: ReadonlySet<StorageRequest["do"]> = new Set([
  "stat",
  "attributes",
  "measure",
  "measure-base",
  "quota-state",
]);

export interface CommandHostOptions {
  readonly backend: Site["backend"];
  readonly base: string;
  /** Left out: anybody but root. */
  readonly mayOwn?: MayOwn;
  /** How commands are run there. */
  readonly run: (command: Command, limits: RunLimits) => Promise<HostAnswer>;
  /** At a time, besides one walk and one removal. */
  readonly width: number;
  readonly close?: () => Promise<void>;
}

/** A host out of a way to run commands: checks the request, makes its command, and lets not too many run at a time. */
export function createCommandHost(options: CommandHostOptions): StorageHost {
  const { backend, base, run, mayOwn = () => true } = options;
  const usual = createLane(options.width);
  const walks = createLane(1);
  // Millions of files may take hours to go; usage is counted meanwhile.
  const removals = createLane(1);
  const mounts = createLane(1);
  let mountsTogether: Promise<boolean> | null = null;
  let mount: Promise<string | null> | null = null;

  /** Kept while commands go well: what fails may have been unmounted. */
  function mounted(): Promise<string | null> {
    mount ??= findMount(options).then(
      ({ code, found }) => {
        if (code !== 0) mount = null;
        return found;
      },
      (error: unknown) => {
        mount = null;
        throw error;
      },
    );
    return mount;
  }

  async function carryOut(request: StorageRequest, signal: AbortSignal | undefined): Promise<HostAnswer> {
    const site: Site = { backend, base, mount: await mounted() };
    const time = ENDLESS.has(request.do) ? null : (LONGER.get(request.do) ?? USUAL_TIME);
    const answer = await run(commandOf(request, site), { time, signal });
    if (answer.code !== 0 && !LENIENT.has(request.do)) mount = null;
    return answer;
  }

  /** zfs-fuse has no `zfs version`. An answer that fails for another reason costs time, not more. */
  function canMountTogether(): Promise<boolean> {
    mountsTogether ??= run({ program: "zfs", args: ["version"] }, { time: MOUNT_TIME, signal: undefined }).then(
      ({ code }) => code === 0,
      (error: unknown) => {
        mountsTogether = null;
        throw error;
      },
    );
    return mountsTogether;
  }

  async function inLane(request: StorageRequest, signal: AbortSignal | undefined): Promise<HostAnswer> {
    const lane = WALKS.has(request.do) ? walks : request.do === "remove" ? removals : usual;
    return lane.enter(() => carryOut(request, signal), signal);
  }

  return {
    async run(given, { signal } = {}) {
      const request = checkRequest(given, mayOwn);
      if (!MOUNTS.has(request.do) || (await canMountTogether())) return inLane(request, signal);
      // Whoever asked may go; what has begun to mount ends before the next one begins.
      return orAborted(
        mounts.enter(() => inLane(request, undefined), signal),
        signal,
      );
    },
    close: async () => options.close?.(),
  };
}

/** @throws the signal's reason, at once */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const NOWHERE: ReadonlySet<string> = new Set(["", "-", "none", "legacy"]);

/** Nobody's signal ends it: others wait for the same answer. */
async function findMount({ backend, base, run }: CommandHostOptions) {
  const command: Command =
    backend === "posix"
      ? { program: "findmnt", args: ["-n", "-o", "TARGET", "-T", base] }
      : { program: "zfs", args: ["get", "-H", "-o", "value", "mountpoint", base] };
  const { code, out } = await run(command, { time: MOUNT_TIME, signal: undefined });
  const found = out.split("\n", 1)[0] ?? "";
  return { code, found: code !== 0 || NOWHERE.has(found) ? null : found };
}
