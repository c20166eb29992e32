import { type SqlBool, sql } from "kysely";
import { publishCounted, type StorageContext } from "../context.ts";
import { type Counted, keyOf } from "../drivers/contract.ts";
import { inOrder } from "../subjects/in-order.ts";
import { effectiveQuota } from "../subjects/queries.ts";
import type { StorageDb, StorageTrx, SubjectRow } from "../tables.ts";

/** What counting found that is not as it should be. */
export interface CountFindings {
  /** Ids whose enforced quota is another than it should be. */
  readonly drifted: readonly number[];
}

/** So long a figure that does not change is left as it was written. */
const SAID_AGAIN_MS = 30 * 60_000;

/**
 * Writes down what the kernel or ZFS counts, of all at once. A quota that others have changed is drift, and put back,
 * also where it was found with the directory: it is ours since.
 */
export async function writeCounted(
  context: Pick<StorageContext, "db" | "platform" | "known">,
  rows: readonly SubjectRow[],
  counted: ReadonlyMap<string, Counted>,
): Promise<CountFindings> {
  const changes: { id: number; used: number; quota: number }[] = [];
  const drifted: number[] = [];
  for (const row of rows) {
    const seen = counted.get(keyOf(row));
    if (seen === undefined || row.settled < row.wanted) continue;
    if (seen.quota !== effectiveQuota(row)) drifted.push(row.id);
    const isNew = row.used !== seen.used || row.used_kind !== "quota" || row.enforced_quota !== seen.quota;
    // A figure that stays is not old: it was looked at just now.
    const isStale = row.used_at === null || Date.now() - row.used_at.getTime() > SAID_AGAIN_MS;
    if (isNew || isStale) changes.push({ id: row.id, used: seen.used, quota: seen.quota });
  }
  if (changes.length > 0) {
    const written = await context.db.transaction().execute(async (trx) => {
      // One parameter: it may be everybody, and PostgreSQL takes 65,535 of them.
      const ids = changes.map(({ id }) => id);
      await sql`
        with locked as (${inOrder(trx).where(sql<SqlBool>`s.id = any(${ids}::bigint[])`)})
        update storage_subjects s set used = r.used, used_kind = 'quota', used_at = now(), enforced_quota = r.quota
        from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
          as r(id bigint, used bigint, quota bigint)
        join locked using (id)
        where s.id = r.id and s.settled = s.wanted`.execute(trx);
      const figures = changes.map(({ id, used, quota }) => [id, used, quota] as const);
      const counted = { at: await timeOf(trx), kind: "quota", figures } as const;
      await publishCounted(context, trx, counted);
      return counted;
    });
    await context.known.count(written);
  }
  return { drifted };
}

/** The time that all of a transaction is written with. */
export async function timeOf(trx: StorageTrx): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select now() as at`.execute(trx);
  return rows[0]?.at ?? new Date();
}

/** A point of each subject for this hour; the first one in it stays. */
export async function writeHistory(db: StorageDb): Promise<void> {
  await sql`
    insert into storage_history (subject_id, at, used, quota)
    select id, date_trunc('hour', now()), used, quota from storage_subjects
    where deleted_at is null and used_at is not null
    order by id
    on conflict do nothing`.execute(db);
}

/** Hours for two weeks, then days for two years: of each day the last point stays. */
export async function thinHistory(db: StorageDb): Promise<number> {
  const thinned = await sql`
    delete from storage_history where (subject_id, at) in (
      select h.subject_id, h.at from storage_history h
      where h.at < now() - interval '14 days' and exists (
        select from storage_history later
        where later.subject_id = h.subject_id and later.at > h.at
          and date_trunc('day', later.at) = date_trunc('day', h.at)
      )
      -- As a purged subject's points go.
      order by h.subject_id, h.at for update)`.execute(db);
  const ended = await sql`delete from storage_history where at < now() - interval '2 years'`.execute(db);
  return Number((thinned.numAffectedRows ?? 0n) + (ended.numAffectedRows ?? 0n));
}
