import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { appendEvents } from "../../platform/events/outbox.ts";
import type { StorageContext } from "../context.ts";
import { effectiveQuota, lockById } from "../subjects/queries.ts";
import type { StorageTrx, SubjectRow } from "../tables.ts";

/** Percent of their quota at which people are told. */
const STEPS = [100, 90, 80] as const;
/** So much below a step it is left: use that goes up and down about it is no news. */
const BACK = 5;
const AT_ONCE = 500;
/** Somebody's use has passed a step: `level` in percent, `used` and `allowed` in bytes. */
const LEVEL = "storage.level";

/**
 * Tells people whose use has passed 80, 90 or 100 % of their quota, once for each time that it does. What was told last
 * is written in the transaction that tells it: killed in between, neither has happened, and the next round does both.
 * @returns how many were told
 */
export async function tellLevels({ db }: Pick<StorageContext, "db">): Promise<number> {
  let told = 0;
  for (let after = 0; ; ) {
    const { rows } = await changed(after).execute(db);
    for (const { id } of rows) {
      if (await db.transaction().execute((trx) => tellOne(trx, id))) told += 1;
      after = id;
    }
    if (rows.length < AT_ONCE) return told;
  }
}

/** Those for whom another level holds than was told last, as `toldLevel` says; the others cost no transaction. */
const changed = (after: number) => sql<{ id: number }>`
  select id from (
    select id, told_level, case when allowed = 0 then 0 else used * 100.0 / allowed end as percent
    from (
      select id, told_level, used, quota + case when quota > 0 and raise_until > now() then raise else 0 end as allowed
      from storage_subjects where id > ${after} and deleted_at is null and account_id is not null and used_at is not null
    ) figures
  ) shares
  where percent >= case told_level when 0 then 80 when 80 then 90 when 90 then 100 else 'infinity'::float8 end
    or percent < told_level - ${sql.lit(BACK)}
  order by id limit ${sql.lit(AT_ONCE)}`;

/** True: they were told; otherwise there is more room than was told last. */
async function tellOne(trx: StorageTrx, id: number): Promise<boolean> {
  const row = await lockById(trx, id);
  if (row === null || row.deleted_at !== null || row.account_id === null) return false;
  const level = toldLevel(row);
  if (level === row.told_level) return false;
  await trx.updateTable("storage_subjects").set({ told_level: level }).where("id", "=", id).execute();
  if (level < row.told_level) return false;
  const about = {
    to: row.account_id,
    // Passed, left and passed again is news each time.
    key: `${id} ${level} ${new Date().toISOString()}`,
    subject: { kind: "storage", id },
  } as const;
  const values = { used: row.used, allowed: effectiveQuota(row) };
  // What other systems are told does not hang on how the person wants to hear of it.
  const subject = { kind: "storage", id: String(id) };
  await appendEvents(trx, [{ type: LEVEL, subject, audience: [row.account_id], data: { level, ...values } }]);
  if (level === 100) await tell(trx, { ...about, kind: "storage.full", values });
  else await tell(trx, { ...about, kind: "storage.filling", values: { ...values, percent: level } });
  return true;
}

/** The step that holds now: the highest that is reached, or the one that was told as long as it is not left. */
export function toldLevel(row: Pick<SubjectRow, "used" | "quota" | "raise" | "raise_until" | "told_level">): number {
  const allowed = effectiveQuota(row);
  if (allowed === 0) return 0;
  const percent = (row.used * 100) / allowed;
  const reached = STEPS.find((step) => percent >= step) ?? 0;
  return reached < row.told_level && percent >= row.told_level - BACK ? row.told_level : reached;
}
