import type { Logger } from "pino";
import { publishChange, type StorageContext } from "../context.ts";
import { BackEndAway } from "../drivers/contract.ts";
import { subjectOf } from "../subjects/carry-out.ts";
import { lockById } from "../subjects/queries.ts";
import { REMARKS } from "../subjects/remarks.ts";
import type { SubjectRow } from "../tables.ts";

/** Looks for files that have left their person's accounting (`chattr -p`), one directory after another. */
export interface StrayWatch {
  /** The next directory, if none is being looked at. */
  next(): Promise<void>;
  stop(): void;
}

export function createStrayWatch(context: StorageContext & { readonly log: Logger }): StrayWatch {
  const { db, driver, log } = context;
  const abort = new AbortController();
  let last = 0;
  let busy = false;

  /** In the order in which they were made, and from the beginning again. */
  async function following(): Promise<SubjectRow | undefined> {
    const from = (id: number) =>
      db
        .selectFrom("storage_subjects")
        .selectAll()
        .where("deleted_at", "is", null)
        .whereRef("settled", "=", "wanted")
        .where("id", ">", id)
        .orderBy("id")
        .limit(1)
        .executeTakeFirst();
    return (await from(last)) ?? (await from(0));
  }

  return {
    async next() {
      const { strays } = driver;
      if (strays === null || busy || abort.signal.aborted) return;
      busy = true;
      try {
        const row = await following();
        if (row === undefined) return;
        last = row.id;
        const count = await strays(subjectOf(row), abort.signal);
        if (count > 0) log.warn({ subject: row.id, files: count }, "files have left their project");
        await remark(context, row.id, count);
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof BackEndAway)) throw error;
        log.warn({ err: error, subject: last }, "what somebody's files are counted to could not be looked at");
      } finally {
        busy = false;
      }
    },
    stop: () => abort.abort(),
  };
}

/** Another remark than ours stays. */
async function remark(context: StorageContext, id: number, count: number): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || (row.remark !== null && !row.remark.endsWith(REMARKS.strays))) return;
    const text = count > 0 ? `${count} ${REMARKS.strays}` : null;
    if (text === row.remark) return;
    await trx.updateTable("storage_subjects").set({ remark: text }).where("id", "=", id).execute();
    await publishChange(context, trx, row);
  });
  await context.known.refresh([id]);
}
