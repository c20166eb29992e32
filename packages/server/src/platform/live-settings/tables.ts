import type { Generated, Selectable } from "kysely";

/** What administrators changed in the portal (migration 0021). */
export type LiveSettingTables = {
  live_settings: {
    /** The setting's environment name. */
    name: string;
    /** As it would be written; null: back at its default. */
    value: string | null;
    previous: string | null;
    version: Generated<number>;
    changed_by: number | null;
    changed_at: Generated<Date>;
  };
};

export type LiveSettingRow = Selectable<LiveSettingTables["live_settings"]>;
