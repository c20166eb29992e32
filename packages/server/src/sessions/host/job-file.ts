import { readJson } from "./atomic-file.ts";

/** What a session host is asked to run: `job.json` in its run directory. No secrets. */
export interface JobFile {
  readonly jobId: number;
  /** Random per job; STOA_JOB in the program's environment, by which its processes are found again. */
  readonly marker: string;
  readonly program: {
    /** `pty`: on a terminal of its own; `plain`: output by pipes, no input. */
    readonly kind: "pty" | "plain";
    readonly command: readonly [string, ...string[]];
    readonly cwd: string;
    /** Complete: nothing is added from the host's own but STOA_JOB and STOA_SESSION_SOCKET. */
    readonly env: Readonly<Record<string, string>>;
  };
  /** Who answers on web.sock: the host's own terminal page, the program (STOA_SESSION_SOCKET), nobody. */
  readonly web: "terminal" | "program" | "none";
  readonly limits: {
    readonly scrollbackBytes: number;
    readonly logBytes: number;
    /** Seconds the program may run; null: as long as it likes. */
    readonly wallSeconds: number | null;
    /** Seconds between asking to end and killing. */
    readonly graceSeconds: number;
    /** Seconds the host stays after the end, for people who come late. */
    readonly lingerSeconds: number;
  };
}

/** Why a session ended; `vanished` is written by the server, for a host that could not. */
export type ExitCause = "exited" | "stopped" | "time_limit" | "spawn_failed" | "host_failed" | "vanished";

/** `exit.json`: what became of the program. Written once it ended, and again when nothing of its tree is left. */
export interface ExitFile {
  readonly cause: ExitCause;
  readonly code: number | null;
  readonly signal: string | null;
  /** For people; why it could not start, what went wrong. */
  readonly message: string | null;
  readonly startedAt: string | null;
  readonly readyAt: string | null;
  readonly endedAt: string;
  /** `ending`: processes of the session are still being ended. */
  readonly tree: "ending" | "gone";
}

/** `child.json`: the program's first process. */
export interface ChildFile {
  readonly pid: number;
  readonly startTime: string;
  readonly startedAt: string;
}

/** Names inside a run directory. Sockets are bound by relative name: their full path may be too long. */
export const RUN_FILES = {
  job: "job.json",
  /** The claim: who runs the job, or that nobody ever will. */
  host: "host.json",
  child: "child.json",
  exit: "exit.json",
  socket: "host.sock",
  web: "web.sock",
  errors: "host-errors.txt",
} as const;

/** With this a host ends when there is no room to write down what it is to run. */
export const NO_ROOM = 4;

/** Of a host that is still running. */
export interface HostStatus {
  readonly jobId: number;
  readonly state: "starting" | "running" | "ending" | "ended";
  readonly hostPid: number;
  readonly childPid: number | null;
  readonly startedAt: string | null;
  readonly ready: boolean;
  readonly readyAt: string | null;
  /** Bytes printed so far. */
  readonly printed: number;
  readonly attached: number;
  readonly exit: ExitFile | null;
}

/** Throws when the file is missing or not of our making. */
export function readJobFile(path: string): JobFile {
  const value = readJson(path) as JobFile | undefined; // written by our own server, in a folder only it can write
  if (value === undefined) throw new Error(`There is no job description at ${path}.`);
  if (!Number.isSafeInteger(value.jobId) || !Array.isArray(value.program?.command)) {
    throw new Error(`The job description at ${path} is not complete.`);
  }
  return value;
}
