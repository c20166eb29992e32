import type { DeclaredParameter } from "../../config/schema.ts";
import type { PrepareStep } from "../host/job-file.ts";
import type { View } from "./programs.ts";

/** What a job type knows when it says what to run. */
export interface JobContext extends View {
  readonly jobId: number;
  readonly workspaceId: number;
  /** The workspace's folder; absolute. */
  readonly cwd: string;
  /** The folder in it that was asked for; absolute. Null: none, or its type starts in none. */
  readonly startFolder: string | null;
  /** Resource options as they were checked: `num_cpus`, `memory_mb`, … */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the person gave with the start (`job_details`), unchecked: never part of a script. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The environment that its program will get. */
  readonly env: Readonly<Record<string, string>>;
  /** Its own origin, where browsers come to it; null: it has none. */
  readonly origin: string | null;
  /** The names in the Host headers that reach it, without ports: of its own origin and of the portal's. */
  readonly hosts: readonly string[];
}

/** One kind of session that people can start. Data, but for the command. */
export interface JobType {
  /** As clients name it: `jupyter_lab`. */
  readonly id: string;
  readonly name: string;
  /** The portal's picture for it, by name. */
  readonly icon: string;
  /** Which of the resource parameters mean something to it. */
  readonly parameters: readonly string[];
  /** Its own ones, besides. Left out: none. */
  readonly ownParameters?: readonly DeclaredParameter[];
  /** `pty`: people type into it; `plain`: it only prints. */
  readonly program: "pty" | "plain";
  /** Who answers the session's HTTP: the host's terminal page, the program itself, nobody. */
  readonly web: "terminal" | "program" | "none";
  /** Ready when it was started, or when its program accepts connections. */
  readonly readiness: "started" | "listening";
  /**
   * How other people on the same host are kept from its port: a Unix socket in a folder that is closed to them
   * (`$STOA_SESSION_SOCKET`), a network of its own in which it has the port `$STOA_SESSION_PORT`, or no port at all.
   * A type with none of these is refused where people share a host.
   */
  readonly protection: "unix-socket" | "private-network" | "no-port";
  /** Which ends count as failures; a shell's status is only that of its last command. */
  readonly fails: "on-error-status" | "never";
  /** Paths that its page GETs by itself, also while nobody touches it: no sign of use. Left out: none. */
  readonly polls?: readonly RegExp[];
  /** Whether it can start in a folder within the workspace. Left out: no. */
  readonly startsInFolders?: true;
  /** Added to the environment of its program. Left out: nothing. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is made before the program starts; left out: nothing. */
  prepare?(context: JobContext): readonly PrepareStep[];
  /** Why it can't run on this machine (its program isn't installed, or sessions don't see it), for people; null: it can. Left out: it can. */
  missing?(view: View): string | null;
  /** Where its program lies on this machine, for operators; null: nowhere yet. Left out: there is none to look for. */
  found?(view: View): string | null;
  /** Program and arguments; run in the workspace's folder. Never a shell string made of what people gave. */
  command(context: JobContext): readonly [string, ...string[]];
}
