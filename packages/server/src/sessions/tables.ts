import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";
import type { Means } from "./host/job-file.ts";

export type JobStatus = "pending" | "running" | "stopping" | "complete" | "failed";

/** One thing that happened to a session, for its timeline. */
export interface JobStep {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  /** By which request, where it brought an Idempotency-Key: hashes of the key and of all that it asked for. */
  readonly by?: { readonly key: string; readonly asked: string };
}

/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;
/** Written as text that is JSON already. */
type JsonColumn<T> = ColumnType<T, string | undefined, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** Everything ever used, or what was used in the calendar month (UTC). */
export type QuotaPeriod = "total" | "month";

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
    /** numeric: text with five decimals. */
    core_hours_reserved: Generated<string>;
    extendable: Generated<boolean>;
    idempotency_key: string | null;
    request_hash: Buffer | null;
  };
  session_places: {
    node_id: string;
    place: string;
    seen_at: Date;
  };
  session_idle: {
    job_id: number;
    idle_ms: Generated<number>;
    counted_at: Generated<Date>;
    warned_at: Date | null;
  };
  core_hour_quotas: {
    id: Id;
    account_id: number | null;
    group_id: number | null;
    /** numeric: text with five decimals. */
    allowed: string;
    period: QuotaPeriod;
    /** Null: the server, by its settings (migration 0024). */
    set_by: number | null;
    set_by_label: string;
    set_at: Generated<Date>;
  };
  session_groups: {
    group_id: number;
    job_id: number;
  };
  session_viewers: {
    job_id: number;
    account_id: number;
    /** Not only looks: uses its program, which runs as the owner. */
    may_act: boolean;
    invited_at: Generated<Date>;
  };
};

export type JobRow = Selectable<SessionTables["jobs"]>;
export type SessionsDb = Kysely<PlatformTables & SessionTables>;
export type SessionsTrx = Transaction<PlatformTables & SessionTables>;

/** The same transaction, seen with this domain's tables. */
export function widen(trx: Pick<Trx, "withTables">): SessionsTrx {
  return trx.withTables<SessionTables>() as SessionsTrx;
}
