import type { AuditFilter } from "../api/audit.ts";

/** What the address says; left out: any. Days are the reader's, `YYYY-MM-DD`. */
export interface AuditSearch {
  readonly text?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly thing?: string;
  readonly thing_id?: string;
  readonly from?: string;
  readonly to?: string;
  /** The entry that is open. */
  readonly entry?: string;
}

/** As the server takes it; the last day itself is in. */
export function filterOf({ text, action, actor, thing, thing_id, from, to }: AuditSearch): AuditFilter {
  const since = startOfDay(from, 0);
  const until = startOfDay(to, 1);
  return {
    ...(text ? { text } : {}),
    ...(action ? { action } : {}),
    ...(actor ? { actor } : {}),
    ...(thing ? { subject_kind: thing } : {}),
    ...(thing_id ? { subject_id: thing_id } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
  };
}

/** The first moment of a day `YYYY-MM-DD` here, or of one later, as ISO 8601; "" for none. */
export function startOfDay(day: string | undefined, plusDays: number): string {
  const [year, month, date] = (day ?? "").split("-").map(Number);
  if (!year || !month || !date) return "";
  return new Date(year, month - 1, date + plusDays).toISOString();
}
