import type { SessionsContext } from "../context.ts";
import { textOf, unitsOf } from "../core-hours.ts";
import type { QuotaPeriod } from "../tables.ts";
import { findQuota, type QuotaRow } from "./queries.ts";
import { type Holder, resetsAt, type Use, useOf } from "./use.ts";

/** What somebody has taken and may take. */
export interface Figures extends Use {
  readonly quota: Pick<QuotaRow, "allowed" | "period" | "set_by_label" | "set_at"> | null;
  /** Null: there is no quota. */
  readonly left: string | null;
  readonly resetsAt: Date | null;
}

/** Without a quota: everything ever used. */
export async function figuresOf(context: Pick<SessionsContext, "db">, holder: Holder): Promise<Figures> {
  const quota = await findQuota(context.db, holder);
  const period: QuotaPeriod = quota?.period ?? "total";
  const use = await useOf(context.db, holder, period);
  if (quota === null) return { ...use, quota, left: null, resetsAt: null };
  const left = unitsOf(quota.allowed) - unitsOf(use.used);
  return { ...use, quota, left: textOf(left > 0n ? left : 0n), resetsAt: resetsAt(period) };
}
