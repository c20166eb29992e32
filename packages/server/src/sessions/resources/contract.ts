/**
 * What runs sessions: local processes here, Slurm, JupyterHub and Kubernetes later. A resource knows jobs by
 * their id only and keeps no state of its own that it could not find again: whoever asks after a crash gets the
 * same answers. One suite, `contract-suite.ts`, holds every driver to each sentence below.
 */
import type { Means, PrepareStep } from "../host/job-file.ts";

/**
 * A job as its row says it. Ids alone don't tell: they are given again after an older backup of the database was
 * restored. What belongs to another job of the same id is as if it weren't there. A number alone means whatever has
 * that id, for clearing up.
 */
export type JobRef =
  | number
  | { readonly id: number; readonly marker: string /** Left out: its traces tell. */; readonly owner_id?: number };

/** What to run. Complete: nothing else of ours reaches the program. */
export interface LaunchRequest {
  readonly jobId: number;
  /** The account whose session it is. */
  readonly ownerId: number;
  /** Random per job and the same at each try: its processes carry it. */
  readonly marker: string;
  readonly kind: "pty" | "plain";
  readonly command: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Who answers the session's HTTP: the resource's own terminal page, the program, nobody. */
  readonly web: "terminal" | "program" | "none";
  /** How the program is reached; `port`: it can't listen on a Unix socket, and gets a network of its own. */
  readonly listens: "socket" | "port";
  /** Done before it starts, one after the other, as its owner. */
  readonly prepare: readonly PrepareStep[];
  /** Absolute, besides `cwd`: what it may write to where it is enclosed. */
  readonly writable: readonly string[];
  /** Cores. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Null: no limit. Kept by the resource itself: it ends the job also while no server runs. */
  readonly timeLimitSeconds: number | null;
}

export type EndCause =
  | "exited"
  | "stopped"
  | "time_limit"
  | "over_limit"
  | "prepare_failed"
  | "spawn_failed"
  | "host_failed"
  | "never_started"
  | "vanished";

export interface Ended {
  readonly state: "ended";
  /**
   * `never_started`: stopped before anything ran. `vanished`: it did run and went away without a word (a reboot, a
   * killed host); what was left of it has been ended.
   */
  readonly cause: EndCause;
  readonly code: number | null;
  readonly signal: string | null;
  /** For people; null: the cause says it all. */
  readonly message: string | null;
  /** ISO 8601; null: its program never ran. */
  readonly startedAt: string | null;
  readonly readyAt: string | null;
  readonly endedAt: string;
}

export type Observation =
  /** The resource knows nothing of it: it was never started, or its traces are gone. */
  | { readonly state: "absent" }
  | {
      readonly state: "starting";
      /** What is prepared for it just now, for people; null: nothing that takes long. */
      readonly preparing: string | null;
    }
  | {
      readonly state: "running" | "stopping";
      /** The resource's own number for it. */
      readonly resourceJobId: number;
      readonly startedAt: string;
      readonly ready: boolean;
      readonly readyAt: string | null;
      /** By what it is kept apart and held to its limits; null: the resource can't tell. */
      readonly means: Means | null;
      /** What it keeps to now; null: no limit. Left out: it can't be given another (`limit`) while it runs. */
      readonly timeLimitSeconds?: number | null;
    }
  | Ended;

export interface SessionAccount {
  readonly name: string;
  /** Absolute. */
  readonly home: string;
}

/** Where a session answers, or null when it has no such place. */
export type Connect = { readonly socketPath: string } | { readonly host: string; readonly port: number } | null;

export interface ResourceCapabilities {
  /** Has terminals that people type into (`terminalSocket`). */
  readonly terminals: boolean;
  /** Programs that can only listen on a port can be kept from others there. */
  readonly ports: boolean;
  /** Why they can't, as the end of a sentence; null: they can. */
  readonly noPorts: string | null;
  /** Each person's sessions are kept from other people's, and from the server: anybody may start some. */
  readonly keptApart: boolean;
  /** Runs where this server process runs: only servers on its node can ask it. */
  readonly nodeBound: boolean;
}

