import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RUN_FILES } from "../../host/job-file.ts";
import { readOutputLog } from "../../host/output-log.ts";
import { signal } from "../../host/process-identity.ts";
import { type JobRef, type LaunchRequest, type Observation, type Resource, ResourceError } from "../contract.ts";
import { askStatus, askStop } from "./host-calls.ts";
import { type HostLimits, launchHost } from "./host-launch.ts";
import { endedOf, forbidStart, hasFolder, readTraces, settleDeadHost } from "./host-traces.ts";
import { openRunDirectory } from "./run-directory.ts";
import { isOthers, setAside } from "./stale-folder.ts";
import { watchHost } from "./watch-host.ts";

export interface LocalOptions {
  /** Absolute; made when absent. */
  readonly runDirectory: string;
  readonly limits: HostLimits;
}

/** Processes on this machine, each kept by a session host that outlives the server. */
export function createLocalResource(options: LocalOptions): Resource {
  const directory = openRunDirectory(options.runDirectory);
  const { limits } = options;

  const isNotOf = (job: JobRef): boolean => isOthers(directory.of(idOf(job)), job);

  async function observe(job: JobRef): Promise<Observation> {
    const jobId = idOf(job);
    const folder = directory.of(jobId);
    if (isNotOf(job)) return { state: "absent" };
    const traces = readTraces(folder);
    if (traces.kind === "none") return { state: "absent" };
    if (traces.kind === "never") return traces.ended;
    if (traces.kind === "exit") return endedOf(traces.exit);
    if (!traces.alive) {
      await settleDeadHost(folder, traces.host, { cause: "vanished", message: null });
      return observe(job);
    }
    const status = await askStatus(directory.short(jobId, RUN_FILES.socket));
    if (status?.exit?.tree === "gone") return endedOf(status.exit);
    const startedAt = status?.startedAt ?? traces.child?.startedAt ?? null;
    if (startedAt === null) return { state: "starting" };
    return {
      state: status?.state === "ending" ? "stopping" : "running",
      resourceJobId: traces.child?.pid ?? traces.host.pid,
      startedAt,
      ready: status?.ready ?? false,
      readyAt: status?.readyAt ?? null,
    };
  }

  /** Ends and sets aside what another job of that id left. */
  async function makeRoom(job: JobRef): Promise<void> {
    if (!isNotOf(job)) return;
    await stop(idOf(job), "Its number was given to another session.");
    setAside(directory.of(idOf(job)), job);
  }

  async function start(request: LaunchRequest): Promise<void> {
    await makeRoom({ id: request.jobId, marker: request.marker });
    await launchHost(directory.of(request.jobId), request, limits);
  }

  async function stop(job: JobRef, message: string): Promise<void> {
    await makeRoom(job);
    const jobId = idOf(job);
    const folder = directory.of(jobId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (forbidStart(folder, message, typeof job === "number" ? null : job.marker)) return;
    const patience = Date.now() + limits.graceSeconds * 1000 + 15_000;
    const stuckAt = Date.now() + 5000;
    for (let asked = false; Date.now() < patience; await sleep(20)) {
      const traces = readTraces(folder);
      if (traces.kind !== "host") return;
      if (!traces.alive) await settleDeadHost(folder, traces.host, { cause: "stopped", message });
      else if (!asked) {
        asked = (await askStop(directory.short(jobId, RUN_FILES.socket), message)) !== null;
        // It listens some milliseconds after its claim; one that is silent for long is stuck, or somebody froze it.
        if (!asked && Date.now() > stuckAt) signal(traces.host, "SIGKILL");
      }
    }
    throw new ResourceError("transient", "The session's processes could not all be ended yet.");
  }

  return {
    id: "local",
    capabilities: { terminals: true, nodeBound: true },
    place: directory.mark,
    start,
    observe,
    stop,
    watch: (jobId, onChange) => watchHost(directory.short(jobId, RUN_FILES.socket), onChange),
    list: () => directory.list(),
    async forget(job) {
      const folder = directory.of(idOf(job));
      if (isNotOf(job)) return;
      if (readTraces(folder).kind === "host") throw new ResourceError("conflict", `Session ${idOf(job)} still runs.`);
      await rm(folder, { recursive: true, force: true });
    },
    connect: (job, web) =>
      web === "none" || isNotOf(job) ? null : { socketPath: directory.short(idOf(job), RUN_FILES.web) },
    terminalSocket: (job) =>
      isNotOf(job) ? null : { socketPath: directory.short(idOf(job), RUN_FILES.socket), path: "/tty" },
    async output(job, offset, maxBytes) {
      const folder = directory.of(idOf(job));
      return hasFolder(folder) && !isNotOf(job)
        ? readOutputLog(folder, offset, maxBytes)
        : { offset: 0, nextOffset: 0, total: 0, bytes: Buffer.alloc(0) };
    },
    close: () => directory.close(),
  };
}

function idOf(job: JobRef): number {
  return typeof job === "number" ? job : job.id;
}
