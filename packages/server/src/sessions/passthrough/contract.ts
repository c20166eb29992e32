/** Where a session listens, as recorded for its job: never what a URL says. */
export interface SessionTarget {
  readonly jobId: number;
  readonly ownerId: number;
  /** Whom the owner lets use it besides. Absent: nobody. */
  readonly guests?: ReadonlySet<number>;
  /** The node whose host runs it. */
  readonly nodeId: string;
  readonly jobType: string;
  readonly state: "pending" | "running" | "complete" | "failed" | "stopping";
  /** True once its readiness probe succeeded. */
  readonly ready: boolean;
  /** Why it is not ready or has ended, for people. */
  readonly message: string;
  /** Why it ends or ended, as its row tells it; null: it goes on, or nothing is known. */
  readonly reason: string | null;
  readonly connect: { readonly socketPath: string } | { readonly host: string; readonly port: number } | null;
}

export interface SessionTargets {
  /** From a cache that is at most 1 s stale (dropped on session events), then at once and not as a promise; null when there is no such job. */
  find(jobId: number): SessionTarget | null | Promise<SessionTarget | null>;
  /**
   * For an exchange that stays: ends it soon after its guest's right has ended; nothing for the owner's own.
   * @returns call it once when the exchange is over
   */
  watchGuest(target: Pick<SessionTarget, "jobId" | "ownerId">, accountId: number, end: () => void): () => void;
  /** Somebody used it: kept in memory, written in batches (idle policy, "last used"). Never waits. */
  noteActivity(jobId: number, what: Activity): void;
}

/** What is seen of somebody at a session; whether it counts as use is for others to say. */
export type Activity =
  /** A connection that stays was opened. */
  | { readonly kind: "open" }
  | { readonly kind: "http"; readonly method: string; readonly path: string }
  /** A transfer of a file goes on, in either direction; told every few seconds. An event stream is none. */
  | { readonly kind: "transfer" }
  /** A WebSocket message on its way to the program. */
  | { readonly kind: "message"; readonly binary: boolean }
  /** Something was typed into its terminal. */
  | { readonly kind: "keys" };
