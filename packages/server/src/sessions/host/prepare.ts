import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type Command, enclosed } from "./enclosure/enclosed.ts";
import { isLedOut, leadOut } from "./enclosure/network.ts";
import type { ExitCause, JobFile, PrepareStep } from "./job-file.ts";
import { confined } from "./limits/confine.ts";
import { createShare } from "./limits/share.ts";
import { identify } from "./process-identity.ts";
import type { ProgramEnd } from "./program.ts";

/** What is made before a session's program starts. */
export interface Preparation {
  /** What is told of the step that is under way; null: none. */
  readonly saying: string | null;
  /**
   * Takes one step after the other; those whose result is there are left out. Rejects with the sentence for people
   * when one fails; resolves early once it was stopped.
   */
  run(): Promise<void>;
  /** No further step begins. What the present one runs is ended with the session's tree. */
  stop(): void;
}

export interface PreparationListener {
  /** What the steps print. */
  output(chunk: Buffer): void;
  /** Another step began, or the last one ended. */
  changed(): void;
}

/** A step that did not do what it should; the message is for people. */
export class PrepareFailed extends Error {
  readonly exitCause: ExitCause;

  constructor(exitCause: ExitCause, message: string) {
    super(message);
    this.exitCause = exitCause;
  }
}

/** Characters of what it printed last that are told with a failure. */
const LAST_WORDS = 600;
const LAST_LINES = 5;
/** Milliseconds between two looks at a step that has lain still. */
const LOOK_MS = 5000;

/** Steps run as their program will: as the same account, in its enclosure, held to its share. */
export function createPreparation(job: JobFile, listener: PreparationListener): Preparation {
  let saying: string | null = null;
  let stopped = false;
  let current: ChildProcess | null = null;

  const tell = (next: string | null): void => {
    saying = next;
    listener.changed();
  };

  return {
    get saying() {
      return saying;
    },
    async run() {
      for (const step of job.prepare ?? []) {
        if (stopped) break;
        if (step.unless !== undefined && existsSync(step.unless)) continue;
        tell(step.saying);
        await take(job, step, {
          output: listener.output,
          begun: (child) => {
            current = child;
          },
          isStopped: () => stopped,
        });
        current = null;
      }
      if (saying !== null) tell(null);
    },
    stop() {
      stopped = true;
      if (current !== null) endGroup(current, "SIGTERM");
    },
  };
}

interface Taking {
  output(chunk: Buffer): void;
  begun(child: ChildProcess): void;
  isStopped(): boolean;
}

async function take(job: JobFile, step: PrepareStep, taking: Taking): Promise<void> {
  const [file, ...args] = confined(job, enclosed(job, step.command as Command, "step"));
  const mark = { STOA_JOB: job.marker }; // first: who looks for it reads no further than it must
  const child = spawn(file, args, {
    cwd: job.program.cwd,
    env: { ...mark, ...job.program.env, ...mark },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, which ends as one
  });
  taking.begun(child);
  const network = job.enclosure?.network;
  const cutOff =
    network !== undefined && isLedOut(network) && child.pid !== undefined ? leadOut(network, child.pid) : () => {};
  const held = hold(job, child);
  let words = "";
  const hear = (chunk: Buffer): void => {
    taking.output(chunk);
    words = (words + chunk.toString()).slice(-4 * LAST_WORDS);
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child, "SIGKILL");
  }, step.timeoutSeconds * 1000);
  try {
    const end = await endOf(child);
    if (taking.isStopped()) return;
    const tooMuch = held.whyEnded(end);
    if (tooMuch !== null) throw new PrepareFailed("over_limit", tooMuch);
    if (end.code === 0 && !late) return;
    const why = late
      ? `Preparing it took longer than ${step.timeoutSeconds} seconds`
      : `Preparing it failed (${end.said ?? end.code ?? end.signal ?? "unknown"})`;
    throw new PrepareFailed("prepare_failed", `${why}. ${step.saying} The last that it printed: ${lastLines(words)}`);
  } finally {
    clearTimeout(timer);
    held.stop();
    cutOff();
  }
}

/** Keeps a step to the session's share, as its program will be. */
function hold(job: JobFile, child: ChildProcess): { whyEnded(end: ProgramEnd): string | null; stop(): void } {
  let over: string | null = null;
  const share = createShare(job, (message) => {
    over = message;
    endGroup(child, "SIGKILL"); // what is in no group of its own ends with the session
  });
  const first = child.pid === undefined ? null : identify(child.pid);
  if (first !== null) share.begin(first);
  const timer = setInterval(share.tick, LOOK_MS);
  return {
    whyEnded: (end) => over ?? share.whyEnded(end),
    stop() {
      clearInterval(timer);
      share.stop();
    },
  };
}

/** How it ended; `said`: why it could not start. */
function endOf(child: ChildProcess): Promise<ProgramEnd & { readonly said?: string }> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, said: error.message }));
    // Not `close`: something in the background may hold the pipes open for ever. What is in them now is read first.
    child.once("exit", (code, signal) => setTimeout(resolve, 20, { code, signal }));
  });
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended
  }
}

function lastLines(words: string): string {
  const lines = words
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and cursor movements are no words
    .replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  // It may be cut within a character, and half of one is nothing that could be kept.
  return lines.slice(-LAST_LINES).join(" | ").slice(-LAST_WORDS).toWellFormed() || "nothing";
}
