import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OperationKind } from "../../platform/operations/contract.ts";
import { type Caller, publishChange, recordChange, type StorageContext, SYSTEM } from "../context.ts";
import type { HousingNeeds } from "../housing/contract.ts";
import { findById } from "../subjects/queries.ts";

export const ASIDE_KIND = "storage.aside_purge";

/** When folders that a move has set aside are removed for good. */
export function asideEnds(movedAt: Date, retentionDays: number): Date {
  return new Date(movedAt.getTime() + retentionDays * 86_400_000);
}

/**
 * Gives up what a move has set aside: an operation removes it.
 * @param id of the subject that the workspaces were moved into
 * @throws StoaError not_found: nothing is kept
 */
export async function purgeAside(context: StorageContext, caller: Caller, id: number): Promise<string> {
  return context.db.transaction().execute(async (trx) => {
    const move = await trx
      .updateTable("storage_moves")
      .set({ purge_at: new Date() })
      .where("subject_id", "=", id)
      .where("state", "=", "moved")
      .returningAll()
      .executeTakeFirst();
    const subject = await findById(trx, id);
    if (move === undefined || subject === null) {
      throw new StoaError("not_found", { details: { what: "folder that a move has set aside" } });
    }
    await recordChange(context, trx, caller, "storage.aside.purge", subject, { bytes: move.bytes });
    await publishChange(context, trx, subject);
    const operation = await context.platform.operations.enqueue(trx, {
      kind: ASIDE_KIND,
      subject: { kind: "storage", id: String(id) },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      input: { account_id: move.account_id },
    });
    return operation.id;
  });
}

/** Those that have been kept for long enough; what an earlier removal has left; and the leases of servers long gone. */
export async function endAsides(context: StorageContext): Promise<void> {
  const anHourAgo = sql<Date>`now() - interval '1 hour'`;
  await context.db.deleteFrom("storage_writers").where("until", "<", anHourAgo).execute();
  const { trashRetentionDays: days } = context.platform.config.storage;
  const rows = await context.db
    .selectFrom("storage_moves")
    .select("subject_id")
    .where("state", "=", "moved")
    .where("moved_at", "<=", new Date(Date.now() - days * 86_400_000))
    .execute();
  for (const { subject_id: id } of rows) {
    if (id === null) continue;
    await purgeAside(context, SYSTEM, id).catch((error: unknown) => {
      if (!(error instanceof StoaError && error.expected)) throw error;
    });
  }
}

/** Removes it, as its person where they have an account of their own. */
export function asideKind(context: StorageContext, needs: HousingNeeds): OperationKind {
  return {
    kind: ASIDE_KIND,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 24 * 3_600,
    concurrency: 1,
    exclusive: true,
    async run({ operation, signal }) {
      const accountId = Number(operation.input.account_id);
      const gone = await removeAside(context, needs, accountId, signal);
      return { gone };
    },
  };
}

/** @returns whether nothing is kept any more */
export async function removeAside(
  context: Pick<StorageContext, "db" | "platform">,
  needs: HousingNeeds,
  accountId: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = context;
  const move = await db.selectFrom("storage_moves").selectAll().where("account_id", "=", accountId).executeTakeFirst();
  if (move === undefined) return true;
  if (move.state !== "moved") {
    throw new StoaError("conflict", { details: { problem: "Their workspaces are being moved" } });
  }
  if (!(await needs.houses.moving.removeAside(accountId, signal))) {
    throw new StoaError("unavailable", { details: { what: "What a move has set aside" } });
  }
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom("storage_moves").where("account_id", "=", accountId).where("state", "=", "moved").execute();
    const subject = move.subject_id === null ? null : await findById(trx, move.subject_id);
    if (subject !== null) await publishChange(context, trx, subject);
  });
  return true;
}
