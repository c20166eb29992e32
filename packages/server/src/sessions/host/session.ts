import { setTimeout as sleep } from "node:timers/promises";
import { writeJsonAtomically } from "./atomic-file.ts";
import { createSurroundings } from "./enclosure/surroundings.ts";
import { tryWriteExitFile, writeExitFile } from "./exit-file.ts";
import { type ChildFile, type ExitCause, type ExitFile, type HostStatus, type JobFile, RUN_FILES } from "./job-file.ts";
import { canEnter, confined } from "./limits/confine.ts";
import { createShare } from "./limits/share.ts";
import { meansOf } from "./means.ts";
import { createOutputLog } from "./output-log.ts";
import { createPreparation, PrepareFailed } from "./prepare.ts";
import { identify } from "./process-identity.ts";
import { endTree, type TreeMarks } from "./process-tree.ts";
import { CannotStart, type ProgramEnd, startProgram } from "./program.ts";
import { watchSocket } from "./readiness.ts";
import { createScrollback } from "./scrollback.ts";
import { createTtyHub, type TtyHub } from "./tty-hub.ts";
import { createWallLimit } from "./wall-limit.ts";

/** One program from start to end, with everything it leaves on disk. Works in the current folder. */
export interface Session {
  readonly tty: TtyHub;
  status(): HostStatus;
  /** Called at each change of status, exit included. Returns: stop calling. */
  watch(onChange: () => void): () => void;
  start(): Promise<void>;
  /** Ends the whole tree. Safe to call again. */
  stop(cause: ExitCause, message: string | null): void;
  /** To be called every few seconds: looks at what its processes take. */
  tick(): void;
  /** Another time limit, in seconds since its program's start. Nothing happens once it is being ended. */
  limit(wallSeconds: number | null): void;
  /** The host itself can't go on: ends the tree and says so in exit.json. */
  fail(message: string): Promise<void>;
  /** Resolves when the program has ended and nothing of its tree is left. */
  readonly finished: Promise<void>;
}

const UNREPORTED_END_MS = 2000;
const NO_END: ProgramEnd = { code: null, signal: null };

export function createSession(job: JobFile, socketPath: string): Session {
  const scrollback = createScrollback(job.limits.scrollbackBytes);
  const log = createOutputLog(".", job.limits.logBytes);
  const tty = createTtyHub(job.jobId, scrollback, (mark) => log.append(mark));
  const watchers = new Set<() => void>();
  const done = Promise.withResolvers<void>();
  let child: ChildFile | null = null;
  let readyAt: string | null = null;
  let asked: { cause: ExitCause; message: string | null } | null = null;
  let exit: ExitFile | null = null;

  const changed = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  const marks = (): TreeMarks => ({
    marker: job.marker,
    root: child,
    spare: [process.pid],
    group: job.allowance?.cgroup ?? null,
    enclosed: job.enclosure !== undefined,
  });
  const becameReady = (): void => {
    if (exit !== null || readyAt !== null) return;
    readyAt = new Date().toISOString();
    changed();
  };

  const finish = async (cause: ExitCause, end: ProgramEnd, message: string | null): Promise<void> => {
    if (exit !== null) return;
    wall.stop();
    share.stop();
    around.stop();
    const startedAt = child?.startedAt ?? null;
    exit = { cause, ...end, message, startedAt, readyAt, endedAt: new Date().toISOString(), tree: "ending" };
    log.close();
    tty.ended(exit);
    tryWriteExitFile(exit); // before the rest is ended: whatever happens now, the status is kept
    changed();
    const left = await endTree(marks(), job.limits.graceSeconds * 1000);
    if (left > 0) exit = { ...exit, message: exit.message ?? `${left} of its processes could not be ended.` };
    exit = { ...exit, tree: "gone" };
    changed();
    await writeExitFile(exit);
    changed();
    done.resolve();
  };

  /** Its end is reported by the program itself; when even KILL doesn't reach it, we go on without. */
  const endProgram = async (): Promise<void> => {
    // What takes too much of the machine would go on doing so meanwhile.
    const graceSeconds = asked?.cause === "over_limit" ? 0.5 : job.limits.graceSeconds;
    await endTree(marks(), graceSeconds * 1000);
    await sleep(UNREPORTED_END_MS);
    await finish(asked?.cause ?? "stopped", NO_END, asked?.message ?? null);
  };

  const stop = (cause: ExitCause, message: string | null): void => {
    if (exit !== null || asked !== null) return;
    asked = { cause, message };
    changed();
    preparation.stop();
    if (child !== null) void endProgram();
    else if (preparation.saying !== null) void endTree(marks(), job.limits.graceSeconds * 1000);
  };

  const wall = createWallLimit(job.limits.wallSeconds, (message) => stop("time_limit", message));

  const share = createShare(job, (message) => stop("over_limit", message));

  const around = createSurroundings(job, socketPath);

  const listener = {
    output(chunk: Buffer) {
      log.append(chunk);
      tty.output(chunk);
    },
    ended(reported: ProgramEnd) {
      const end = around.endOf(reported);
      const tooMuch = asked === null ? share.whyEnded(end) : null;
      const cause = asked?.cause ?? (tooMuch === null ? "exited" : "over_limit");
      void finish(cause, end, asked?.message ?? tooMuch);
    },
  };

  const preparation = createPreparation(job, { output: listener.output, changed });

  return {
    tty,
    finished: done.promise,
    stop,
    tick: share.tick,
    limit(wallSeconds) {
      if (exit !== null || asked !== null) return;
      wall.set(wallSeconds);
      changed();
    },
    fail: (message) => finish("host_failed", NO_END, message),
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    status: () => ({
      jobId: job.jobId,
      state: state(child, asked !== null, exit),
      hostPid: process.pid,
      childPid: child?.pid ?? null,
      startedAt: child?.startedAt ?? null,
      ready: readyAt !== null && exit === null && asked === null,
      readyAt,
      printed: scrollback.total,
      attached: tty.attached,
      wallSeconds: wall.seconds,
      preparing: preparation.saying,
      means: meansOf(job),
      used: exit === null ? share.used() : null,
      exit,
    }),
    async start() {
      const extra = { STOA_JOB: job.marker, ...around.env };
      try {
        if (!canEnter(job)) throw new CannotStart("Its control group is not there.");
        await preparation.run();
        if (asked !== null) return await finish(asked.cause, NO_END, asked.message);
        const program = await startProgram(job.program, extra, listener, (command) =>
          confined(job, around.wrap(command)),
        );
        const startTime = identify(program.pid)?.startTime ?? "";
        child = { pid: program.pid, startTime, startedAt: new Date().toISOString() };
        writeJsonAtomically(RUN_FILES.child, child);
        share.begin(child);
        around.begun(program.pid);
        tty.programStarted(program);
      } catch (error) {
        const cause = error instanceof PrepareFailed ? error.exitCause : "spawn_failed";
        await finish(cause, NO_END, (error as Error).message);
        return;
      }
      if (asked !== null) void endProgram();
      wall.start();
      changed();
      if (job.web !== "program") becameReady();
      else watchSocket(RUN_FILES.web, () => exit !== null, becameReady);
    },
  };
}

function state(child: ChildFile | null, asked: boolean, exit: ExitFile | null): HostStatus["state"] {
  if (exit?.tree === "gone") return "ended";
  if (exit !== null || asked) return "ending";
  return child === null ? "starting" : "running";
}
