import type { Caller, SessionsContext } from "../context.ts";
import type { QuotaPeriod, SessionsTrx } from "../tables.ts";
import type { Holder } from "./use.ts";

export interface Quota {
  /** Core hours, a decimal text. */
  readonly allowed: string;
  readonly period: QuotaPeriod;
}

/** Whose quota it is, with the name for the audit entry. */
export interface Named {
  readonly holder: Holder;
  readonly label: string;
}

/** Sets a person's or a group's quota. What runs goes on, also when it is smaller than what is used by then. */
export function setQuota(context: SessionsContext, caller: Caller, of: Named, quota: Quota): Promise<void> {
  return context.db.transaction().execute((trx) => setQuotaIn(context, trx, caller, of, quota));
}

/** Who asks, as far as a quota remembers it. */
type Setter = Pick<Caller, "accountId" | "actor" | "requestId" | "address">;

/** The same in the caller's transaction. */
export async function setQuotaIn(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Setter,
  of: Named,
  quota: Quota,
): Promise<void> {
  const values = {
    ...quota,
    set_by: caller.accountId,
    set_by_label: caller.actor.label,
    set_at: new Date(),
  };
  const { holder } = of;
  if ("accountId" in holder) {
    await trx
      .insertInto("core_hour_quotas")
      .values({ account_id: holder.accountId, ...values })
      .onConflict((c) => c.column("account_id").where("account_id", "is not", null).doUpdateSet(values))
      .execute();
  } else {
    await trx
      .insertInto("core_hour_quotas")
      .values({ group_id: holder.groupId, ...values })
      .onConflict((c) => c.column("group_id").where("group_id", "is not", null).doUpdateSet(values))
      .execute();
  }
  await record(context, trx, caller, of, "core-hours.set", { ...quota });
}

/** Nothing happens when there is none. */
export function removeQuota(context: SessionsContext, caller: Caller, of: Named): Promise<void> {
  return context.db.transaction().execute((trx) => removeQuotaIn(context, trx, caller, of));
}

/** The same in the caller's transaction. */
export async function removeQuotaIn(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Setter,
  of: Named,
): Promise<void> {
  const { holder } = of;
  const query = trx.deleteFrom("core_hour_quotas").returning(["allowed", "period"]);
  const row =
    "accountId" in holder
      ? query.where("account_id", "=", holder.accountId)
      : query.where("group_id", "=", holder.groupId);
  const removed = await row.executeTakeFirst();
  if (removed !== undefined) await record(context, trx, caller, of, "core-hours.remove", { ...removed });
}

async function record(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Setter,
  { holder, label }: Named,
  action: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const isPerson = "accountId" in holder;
  await context.platform.audit.record(trx, {
    action,
    actor: caller.actor,
    subject: {
      kind: isPerson ? "account" : "group",
      id: String(isPerson ? holder.accountId : holder.groupId),
      label,
    },
    about: isPerson ? [holder.accountId] : [],
    requestId: caller.requestId,
    address: caller.address,
    details,
  });
}
