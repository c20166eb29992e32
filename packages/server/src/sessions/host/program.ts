import { spawn as spawnPlain } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { JobFile } from "./job-file.ts";
import { createPtyInput, type PtyInternals } from "./pty-input.ts";

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The session's first process, on a terminal or on pipes. */
export interface Program {
  readonly pid: number;
  write(bytes: Uint8Array): void;
  /** Bytes written that it has not read yet. */
  readonly inputWaiting: number;
  resize(columns: number, rows: number): void;
}

export interface ProgramListener {
  output(chunk: Buffer): void;
  /** Once, after the last output. */
  ended(end: ProgramEnd): void;
}

/** A program that could not even start; the message is for people. */
export class CannotStart extends Error {}

type Command = readonly [string, ...string[]];

/**
 * @param wrap what is run in its place, that becomes it: in its enclosure, held to its limits
 * @throws CannotStart when the folder or the program isn't there
 */
export async function startProgram(
  program: JobFile["program"],
  extraEnv: Readonly<Record<string, string>>,
  listener: ProgramListener,
  wrap: (command: Command) => Command = (command) => command,
): Promise<Program> {
  // Its mark comes first: who looks for it reads no further than it must.
  const env = { ...extraEnv, ...program.env, ...extraEnv };
  const found = findProgram(program.command[0], env.PATH ?? "");
  if (!isFolder(program.cwd)) throw new CannotStart(`The workspace's folder ${program.cwd} is not there.`);
  const [file, ...args] = wrap([found, ...program.command.slice(1)]);
  const spec = { file, args, cwd: program.cwd, env };
  return program.kind === "pty" ? startOnTerminal(spec, listener) : startOnPipes(spec, listener);
}

interface Spec {
  readonly file: string;
  readonly args: string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function startOnTerminal(spec: Spec, listener: ProgramListener): Promise<Program> {
  const { spawn } = await import("@lydell/node-pty"); // 10 ms that a plain program need not wait for
  const pty = spawn(spec.file, spec.args, {
    name: "xterm-256color",
    cols: 80,
    rows: 24,
    cwd: spec.cwd,
    env: { ...spec.env },
    encoding: null,
  });
  const internals = pty as unknown as PtyInternals; // in its code, not in its types
  const input = createPtyInput(internals);
  // With `encoding: null` it hands out Buffers, whatever its types say.
  pty.onData((chunk: string | Buffer) => listener.output(Buffer.from(chunk as Buffer)));
  pty.onExit(({ exitCode, signal }) =>
    listener.ended(signal ? { code: null, signal: signalName(signal) } : { code: exitCode, signal: null }),
  );
  return {
    pid: pty.pid,
    write: (bytes) => input.write(bytes),
    get inputWaiting() {
      return input.waiting;
    },
    resize: (columns, rows) => {
      if (!internals._socket.destroyed) pty.resize(columns, rows);
    },
  };
}

async function startOnPipes(spec: Spec, listener: ProgramListener): Promise<Program> {
  const child = spawnPlain(spec.file, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a session of its own, as a terminal's program has
  });
  child.stdout.on("data", (chunk: Buffer) => listener.output(chunk));
  child.stderr.on("data", (chunk: Buffer) => listener.output(chunk));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new CannotStart(`${spec.file} could not be started: ${error.message}.`)));
  });
  child.once("exit", (code, signal) => {
    // Not `close`: something in the background may hold the pipes open for ever. What is in them now is read first.
    setTimeout(() => listener.ended({ code, signal }), 20);
  });
  const { pid } = child;
  if (pid === undefined) throw new CannotStart(`${spec.file} could not be started.`);
  return { pid, write: () => {}, inputWaiting: 0, resize: () => {} };
}

function findProgram(name: string, path: string): string {
  const candidates = name.includes("/") ? [name] : path.split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // the next one
    }
  }
  throw new CannotStart(`The program ${name} is not installed on this machine, or may not be run.`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function signalName(number: number): string {
  const names: Readonly<Record<number, string>> = { 1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 6: "SIGABRT" };
  const more: Readonly<Record<number, string>> = { 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM" };
  return names[number] ?? more[number] ?? `signal ${number}`;
}
