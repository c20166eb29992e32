import type { ColumnType, Kysely } from "kysely";
import type { PlatformTables } from "../database/database.ts";

export type ProcessTables = {
  /** Numbers of system accounts and groups; never deleted, never given again. */
  system_numbers: {
    number: number;
    kind: "account" | "group";
    /** Null: another's on this machine, so nobody's here. */
    owner_id: number | null;
    drawn_at: ColumnType<Date, never, never>;
    /** When the machine first had it. */
    confirmed_at: Date | null;
  };
};

export type ProcessDb = Kysely<PlatformTables & ProcessTables>;
