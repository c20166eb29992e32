import type { Transaction } from "kysely";
import type { AuditTables } from "../audit/tables.ts";
import type { EventTables } from "../events/tables.ts";
import type { Impersonator } from "../principal.ts";
import type { OperationTables } from "./tables.ts";

export type OperationState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
export type OperationTrx = Transaction<OperationTables & EventTables & AuditTables>;

/** Plain JSON; bigint and Date go as strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Who asks. How they proved it and where from goes into the audit entry, when known. */
export interface OperationActor {
  readonly accountId: number | null;
  readonly label: string;
  readonly credentialKind?: string | null;
  readonly credentialId?: string | null;
  readonly requestId?: string | null;
  readonly address?: string | null;
  /** The administrator who acts as this account. */
  readonly by?: Impersonator | undefined;
}

export interface NewOperation {
  /** A registered kind: `session.start`, `workspace.delete`. */
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly actor: OperationActor;
  /** Accounts besides the actor that may see it. */
  readonly audience?: readonly number[];
  readonly input: JsonObject;
  /** Same key, same actor, same kind and input: the same operation again. Other input: `idempotency_mismatch`. */
  readonly idempotencyKey?: string;
  /** Not before; left out: now. */
  readonly startAfter?: Date;
  /** Only on this node (a local session belongs to its host). */
  readonly nodeId?: string;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly actor: { readonly accountId: number | null; readonly label: string };
  readonly state: OperationState;
  /** 0 to 100, null when it can't be told. */
  readonly progress: number | null;
  readonly message: string | null;
  readonly input: JsonObject;
  readonly result: JsonObject | null;
  readonly error: { readonly code: string; readonly message: string; readonly remedy?: string } | null;
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** What a running operation's handler holds. Every write it makes goes through `step`. */
export interface OperationRun {
  readonly operation: Operation;
  readonly attempt: number;
  /** Aborted on cancel, on shutdown and when this worker lost its lease. */
  readonly signal: AbortSignal;
  /**
   * One step: a transaction that first checks the fencing number, so that a worker thought dead writes
   * nothing (it throws, and the run ends). Safe to repeat by contract of the handler.
   * `note` is the history line, told as a person would.
   */
  step<T>(note: string | null, work: (trx: OperationTrx) => Promise<T>): Promise<T>;
  /** Progress for people: 0–100 or null, and a message. Throttled; also fenced. */
  progress(percent: number | null, message?: string): Promise<void>;
  /** What earlier runs of it have kept, also those before it was begun anew; null: nothing. */
  readonly kept: JsonObject | null;
  /** Keeps that, in a step of its own, instead of what was kept: for what must not be done twice. */
  keep(kept: JsonObject): Promise<void>;
}

export interface OperationKind {
  readonly kind: string;
  /** Attempts in all, first included. */
  readonly attempts: number;
  /** Seconds without a heartbeat after which another worker takes over (heartbeats are sent for you). */
  readonly heartbeatSeconds: number;
  /** Seconds one attempt may take. */
  readonly expireSeconds: number;
  /** At once per process. */
  readonly concurrency: number;
  /** At once of one actor, in the whole cluster: a person who asks for hundreds leaves the rest to others. */
  readonly perActor?: number;
  /** True: one at a time per subject, in order; counts for all exclusive kinds of the subject together. */
  readonly exclusive?: boolean;
  /** May a person cancel it? */
  readonly cancellable?: boolean;
  /** True: only who is signed in cancels it or begins it anew, never a token that may have leaked. */
  readonly signIn?: boolean;
  /** Returns the result. Throw `StoaError` for what a retry can't mend (status < 500): it fails at once. */
  run(run: OperationRun): Promise<JsonObject>;
  /** After the last attempt failed or a cancel: put the world in order. Safe to repeat. */
  settle?(run: OperationRun, outcome: "failed" | "cancelled"): Promise<void>;
}

export interface Operations {
  register(kind: OperationKind): void;
  /** A cron line (UTC): fires once in the whole cluster per tick. */
  schedule(name: string, cron: string, operation: Omit<NewOperation, "idempotencyKey">): void;
  /** In the domain's transaction: row, history line, event, audit entry and the job, all or nothing. */
  enqueue(trx: OperationTrx, operation: NewOperation): Promise<Operation>;
  get(id: string): Promise<Operation | null>;
  requestCancel(trx: OperationTrx, id: string, by: OperationActor): Promise<Operation>;
  /** A waiting one ends as cancelled at once, whatever its kind: its domain has not begun it. False: it is no longer waiting. */
  withdraw(trx: OperationTrx, id: string, by: OperationActor): Promise<boolean>;
  retry(trx: OperationTrx, id: string, by: OperationActor): Promise<Operation>;
  /** Resolves when it has ended (any process may run it), or after `timeoutMs` with its then state. */
  wait(id: string, timeoutMs: number): Promise<Operation>;
  /** Starts workers, sweep and schedules. */
  start(): Promise<void>;
  /** Lets running ones finish for `graceMs`, then aborts and releases them for others. */
  stop(graceMs: number): Promise<void>;
}