export interface Resource {
  readonly id: string;
  readonly capabilities: ResourceCapabilities;
  /** Names where its traces are kept: of two resources with one place, each knows the other's jobs; else neither. */
  readonly place: string;
  /**
   * The account that a person's sessions have there, with a home of its own, made when absent; null: no other than the
   * server's. @throws StoaError unavailable
   */
  accountOf(ownerId: number): Promise<SessionAccount | null>;
  /**
   * Starts the job, or does nothing when it was started before, also by another process: nothing runs twice.
   * Resolves when the resource has taken it. A job that was stopped before stays stopped. What another job of the
   * same id left is ended and put out of the way.
   * @throws ResourceError `exhausted`, `invalid` (also: it listens on a port, and there are none) or `transient`
   */
  start(request: LaunchRequest): Promise<void>;
  /** What is told, not what should be. Absent: `{state: "absent"}`. @throws ResourceError `transient` when it can't tell */
  observe(job: JobRef): Promise<Observation>;
  /**
   * Ends the job with everything it started and resolves when nothing of it is left, whatever anybody told of it. A job
   * that was never started never will be. Safe to repeat; absent or ended: nothing happens.
   * @returns whether it ran on although its end had been told
   * @throws ResourceError `transient` when it could not be ended: ask again
   */
  stop(job: JobRef, message: string): Promise<boolean>;
  /**
   * Makes sure of an end that `observe` told, before anything is settled by it: where a job's owner can have it told,
   * they can lie. What is left of an ended or absent job is ended. Not for one that runs.
   * @returns whether there was anything left: then it ran until now
   * @throws ResourceError `transient` when it could not be ended: ask again
   */
  makeSure(job: JobRef): Promise<boolean>;
  /**
   * Another time limit for a job that runs, in seconds since its start. Safe to repeat; ended, absent or of another
   * job: nothing happens.
   * @returns whether it keeps to it now; false: it was silent, or can't (see `timeLimitSeconds`): look and ask again
   */
  limit(job: JobRef, seconds: number | null): Promise<boolean>;
  /** Whether what lies at that absolute path of this machine is there for a session too; left out: not known, so yes. */
  sees?(path: string, listens: LaunchRequest["listens"]): boolean;
  /** Bytes of memory that a running job took when it was last observed; null, or left out: not known. */
  memoryOf?(jobId: number): number | null;
  /** Calls back once at the beginning, and soon whenever `observe` may give another answer. Returns: stop calling. */
  watch(jobId: number, onChange: () => void): () => void;
  /** Every job it has traces of, running or not. */
  list(): Promise<number[]>;
  /** Forgets an ended job's traces, its output too. Absent: nothing happens. @throws ResourceError `conflict` while it runs */
  forget(job: JobRef): Promise<void>;
  /** Where the session's own HTTP is; null when it has none. Doesn't ask whether anybody listens. */
  connect(job: JobRef, web: LaunchRequest["web"]): Connect;
  /** Present with the capability `terminals`: the WebSocket that speaks host/tty-protocol.ts; null: not this job's. */
  terminalSocket?(job: JobRef): { readonly socketPath: string; readonly path: string } | null;
  /** What the job printed, at most `maxBytes` from `offset` (negative: from the end). Absent: nothing printed. */
  output(job: JobRef, offset: number, maxBytes: number): Promise<OutputPart>;
  close(): void;
}

export interface OutputPart {
  /** Of the first byte given; later than asked for when older output was dropped. */
  readonly offset: number;
  readonly nextOffset: number;
  /** Bytes printed so far. */
  readonly total: number;
  readonly bytes: Buffer;
}

export type ResourceFault = "transient" | "exhausted" | "missing" | "forbidden" | "conflict" | "invalid";

/** A driver's neutral error; the sessions domain turns it into an answer. */
export class ResourceError extends Error {
  readonly fault: ResourceFault;

  constructor(fault: ResourceFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ResourceError";
    this.fault = fault;
  }
}
