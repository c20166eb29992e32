export type StopReason = "cancelled" | "shutdown" | "lost" | "expired";

const texts: Readonly<Record<StopReason, string>> = {
  cancelled: "the operation was cancelled",
  shutdown: "this server is stopping; the operation goes on elsewhere or later",
  lost: "another worker has taken this operation over",
  expired: "the attempt took longer than its kind may",
};

/** Why a run's signal was aborted; thrown by its steps from then on. */
export class OperationStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(texts[reason]);
    this.name = "OperationStopped";
    this.reason = reason;
  }
}
