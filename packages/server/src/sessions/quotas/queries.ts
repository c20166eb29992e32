import { type Kysely, type Selectable, sql } from "kysely";
import type { SessionsDb, SessionsTrx, SessionTables } from "../tables.ts";
import type { Holder } from "./use.ts";

export type QuotaRow = Selectable<SessionTables["core_hour_quotas"]>;

/** Null: as much as they like. */
export async function findQuota(db: SessionsDb | SessionsTrx, holder: Holder): Promise<QuotaRow | null> {
  const query = (db as Kysely<SessionTables>).selectFrom("core_hour_quotas").selectAll();
  const row =
    "accountId" in holder
      ? query.where("account_id", "=", holder.accountId)
      : query.where("group_id", "=", holder.groupId);
  return (await row.executeTakeFirst()) ?? null;
}

/** A person's own quota and those of these groups. */
export function quotasOn(
  db: SessionsDb | SessionsTrx,
  accountId: number,
  groupIds: readonly number[],
): Promise<QuotaRow[]> {
  return onThem(db, accountId, groupIds).execute();
}

/**
 * The same, held until the transaction ends: of two starts at once the second sees what the first set aside. Always
 * after the workspace and the job, and in one order.
 */
export function lockQuotasOn(trx: SessionsTrx, accountId: number, groupIds: readonly number[]): Promise<QuotaRow[]> {
  return onThem(trx, accountId, groupIds).forUpdate().execute();
}

function onThem(db: SessionsDb | SessionsTrx, accountId: number, groupIds: readonly number[]) {
  return (db as Kysely<SessionTables>)
    .selectFrom("core_hour_quotas")
    .selectAll()
    .where((e) =>
      e.or([e("account_id", "=", accountId), ...(groupIds.length === 0 ? [] : [e("group_id", "in", groupIds)])]),
    )
    .orderBy("id");
}

/** The groups that a session counts for. */
export async function groupsOfJob(db: SessionsDb | SessionsTrx, jobId: number): Promise<number[]> {
  const rows = await (db as Kysely<SessionTables>)
    .selectFrom("session_groups")
    .select("group_id")
    .where("job_id", "=", jobId)
    .execute();
  return rows.map((row) => row.group_id);
}

export async function countForGroups(trx: SessionsTrx, jobId: number, groupIds: readonly number[]): Promise<void> {
  if (groupIds.length === 0) return;
  // Not those that were deleted since they were asked for.
  await sql`
    insert into session_groups (group_id, job_id)
    select id, ${jobId} from groups where id = any(${[...groupIds]}) for key share`.execute(trx);
}
