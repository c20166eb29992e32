import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";
import type { Means } from "./host/job-file.ts";

export type JobStatus = "pending" | "running" | "stopping" | "complete" | "failed";

/** One thing that happened to a session, for its timeline. */
export interface JobStep {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;
/** Written as text that is JSON already. */
type JsonColumn<T> = ColumnType<T, string | undefined, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export type SessionTables = {
  jobs: {
    id: Id;
    owner_id: number;
    workspace_id: number;
    job_type: string;
    resource: string;
    node_id: string;
    place: string | null;
    marker: string;
    desired: Generated<"running" | "stopped">;
    status: Generated<JobStatus>;
    launched_at: Date | null;
    resource_job_id: Generated<number>;
    ready: Generated<boolean>;
    reason: string | null;
    steps: JsonColumn<readonly JobStep[]>;
    request_details: JsonColumn<Readonly<Record<string, unknown>>>;
    options: JsonColumn<Readonly<Record<string, unknown>>>;
    cpus: number;
    time_limit_seconds: number | null;
    created_at: Generated<Date>;
    started_at: Date | null;
    ready_at: Date | null;
    ended_at: Date | null;
    exit_code: number | null;
    exit_signal: string | null;
    /** numeric: text with five decimals. */
    core_hours: Generated<string>;
    last_used_at: Date | null;
    means: NullableJson<Means>;
    preparing: string | null;
    idempotency_key: string | null;
    request_hash: Buffer | null;
  };
  session_places: {
    node_id: string;
    place: string;
    seen_at: Date;
  };
};

export type JobRow = Selectable<SessionTables["jobs"]>;
export type SessionsDb = Kysely<PlatformTables & SessionTables>;
export type SessionsTrx = Transaction<PlatformTables & SessionTables>;

/** The same transaction, seen with this domain's tables. */
export function widen(trx: Pick<Trx, "withTables">): SessionsTrx {
  return trx.withTables<SessionTables>() as SessionsTrx;
}
