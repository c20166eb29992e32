import type { Ledger } from "../ledger.ts";

/** What a start asked for. */
export interface Order {
  /** Its Idempotency-Key: by it the row is found, answered or not. */
  readonly key: string;
  readonly jobType: string;
  readonly workspaceId: number;
  readonly cpus: number;
  readonly minutes: number;
  /** Seconds until it ends by itself, and with which status. */
  readonly seconds: number;
  readonly status: number;
}

/** `refused`: nothing comes of it. An intent without an answer may have happened. */
type Answered = "intend" | "ack" | "refused";

/** What people, and the run itself, did to sessions. */
export type SessionLine =
  | { readonly what: "start"; readonly stage: "intend"; readonly order: Order }
  | { readonly what: "start"; readonly stage: "ack"; readonly order: Order; readonly jobId: number }
  | { readonly what: "stop"; readonly stage: Answered; readonly jobId: number }
  | { readonly what: "extend"; readonly stage: Answered; readonly jobId: number; readonly seconds: number }
  /** Written before the blow. */
  | { readonly what: "kill"; readonly of: "host"; readonly jobId: number }
  | { readonly what: "kill"; readonly of: "server" | "broker" };

export type SessionLedger = Ledger<SessionLine>;

/** What is known of one start from outside. */
export interface Known {
  readonly order: Order;
  /** When it was first asked for, ms. */
  readonly askedAt: number;
  readonly jobId: number | null;
  readonly stop: "no" | "asked" | "acknowledged";
  /** When its host was first killed, ms. */
  readonly killedAt: number | null;
  /** Seconds that its time limit has certainly, and at most, grown by. */
  readonly extendedBy: { readonly least: number; readonly most: number };
}

/** @param idOf the job of a key, for starts that were never answered; undefined: there is none */
export function whatIsKnown(lines: SessionLedger["lines"], idOf: (key: string) => number | undefined): Known[] {
  const orders = new Map<string, { order: Order; askedAt: number; jobId: number | null }>();
  for (const line of lines) {
    if (line.what !== "start") continue;
    const before = orders.get(line.order.key);
    const jobId = line.stage === "ack" ? line.jobId : (before?.jobId ?? null);
    orders.set(line.order.key, { order: line.order, askedAt: before?.askedAt ?? Date.parse(line.at), jobId });
  }
  return [...orders.values()].map((one) => {
    const jobId = one.jobId ?? idOf(one.order.key);
    const mine = lines.filter((line) => "jobId" in line && line.jobId === jobId);
    const kill = mine.find((line) => line.what === "kill");
    const stops = (stage: Answered) => mine.filter((line) => line.what === "stop" && line.stage === stage).length;
    const added = (stage: Answered) =>
      mine.reduce((sum, line) => sum + (line.what === "extend" && line.stage === stage ? line.seconds : 0), 0);
    return {
      ...one,
      stop: stops("ack") > 0 ? "acknowledged" : stops("intend") > stops("refused") ? "asked" : "no",
      killedAt: kill === undefined ? null : Date.parse(kill.at),
      extendedBy: { least: added("ack"), most: added("intend") - added("refused") },
    };
  });
}
