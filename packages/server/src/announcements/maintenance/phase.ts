import type { MaintenanceRow } from "../tables.ts";

export type Phase = "none" | "planned" | "on";

/** Where it stands at that moment; by the clock alone, so that no server has to be told. */
export function phaseOf(row: Pick<MaintenanceRow, "starts_at" | "ends_at" | "over"> | null, now: Date): Phase {
  if (row === null || row.over || (row.ends_at !== null && row.ends_at <= now)) return "none";
  return row.starts_at <= now ? "on" : "planned";
}
