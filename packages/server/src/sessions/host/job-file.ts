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
  /**
   * The program can't listen on a Unix socket: it listens on this port of 127.0.0.1 in a network of its own
   * (STOA_SESSION_PORT), and a bridge beside it carries web.sock there. Absent: it listens on web.sock itself.
   */
  readonly port?: number;
  /** Done before the program starts, one after the other, in its enclosure. Absent: nothing. */
  readonly prepare?: readonly PrepareStep[];
  /** Its host runs as its owner's own system account. */
  readonly account?: true;
  /** Absent: none, the program runs as the host does. */
  readonly enclosure?: Enclosure;
  /** Absent: as much as the machine has. */
  readonly allowance?: Allowance;
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

/** One step of making what a program needs: a virtual environment, an unpacked archive. */
export interface PrepareStep {
  /** What is told while it runs: a sentence (sentences.ts). */
  readonly saying: string;
  readonly command: readonly [string, ...string[]];
  /** Left out when this is there: absolute; made by the step itself as the last thing it does. */
  readonly unless?: string;
  /** Seconds. */
  readonly timeoutSeconds: number;
}

/** What keeps a session's processes from the rest of the machine, besides the account that it runs as. */
export interface Enclosure {
  /** bubblewrap's program, absolute. */
  readonly bubblewrap: string;
  /** Absolute; what it can write to. Everything else of the machine is read-only, hidden or empty. */
  readonly writable: readonly string[];
  /** Absolute; empty in there, but for what of it is writable: the data directory, people's homes. */
  readonly hidden: readonly string[];
  /** Absolute; of what is hidden, what it may still read. Absent: nothing. */
  readonly readable?: readonly string[];
  /** Bytes that each of its temporary folders may hold: they are in memory. Absent: half of the machine's. */
  readonly temporaryBytes?: number;
  /**
   * `shared`: the machine's own network. `closed`: one of its own that leads nowhere. Else the program, absolute,
   * that leads from its own network out to others, never to this machine's loopback.
   */
  readonly network: "shared" | "closed" | { readonly by: "pasta" | "slirp4netns"; readonly program: string };
}

/** What a session may take of the machine. */
export interface Allowance {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly processes: number;
  /** The session's control group. Null: the host watches by itself. */
  readonly cgroup: ControlGroup | null;
}

/** A session's control group, in as many hierarchies as this machine has; directories are absolute. */
export interface ControlGroup {
  /** The kernel keeps its program to its limits by these; null: the host watches by itself. */
  readonly limits: "v2" | "v1" | null;
  /** How everything in it is ended at one blow; null: it can't be. */
  readonly ending: "kill" | "freezer" | null;
  /** What its program enters before it is the program. */
  readonly enter: readonly string[];
  /** Lists its program's processes, and ends them. */
  readonly processes: string;
  /** Tells what memory they take, and whether some were killed for it; null: nothing does. */
  readonly memory: string | null;
  /** Tells whether they came to their number; null: nothing does. */
  readonly count: string | null;
}

/** By what a session is kept apart, held to its limits and ended: told on its page. */
export interface Means {
  /** `none`: it runs as the server's own account, like all others. */
  readonly isolation: "account" | "sandbox" | "account-and-sandbox" | "none";
  readonly network: "shared" | "closed" | "pasta" | "slirp4netns";
  readonly limits: "cgroup-v2" | "cgroup-v1" | "watching";
  readonly ending: "cgroup-kill" | "cgroup-freezer" | "pid-namespace" | "proc-scan";
}

/** What a session takes of the machine just now. */
export interface Used {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** Why a session ended; `vanished` is written by the server, for a host that could not. */
export type ExitCause =
  | "exited"
  | "stopped"
  | "time_limit"
  /** It took more memory, or more processes, than it may. */
  | "over_limit"
  | "prepare_failed"
  | "spawn_failed"
  | "host_failed"
  | "vanished";

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
  /** The folder in which an enclosed program makes its socket: the only one of these that it sees. */
  sockets: "web",
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
  /** Seconds it may run, as last told; null: no limit. Absent: an older host, which takes no other. */
  readonly wallSeconds?: number | null;
  /** The step that is under way before the program starts; null: none. Absent: an older host. */
  readonly preparing?: string | null;
  readonly means?: Means;
  /** Of what it may take; null: not known. Absent: an older host. */
  readonly used?: Used | null;
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
