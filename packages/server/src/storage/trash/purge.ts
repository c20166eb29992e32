import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OperationKind } from "../../platform/operations/contract.ts";
import { type Caller, recordChange, type StorageContext, SYSTEM } from "../context.ts";
import { BackEndAway } from "../drivers/contract.ts";
import { endAsides } from "../moving/asides.ts";
import { inOrder } from "../subjects/in-order.ts";
import { trashEntryOf } from "../subjects/queries.ts";
import type { StorageTrx, SubjectRow } from "../tables.ts";
import { thinHistory } from "../upkeep/count.ts";

export const PURGE_KIND = "storage.purge";
export const TIDY_KIND = "storage.tidy";
const AT_ONCE = 100;

export interface Purging {
  /** Null: there was nothing to do. */
  readonly operation_id: string | null;
  readonly entries: number;
}

/**
 * Ends what is in the trash for good: at once it can't be brought back any more, and an operation removes the files.
 * @param ids null: all that is there
 * @throws StoaError not_found when none of the ids is in the trash
 */
export async function purgeSubjects(
  context: StorageContext,
  caller: Caller,
  ids: readonly number[] | null,
): Promise<Purging> {
  return context.db.transaction().execute(async (trx) => {
    let deleted = inOrder(trx).where("s.deleted_at", "is not", null).where("s.purge_at", "is", null);
    if (ids !== null) deleted = deleted.where("s.id", "in", [-1, ...ids]);
    const rows = await giveUp(trx, deleted);
    if (rows.length === 0) {
      if (ids !== null) throw new StoaError("not_found", { details: { what: "deleted storage" } });
      return { operation_id: null, entries: 0 };
    }
    for (const row of rows) await recordChange(context, trx, caller, "storage.purge", row, { used: row.used });
    const { id } = await context.platform.operations.enqueue(trx, {
      kind: PURGE_KIND,
      subject: { kind: "storage", id: "trash" },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      input: { entries: rows.length },
    });
    return { operation_id: id, entries: rows.length };
  });
}

/** Removes what was given up, or has been in the trash for longer than it is kept. */
export function purgeKind(context: StorageContext, kind: typeof PURGE_KIND | typeof TIDY_KIND): OperationKind {
  return {
    kind,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 24 * 3_600,
    concurrency: 1,
    exclusive: true,
    async run({ operation, signal, progress }) {
      if (kind === TIDY_KIND) {
        await endRetention(context);
        await endAsides(context);
      }
      const all = Number(operation.input.entries ?? 0);
      let [purged, left, after] = [0, 0, 0];
      for (;;) {
        const rows = await nextOf(context, after);
        for (const row of rows) {
          signal.throwIfAborted();
          if (await purgeOne(context, row, signal)) purged += 1;
          else left += 1;
          after = row.id;
          await progress(all === 0 ? null : Math.min(99, Math.floor((purged / all) * 100)));
        }
        if (rows.length < AT_ONCE) break;
      }
      const thinned = kind === TIDY_KIND ? await thinHistory(context.db) : 0;
      if (left > 0 && kind === PURGE_KIND) {
        const problem = `${left} of them could not be removed now. They can't be brought back any more, and it is tried again every hour`;
        throw new StoaError("conflict", { details: { problem } });
      }
      return { purged, left, ...(kind === TIDY_KIND ? { thinned } : {}) };
    },
  };
}

/** Those whose time is over; with no retention, all that was deleted. */
async function endRetention(context: StorageContext): Promise<void> {
  const days = context.platform.config.storage.trashRetentionDays;
  await context.db.transaction().execute(async (trx) => {
    const before = new Date(Date.now() - days * 86_400_000);
    const over = inOrder(trx).where("s.deleted_at", "<=", before).where("s.purge_at", "is", null);
    const rows = await giveUp(trx, over);
    for (const row of rows) {
      await recordChange(context, trx, SYSTEM, "storage.purge", row, { used: row.used, retention_days: days });
    }
  });
}

/** From now on nobody can bring them back. */
function giveUp(trx: StorageTrx, which: ReturnType<typeof inOrder>): Promise<SubjectRow[]> {
  return trx
    .updateTable("storage_subjects")
    .set({ purge_at: new Date() })
    .where("id", "in", which)
    .returningAll()
    .execute();
}

/** Only what has arrived in the trash: what is still on its way there goes later. */
function nextOf({ db }: StorageContext, after: number): Promise<SubjectRow[]> {
  return db
    .selectFrom("storage_subjects")
    .selectAll()
    .where("purge_at", "is not", null)
    .where("deleted_at", "is not", null)
    .whereRef("settled", "=", "wanted")
    .where("id", ">", after)
    .orderBy("id")
    .limit(AT_ONCE)
    .execute();
}

/** Its row goes last: as long as files carry the number, it is known whose they were. */
async function purgeOne(
  { db, driver, platform }: StorageContext,
  row: SubjectRow,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (!(await driver.purge(trashEntryOf(row), row.project, signal))) return false;
  } catch (error) {
    if (signal.aborted || error instanceof BackEndAway) throw error;
    platform.log.warn({ err: error, subject: row.id }, "deleted storage could not be removed");
    return false;
  }
  await db.deleteFrom("storage_subjects").where("id", "=", row.id).where("purge_at", "is not", null).execute();
  return true;
}
