import { lstatSync, mkdirSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { RUN_FILES } from "../../host/job-file.ts";
import { HOST_ENDED } from "../../host/leftovers.ts";
import { readOutputLog } from "../../host/output-log.ts";
import {
  type Ended,
  type JobRef,
  type LaunchRequest,
  type Observation,
  type Resource,
  ResourceError,
} from "../contract.ts";
import { askToEnd, endDead, isGone } from "./ask-to-end.ts";
import { askLimit, askStatus } from "./host-calls.ts";
import { launchHost } from "./host-launch.ts";
import { endedOf, hasFolder, isClosed, readExit, readTraces } from "./host-traces.ts";
import { describeJob, type HostLimits } from "./job-description.ts";
import { type EnclosedPlaces, enclosureFor } from "./means/enclosure-for.ts";
import { accountMeans, type LocalMeans, noMeans } from "./means/local-means.ts";
import { sandboxAccount } from "./means/sandbox-account.ts";
import { isInSight } from "./means/sight.ts";
import { openOwnGroups } from "./own-groups.ts";
import { type PersonHosts, workIn } from "./person-hosts.ts";
import { openRunDirectory } from "./run-directory.ts";
import { isOthers, setAside } from "./stale-folder.ts";
import type { StrandedLog } from "./stranded-work.ts";
import { watchHost } from "./watch-host.ts";

const USUAL_PATIENCE_MS = 15_000;

export interface LocalOptions {
  /** Absolute; made when absent. */
  readonly runDirectory: string;
  readonly limits: HostLimits;
  /** Runs each session as its owner; null: all as ourselves. */
  readonly people?: PersonHosts | null;
  /** What encloses them, and what they see; left out: nothing encloses them. */
  readonly apart?: LocalApart;
  /** The session host's program, where it runs as ourselves; left out: its sources as they are. */
  readonly hostProgram?: () => Promise<string>;
  /** Milliseconds, besides their grace, that a session's processes have to end before all are killed. */
  readonly patienceMs?: number;
  readonly log?: StrandedLog;
}

export interface LocalApart {
  readonly means: LocalMeans;
  readonly places: EnclosedPlaces;
  /** Homes of people without a system account; absolute. Made when absent. */
  readonly homes: string;
}

/** Processes on this machine, each kept by a session host that outlives the server. */
export function createLocalResource(options: LocalOptions): Resource {
  const directory = openRunDirectory(options.runDirectory);
  const { limits, people = null, apart = null, patienceMs = USUAL_PATIENCE_MS } = options;
  const means = apart?.means ?? (people === null ? noMeans : accountMeans);

  const groups = people === null ? openOwnGroups(directory.mark) : null;
  const workers = { people, groups, taskMs: limits.graceSeconds * 1000 + 2 * patienceMs, log: options.log };
  const memory = new Map<number, number>();

  const isNotOf = (job: JobRef): boolean => isOthers(directory.of(idOf(job)), job);

  async function observe(job: JobRef, again = false): Promise<Observation> {
    const jobId = idOf(job);
    const folder = directory.of(jobId);
    if (isNotOf(job)) return { state: "absent" };
    if (isClosed(folder)) throw closedTo(jobId, folder);
    const traces = readTraces(folder);
    if (traces.kind === "none") return { state: "absent" };
    if (traces.kind === "never" || traces.kind === "exit") {
      directory.release(jobId);
      memory.delete(jobId);
      return traces.kind === "never" ? traces.ended : endedOf(traces.exit);
    }
    if (!traces.alive) {
      const work = await workIn(folder, job, workers);
      const ranOn = await work.runs();
      const isWritten = await endDead(work, traces.host, { cause: "vanished", message: null });
      // What its owner wrote in the way of the answer must not have us ask for ever.
      const seen = again || !isWritten ? vanished(folder) : await observe(job, true);
      return ranOn && seen.state === "ended" ? { ...seen, endedAt: new Date().toISOString() } : seen;
    }
    const status = await askStatus(directory.socket(jobId, RUN_FILES.socket));
    if (isGone(status)) return endedOf(status.exit);
    if (status?.used) memory.set(jobId, status.used.memoryBytes);
    const startedAt = status?.startedAt ?? traces.child?.startedAt ?? null;
    if (startedAt === null) return { state: "starting", preparing: status?.preparing ?? null };
    return {
      state: status?.state === "ending" ? "stopping" : "running",
      resourceJobId: traces.child?.pid ?? traces.host.pid,
      startedAt,
      ready: status?.ready ?? false,
      readyAt: status?.readyAt ?? null,
      means: status?.means ?? null,
      ...(status?.wallSeconds === undefined ? {} : { timeLimitSeconds: status.wallSeconds }),
    };
  }

  /** Ends and sets aside what another job of that id left. */
  async function makeRoom(job: JobRef): Promise<void> {
    if (!isNotOf(job)) return;
    // Nothing of the folder's own job is left then; and of this one, whose owner may have written another's mark there.
    await stop(idOf(job), "Its number was given to another session.");
    await makeSure(job);
    setAside(directory.of(idOf(job)), job);
  }

  async function start(request: LaunchRequest): Promise<void> {
    if (request.listens === "port" && means.noPorts !== null) {
      throw new ResourceError("invalid", `Its port can't be kept from other people here: ${means.noPorts}.`);
    }
    await makeRoom({ id: request.jobId, marker: request.marker });
    const enclosure = apart === null ? undefined : enclosureFor(means, apart.places, request);
    const job = describeJob(request, limits, { account: people !== null, enclosure });
    await launchHost(directory.of(request.jobId), request, job, people, {
      program: await options.hostProgram?.(),
      groups,
    });
  }

  /** What tells of its end is in its owner's hands, where nothing encloses it: what is left decides. */
  async function makeSure(job: JobRef, how: "rest" | "all" = "rest"): Promise<boolean> {
    const folder = directory.of(idOf(job));
    return !isAbsent(folder) && (await workIn(folder, job, workers)).finish(how);
  }

  async function stop(job: JobRef, message: string): Promise<boolean> {
    const folder = directory.of(idOf(job));
    try {
      await makeRoom(job);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const socket = () => directory.socket(idOf(job), RUN_FILES.socket);
      const marker = typeof job === "number" ? null : job.marker;
      const work = await workIn(folder, job, workers);
      await askToEnd({ folder, socket, work, marker, patienceMs: limits.graceSeconds * 1000 + patienceMs }, message);
    } catch (error) {
      // What keeps us from its folder keeps nothing alive.
      await makeSure(job, "all");
      throw error;
    }
    return makeSure(job);
  }

  return {
    id: "local",
    capabilities: {
      terminals: true,
      ports: means.noPorts === null,
      noPorts: means.noPorts,
      keptApart: means.keptApart,
      nodeBound: true,
    },
    place: directory.mark,
    async accountOf(ownerId) {
      if (people !== null) return (await people.accountOf?.(ownerId)) ?? null;
      return apart !== null && means.encloses === "all" ? sandboxAccount(apart.homes, ownerId) : null;
    },
    start,
    observe: (job) => observe(job).catch((error: unknown) => Promise.reject(unreadable(idOf(job), error))),
    stop,
    makeSure,
    async limit(job, seconds) {
      const folder = directory.of(idOf(job));
      if (isNotOf(job) || isClosed(folder) || readTraces(folder).kind !== "host") return false;
      const status = await askLimit(directory.socket(idOf(job), RUN_FILES.socket), seconds);
      return status?.wallSeconds === seconds;
    },
    sees(path, listens) {
      const request = { listens, writable: [], memoryBytes: 0 };
      const enclosure = apart === null ? undefined : enclosureFor(means, apart.places, request);
      return isInSight(path, { enclosure, account: people !== null });
    },
    memoryOf: (jobId) => memory.get(jobId) ?? null,
    watch: (jobId, onChange) => watchHost(() => directory.socket(jobId, RUN_FILES.socket), onChange),
    list: () => directory.list(),
    async forget(job) {
      const folder = directory.of(idOf(job));
      if (isNotOf(job) || !hasFolder(folder)) return;
      if (isClosed(folder)) throw closedTo(idOf(job), folder);
      if (readTraces(folder).kind === "host") throw new ResourceError("conflict", `Session ${idOf(job)} still runs.`);
      await (await workIn(folder, job, workers)).clear();
      await rmdir(folder);
    },
    connect: (job, web) =>
      web === "none" || isNotOf(job) ? null : { socketPath: directory.socket(idOf(job), RUN_FILES.web) },
    terminalSocket: (job) =>
      isNotOf(job) ? null : { socketPath: directory.socket(idOf(job), RUN_FILES.socket), path: "/tty" },
    async output(job, offset, maxBytes) {
      const folder = directory.of(idOf(job));
      return hasFolder(folder) && !isNotOf(job) && !isClosed(folder)
        ? readOutputLog(folder, offset, maxBytes)
        : { offset: 0, nextOffset: 0, total: 0, bytes: Buffer.alloc(0) };
    },
    close() {
      groups?.close();
      directory.close();
    },
  };
}

/** One that an earlier server, of another account, began and that still runs: nobody but its kind can look into it. */
function closedTo(jobId: number, folder: string): ResourceError {
  const { uid } = lstatSync(folder);
  return new ResourceError("transient", `Session ${jobId} belongs to another account of this machine (uid ${uid}).`);
}

/** Nobody will ever say how it ended, unless its host did before it went away. */
function vanished(folder: string): Ended {
  const exit = readExit(folder);
  if (exit !== undefined) return endedOf(exit);
  const nothing = { code: null, signal: null, startedAt: null, readyAt: null };
  return { state: "ended", cause: "vanished", endedAt: new Date().toISOString(), message: HOST_ENDED, ...nothing };
}

/** A folder that its owner has put something over is no reason for anybody else's to be left alone. */
function unreadable(jobId: number, error: unknown): unknown {
  const { path } = Object(error) as NodeJS.ErrnoException;
  if (path === undefined) return error;
  return new ResourceError("transient", `Session ${jobId} could not be put in order: ${String(error)}`, error);
}

function isAbsent(folder: string): boolean {
  try {
    return lstatSync(folder, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function idOf(job: JobRef): number {
  return typeof job === "number" ? job : job.id;
}
