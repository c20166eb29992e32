import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";

export type SubjectKind = "user" | "group";
/** Where a usage figure comes from: nowhere yet, what the kernel counts, or sizes added up (what `du -sb` counts). */
export type UsedKind = "none" | "quota" | "apparent";

type Id = ColumnType<number, never, never>;

/** All sizes in bytes. */
export type StorageTables = {
  storage_subjects: {
    id: Id;
    kind: SubjectKind;
    name: string;
    account_id: number | null;
    group_id: number | null;
    project: Generated<number>;
    adopted: Generated<boolean>;
    quota: Generated<number>;
    quota_by: string | null;
    quota_at: Date | null;
    raise: Generated<number>;
    raise_until: Date | null;
    raise_taken_at: Date | null;
    wanted: Generated<number>;
    settled: Generated<number>;
    problem: string | null;
    problem_code: string | null;
    attempts: Generated<number>;
    retry_at: Date | null;
    lease_holder: string | null;
    lease_until: Date | null;
    used: Generated<number>;
    used_kind: Generated<UsedKind>;
    used_at: Date | null;
    scan_at: Generated<Date>;
    scan_every: Generated<number>;
    /** When the last look began; null: none since this is noted. */
    looked_at: Date | null;
    told_level: Generated<number>;
    enforced_quota: number | null;
    remark: string | null;
    created_at: Generated<Date>;
    deleted_at: Date | null;
    deleted_by: string | null;
    trashed: Generated<boolean>;
    arrived_at: Date | null;
    purge_at: Date | null;
  };
  storage_moves: {
    account_id: number;
    subject_id: number | null;
    operation_id: string;
    /** `moved`: the old folders are kept aside. */
    state: "copying" | "switching" | "moved";
    files: Generated<number>;
    bytes: Generated<number>;
    begun_at: Generated<Date>;
    moved_at: Date | null;
    purge_at: Date | null;
  };
  storage_writers: { account_id: number; holder: string; until: Date };
  storage_history: { subject_id: number; at: Date; used: number; quota: number };
};

export type SubjectRow = Selectable<StorageTables["storage_subjects"]>;
export type MoveRow = Selectable<StorageTables["storage_moves"]>;
export type StorageDb = Kysely<PlatformTables & StorageTables>;
export type StorageTrx = Transaction<PlatformTables & StorageTables>;

/** A transaction of the platform's, or of another domain's, seen with our tables. */
export function widen(trx: Trx): StorageTrx {
  return trx.withTables<StorageTables>();
}
