import type { ColumnType, Generated } from "kysely";

type Fixed<T> = ColumnType<T, T, never>;

export type AuditTables = {
  /** Written once; a trigger refuses every change. */
  audit_entries: {
    id: ColumnType<number, never, never>;
    at: ColumnType<Date, never, never>;
    action: Fixed<string>;
    actor_id: Fixed<number | null>;
    actor_label: Fixed<string>;
    credential_kind: Fixed<string | null>;
    credential_id: Fixed<string | null>;
    subject_kind: Fixed<string>;
    subject_id: Fixed<string>;
    subject_label: Fixed<string | null>;
    about: Fixed<number[]>;
    outcome: Fixed<"done" | "refused" | "failed">;
    request_id: Fixed<string | null>;
    address: Fixed<string | null>;
    details: Fixed<string>;
  };
  audit_unsealed: { entry_id: Fixed<number> };
  /** The chain: gapless, each hash over the one before and the entry. */
  audit_seals: { seq: Fixed<number>; entry_id: Fixed<number>; hash: Fixed<Buffer> };
  audit_chain: {
    one: ColumnType<boolean, never, never>;
    base_seq: Generated<number>;
    base_hash: Generated<Buffer>;
    head_seq: Generated<number>;
    head_hash: Generated<Buffer>;
  };
  audit_heads: { seq: Fixed<number>; hash: Fixed<Buffer>; at: Generated<Date> };
};
