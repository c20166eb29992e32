import type { ColumnType, Generated, JSONColumnType, Selectable } from "kysely";
import type { JsonObject, OperationState } from "./contract.ts";

type Json<T extends object> = JSONColumnType<T, string, string>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export type OperationError = { readonly code: string; readonly message: string; readonly remedy?: string };

export type OperationTables = {
  operations: {
    id: ColumnType<string, string, never>;
    seq: ColumnType<number, never, never>;
    kind: string;
    subject_kind: string;
    subject_id: string;
    actor_id: number | null;
    actor_label: string;
    audience: number[];
    state: Generated<OperationState>;
    progress: number | null;
    message: string | null;
    input: Json<JsonObject>;
    result: OptionalJson<JsonObject>;
    /** What its runs keep for those after them. */
    kept: OptionalJson<JsonObject>;
    error: OptionalJson<OperationError>;
    attempt: Generated<number>;
    max_attempts: number;
    cancel_requested: Generated<boolean>;
    settling: "failed" | "cancelled" | null;
    settle_attempts: Generated<number>;
    cancellable: boolean;
    exclusive: boolean;
    queue: string;
    job_id: string | null;
    schedule: string | null;
    not_before: Generated<Date>;
    fence: Generated<number>;
    worker: string | null;
    heartbeat_at: Date | null;
    lease_seconds: number | null;
    expires_at: Date | null;
    created_at: Generated<Date>;
    claimed_at: Date | null;
    started_at: Date | null;
    finished_at: Date | null;
    /** When an operator said of a failure that it was seen to; null: nobody did. */
    looked_at: Date | null;
    looked_by: string | null;
  };
  operation_history: {
    id: ColumnType<number, never, never>;
    operation_id: string;
    at: Generated<Date>;
    code: string | null;
    params: OptionalJson<Record<string, string | number>>;
    text: string;
  };
  operation_viewers: { account_id: number; seq: number };
  operation_keys: {
    actor: string;
    kind: string;
    key: string;
    input_hash: Buffer;
    operation_id: string;
    created_at: Generated<Date>;
  };
  operation_schedules: {
    name: string;
    cron: string;
    kind: string;
    next_at: Date;
    last_at: Date | null;
    last_operation_id: string | null;
    last_skipped_at: Date | null;
  };
};

export type OperationRow = Selectable<OperationTables["operations"]>;
