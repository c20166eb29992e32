import { type ChildProcess, spawn } from "node:child_process";
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "node:stream";
import type { IdleGroup } from "../../platform/processes/control-groups/idle-group.ts";
import { type Command, LONGEST_ANSWER, SYSTEM_PATH } from "./command.ts";
import type { HostAnswer } from "./contract.ts";

/** Bytes of what a command said on its way down. */
const SAID_BYTES = 4096;

export interface RunLimits {
  /** Milliseconds; null: as long as it takes. */
  readonly time: number | null;
  readonly signal: AbortSignal | undefined;
  /** Its standard input does not end before it does. */
  readonly keepInputOpen?: boolean;
}

export interface Ran extends HostAnswer {
  /** It was killed by us: for its time, or for all that it said. */
  readonly stopped: boolean;
}

/**
 * Runs a program without a shell, in a process group of its own, and resolves when it has ended and all that it said
 * is here. A program that isn't there answers 127, as shells do. What takes longer than it may, or says more than
 * `LONGEST_ANSWER`, is killed and answers null with nothing in `out`: a part would be taken for the whole.
 * @param idle where a command goes that can wait; null: nowhere
 * @throws the signal's reason, at once; the group is killed then
 */
export async function runCommand(command: Command, limits: RunLimits, idle: IdleGroup | null = null): Promise<Ran> {
  limits.signal?.throwIfAborted();
  try {
    return await attend(start(command, command.canWait ? idle : null), command, limits);
  } catch (error) {
    return answerOfSpawn(error, command);
  }
}

/** @throws at once where the system takes no such program: too many arguments */
function start(command: Command, idle: IdleGroup | null) {
  const line = [command.program, ...command.args] as const;
  const [program, ...args] = idle?.enter(line) ?? line;
  const env = { PATH: SYSTEM_PATH, LC_ALL: "C" };
  const usual = getDefaultHighWaterMark(false);
  // Of the pipes that are made here: held back, they read no more (`listenInTurns`).
  setDefaultHighWaterMark(false, 1);
  try {
    // A process group of its own, so that what it starts can be ended with it.
    const child = spawn(program, args, { cwd: "/", env, detached: true, stdio: "pipe" });
    if (idle !== null && child.pid !== undefined) child.once("exit", idle.watch(child.pid));
    return child;
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

async function attend(child: Piped, command: Command, limits: RunLimits): Promise<Ran> {
  const { signal, time } = limits;
  let killed: string | null = null;
  const kill = (why: string): void => {
    killed ??= why;
    killGroup(child);
  };
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    kill("it was told to end");
    aborted.reject(signal?.reason);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = time === null ? null : setTimeout(() => kill(`it took longer than ${time / 1000} seconds`), time);
  listenInTurns(child);
  const heard = collect(child, () => kill(`it said more than ${LONGEST_ANSWER} bytes`));
  // It may not want to hear all that.
  child.stdin.on("error", () => undefined).write(command.input ?? "");
  if (!limits.keepInputOpen) child.stdin.end();
  try {
    const code = await Promise.race([ended(child), aborted.promise]);
    const { out, err } = heard();
    if (killed === null) return { code, out, err, stopped: false };
    return { code: null, out: "", err: `${err}\n${command.program}: ${killed}`.trimStart(), stopped: true };
  } finally {
    if (timer !== null) clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

type Piped = ReturnType<typeof start>;

/** What comes of its outputs; the stderr's end only. */
function collect(child: Piped, onTooMuch: () => void): () => { readonly out: string; readonly err: string } {
  const parts: Buffer[] = [];
  let size = 0;
  let said = Buffer.alloc(0);
  child.stdout.on("data", (part: Buffer) => {
    size += part.length;
    if (size <= LONGEST_ANSWER) parts.push(part);
    else {
      parts.length = 0;
      onTooMuch();
    }
  });
  child.stderr.on("data", (part: Buffer) => {
    said = Buffer.concat([said, part]).subarray(-SAID_BYTES);
  });
  return () => ({ out: Buffer.concat(parts).toString("utf8"), err: said.toString("utf8") });
}

/** Bytes of one reading; less is a line. */
const MUCH = 16 * 1024;
const LINES_AT_ONCE = 16;
const TURN_MS = 25;

/**
 * `du` hands each line over by itself. To wake up for each costs more than to read it: after the first ones they are
 * left in the pipe (64 KiB) for a moment. What has ended is heard at once.
 */
function listenInTurns(child: Piped): void {
  const { stdout } = child;
  let lines = 0;
  let timer: NodeJS.Timeout | undefined;
  const listen = () => stdout.resume();
  const listenOn = (part: Buffer): void => {
    lines = part.length < MUCH ? lines + 1 : 0;
    if (lines < LINES_AT_ONCE) return;
    stdout.pause();
    timer = setTimeout(listen, TURN_MS);
  };
  stdout.on("data", listenOn);
  child.once("exit", () => {
    clearTimeout(timer);
    stdout.off("data", listenOn);
    listen();
  });
}

/** With `close`, not `exit`: what it said may come after its end. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("close", (code) => resolve(code));
    child.once("error", reject);
  });
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** What could not be started, in the numbers of shells. Anything else, an abort among it, is thrown on. */
function answerOfSpawn(error: unknown, { program }: Command): Ran {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!syscall?.startsWith("spawn")) throw error;
  if (code === "ENOENT") return { code: 127, out: "", err: `${program}: not found`, stopped: false };
  return { code: 126, out: "", err: `${program}: could not be started (${code})`, stopped: false };
}
