/** What a job type knows when it says what to run. */
export interface JobContext {
  readonly jobId: number;
  /** The environment that its program will get. */
  readonly env: Readonly<Record<string, string>>;
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
  /** `pty`: people type into it; `plain`: it only prints. */
  readonly program: "pty" | "plain";
  /** Who answers the session's HTTP: the host's terminal page, the program itself, nobody. */
  readonly web: "terminal" | "program" | "none";
  /** Ready when it was started, or when its program accepts connections. */
  readonly readiness: "started" | "listening";
  /**
   * How other people on the same host are kept from its port: a Unix socket in a folder that is closed to them
   * (`$STOA_SESSION_SOCKET`), or no port at all. A type with neither is refused where people share a host.
   */
  readonly protection: "unix-socket" | "no-port";
  /** Which ends count as failures; a shell's status is only that of its last command. */
  readonly fails: "on-error-status" | "never";
  /** Program and arguments; run in the workspace's folder. Never a shell string made of what people gave. */
  command(context: JobContext): readonly [string, ...string[]];
}
