import type { ColumnType, Kysely } from "kysely";
import type { PlatformTables } from "../platform/database/database.ts";

export type OverviewTables = {
  /** One row a day (UTC) that is over (migration 0022). */
  overview_days: {
    /** `2026-11-21` */
    day: ColumnType<string, string, never>;
    people_active: number;
    sessions_started: number;
    sessions_running: number;
    sessions_complete: number;
    sessions_failed: number;
    ready_median_ms: number | null;
    /** numeric: text with five decimals. */
    core_hours: string;
    room_bytes: number | null;
  };
};

export type OverviewDb = Kysely<PlatformTables & OverviewTables>;
