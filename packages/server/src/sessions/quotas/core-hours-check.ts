import { type Check, holds, refuses } from "../admission/check.ts";
import { shownCoreHours, unitsOf } from "../core-hours.ts";
import { inPersianDigits } from "../persian-digits.ts";
import { SessionRefused } from "../policy.ts";
import { say } from "../sentences.ts";
import type { SessionsTrx } from "../tables.ts";
import { lockQuotasOn, type QuotaRow } from "./queries.ts";
import { type Use, useOf } from "./use.ts";

export interface Wanted {
  readonly accountId: number;
  /** Those that the session counts for, with the names of the ones that are still there. */
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  /** Core hours that would be set aside, as a decimal text. */
  readonly hours: string;
  /** When the session was asked for that is to go on longer: it counts for that month. Left out: it is asked for now. */
  readonly since?: Date;
}

/**
 * Whether a person's quota and that of each of their groups hold so many core hours more: one check each, the
 * person's first. Whoever asks keeps others from taking them until the transaction ends.
 */
export async function coreHourChecks(trx: SessionsTrx, wanted: Wanted): Promise<readonly Check[]> {
  const groupIds = wanted.groups.map((group) => group.id);
  const quotas = await lockQuotasOn(trx, wanted.accountId, groupIds);
  const own = quotas.find((quota) => quota.account_id !== null);
  const checks = [own === undefined ? holds("core_hours", { unit: "core_hours" }) : await check(trx, own, wanted)];
  for (const quota of quotas) if (quota.group_id !== null) checks.push(await check(trx, quota, wanted));
  return checks;
}

async function check(trx: SessionsTrx, quota: QuotaRow, wanted: Wanted): Promise<Check> {
  const { account_id: accountId, group_id: groupId, allowed, period } = quota;
  const use = await useOf(trx, groupId === null ? { accountId: accountId ?? 0 } : { groupId }, period, wanted.since);
  const id = groupId === null ? "core_hours" : `core_hours:group:${groupId}`;
  const figures = { used: use.used, allowed, unit: "core_hours", setBy: quota.set_by_label } as const;
  if (unitsOf(use.used) + unitsOf(wanted.hours) <= unitsOf(allowed)) return holds(id, figures);
  const name = wanted.groups.find((one) => one.id === groupId)?.name;
  const group = groupId === null ? null : (name ?? String(groupId));
  return refuses(id, refusal(quota, use, wanted.hours, group), figures);
}

const PERSIAN_END = "زمان یا پردازندهٔ کمتری بخواهید، یا نشست دیگری را متوقف کنید.";

function refusal(quota: QuotaRow, use: Use, wanted: string, group: string | null): SessionRefused {
  // No less of anything would fit.
  if (unitsOf(quota.allowed) <= unitsOf("0")) return noneAllowed(group);
  const params = {
    needed: shownCoreHours(wanted),
    used: shownCoreHours(use.used),
    allowed: shownCoreHours(quota.allowed),
    set_by: quota.set_by_label,
  };
  const { set_by: by } = params;
  const [needed, used, allowed] = [params.needed, params.used, params.allowed].map(inPersianDigits);
  const month = quota.period === "month";
  const persianMonth = month ? " در این ماه" : "";
  if (group === null) {
    return new SessionRefused(
      "conflict",
      month ? say("core_hours_month", params) : say("core_hours_total", params),
      `این کار ${needed} هسته‌ساعت می‌گیرد، اما از ${allowed} هسته‌ساعت شما${persianMonth}، ${used} هسته‌ساعت ` +
        `مصرف یا کنار گذاشته شده است (تعیین‌کننده: ${by}). ${PERSIAN_END}`,
    );
  }
  return new SessionRefused(
    "conflict",
    month ? say("core_hours_group_month", { ...params, group }) : say("core_hours_group_total", { ...params, group }),
    `این کار ${needed} هسته‌ساعت می‌گیرد، اما از ${allowed} هسته‌ساعت گروه ${group}${persianMonth}، ${used} هسته‌ساعت ` +
      `مصرف یا کنار گذاشته شده است (تعیین‌کننده: ${by}). ${PERSIAN_END}`,
  );
}

function noneAllowed(group: string | null): SessionRefused {
  if (group === null) {
    return new SessionRefused("conflict", say("core_hours_none"), "شما هسته‌ساعتی ندارید. از یک مدیر بخواهید.");
  }
  const inPersian = `گروه ${group} هسته‌ساعتی ندارد. از یک مدیر بخواهید.`;
  return new SessionRefused("conflict", say("core_hours_group_none", { group }), inPersian);
}
