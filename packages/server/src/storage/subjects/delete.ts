import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext, SYSTEM } from "../context.ts";
import { requireNotErasing } from "../rescue/being-erased.ts";
import type { SubjectKind, SubjectRow } from "../tables.ts";
import { purgeSubjects } from "../trash/purge.ts";
import { adoptIfThere } from "./adopt.ts";
import { requireFree } from "./link.ts";
import { requireDone } from "./outcomes.ts";
import { findById, findByName, lockById } from "./queries.ts";

/**
 * Moves a directory or dataset to the trash, whole and at once; resolves when it is there. Nobody's files are gone
 * before the retention is over.
 * @throws StoaError not_found, conflict (somebody's workspaces lie in it), unavailable (noted: it goes as soon as it can)
 */
export async function deleteSubject(
  context: StorageContext,
  caller: Caller,
  kind: SubjectKind,
  name: string,
): Promise<SubjectRow> {
  const present = (await findByName(context.db, kind, name)) ?? (await adoptIfThere(context, kind, name));
  if (present === null) throw notThere();
  const use = await context.inUse(present);
  if (use !== null) throw new StoaError("conflict", { details: { problem: use, reason: "in_use" } });
  const row = await context.db.transaction().execute(async (trx) => {
    const locked = await lockById(trx, present.id);
    if (locked === null || locked.deleted_at !== null) throw notThere();
    await requireNotErasing(trx, locked);
    const deleted = await trx
      .updateTable("storage_subjects")
      .set({
        ...{ deleted_at: new Date(), deleted_by: caller.actor.label, trashed: true, wanted: locked.wanted + 1 },
        // Whatever kept it from being made keeps it from nothing now.
        ...{ problem: null, problem_code: null, attempts: 0, retry_at: null },
        ...{ raise: 0, raise_until: null, arrived_at: null },
      })
      .where("id", "=", locked.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChange(context, trx, caller, "storage.delete", locked, { used: locked.used, quota: locked.quota });
    await publishChange(context, trx, locked);
    return deleted;
  });
  await context.known.refresh([row.id]);
  const outcome = (await context.settler.settle([row.id])).get(row.id) ?? { code: "done" as const, problem: "" };
  requireDone(outcome, `deleting ${kind} ${name}`);
  if (context.platform.config.storage.trashRetentionDays === 0) await purgeSubjects(context, caller, [row.id]);
  return row;
}

/**
 * Brings one back from the trash; resolves when its files are where they were.
 * @throws StoaError not_found, conflict (another has its name by now, or its purge was asked for), unavailable
 */
export async function restoreSubject(context: StorageContext, caller: Caller, id: number): Promise<SubjectRow> {
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || row.deleted_at === null)
      throw new StoaError("not_found", { details: { what: "deleted storage" } });
    if (row.purge_at !== null) {
      throw new StoaError("conflict", {
        details: { problem: `${row.name} is being removed for good`, reason: "purging" },
      });
    }
    const other = await findByName(trx, row.kind, row.name);
    if (other !== null) {
      const problem = `Another ${row.kind} ${row.name} has been made since. Delete that one, then restore this`;
      throw new StoaError("conflict", { details: { problem, reason: "name_taken" } });
    }
    await requireFree(trx, row.kind, { accountId: row.account_id, groupId: row.group_id }, id);
    await trx
      .updateTable("storage_subjects")
      .set({ deleted_at: null, deleted_by: null, wanted: row.wanted + 1, attempts: 0, retry_at: null })
      .where("id", "=", id)
      .execute();
    await recordChange(context, trx, caller, "storage.restore", row);
    await publishChange(context, trx, row);
  });
  const outcome = (await context.settler.settle([id])).get(id) ?? { code: "missing" as const, problem: "" };
  await context.known.refresh([id]);
  if (outcome.code === "exists") await deleteAgain(context, id);
  requireDone(outcome, "bringing it back");
  const row = await findById(context.db, id);
  if (row === null) throw notThere();
  return row;
}

/** Something that nobody told us of stands in its place: it stays in the trash. */
async function deleteAgain(context: StorageContext, id: number): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || !row.trashed || row.deleted_at !== null) return;
    const now = new Date();
    await trx
      .updateTable("storage_subjects")
      .set({ deleted_at: now, arrived_at: now, settled: sql<number>`wanted`, problem: null, problem_code: null })
      .where("id", "=", id)
      .execute();
    await recordChange(context, trx, SYSTEM, "storage.delete", row, { reason: "could not be brought back" });
    await publishChange(context, trx, row);
  });
  await context.known.refresh([id]);
}

function notThere(): StoaError {
  return new StoaError("not_found", { message: "Not Found" });
}
