import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext, SYSTEM } from "../context.ts";
import type { StorageTrx, SubjectKind, SubjectRow } from "../tables.ts";
import { adoptIfThere } from "./adopt.ts";
import { inTurn } from "./in-turn.ts";
import { requireDone } from "./outcomes.ts";
import { findByName, lockById } from "./queries.ts";

export interface EnsureSubject {
  readonly kind: SubjectKind;
  /** As `nameOf` gave it. */
  readonly name: string;
  /** Bytes. Null: as it is, none for a new one. */
  readonly quota: number | null;
  /** Left out: to nobody. Only for a new one. */
  readonly accountId?: number | null;
  readonly groupId?: number | null;
}

/**
 * Makes a directory or dataset, or gives it another quota; resolves when it is so. One that is there already, made by
 * others, is adopted with the quota that it has.
 * @throws StoaError conflict (something else stands there; a quota below what is used, where the driver refuses that),
 *   disk_full, unavailable (noted: it is made so as soon as it can be)
 */
export async function ensureSubject(context: StorageContext, caller: Caller, wish: EnsureSubject): Promise<SubjectRow> {
  const { db, known, settler } = context;
  const { kind, name } = wish;
  const present = (await findByName(db, kind, name)) ?? (await adoptIfThere(context, kind, name));
  // Those who ask for one name at once wait for each other without a connection.
  const change = await inTurn(`${kind}/${name}`, () =>
    db.transaction().execute(async (trx) => {
      if (present === null) return makeRow(context, trx, caller, wish);
      const locked = await lockById(trx, present.id);
      if (locked === null || locked.deleted_at !== null) return null;
      return { row: await changeQuota(context, trx, caller, locked, wish.quota), before: locked };
    }),
  );
  // Deleted a moment ago. In a transaction of its own: whoever held that row and then another's would lock against
  // the order of numbers.
  if (change === null) return ensureSubject(context, caller, wish);
  const { row, before } = change;
  if (isBeingTakenOver(row)) {
    // It is there; its files get their number one after another, which nobody waits for.
    void settler.settleSlowly([row.id]);
    await known.refresh([row.id]);
    return row;
  }
  const outcome = (await settler.settle([row.id])).get(row.id) ?? { code: "missing" as const, problem: "" };
  if (outcome.code === "below_used" && before !== null) await putBack(context, row, before);
  await known.refresh([row.id]);
  // Found a moment ago, and gone before it was taken over: now it is made.
  if (outcome.code === "missing" && row.adopted) return ensureSubject(context, caller, wish);
  requireDone(outcome, `${kind} ${name}`);
  return known.byId(row.id) ?? row;
}

/** Others made it, and it was not put in order yet. */
const isBeingTakenOver = ({ adopted, settled }: SubjectRow) => adopted && settled === 0;

type Change = { readonly row: SubjectRow; readonly before: SubjectRow | null };

/** Of several who make it at once, one does; the others change its quota. */
async function makeRow(
  context: StorageContext,
  trx: StorageTrx,
  caller: Caller,
  { kind, name, quota, accountId = null, groupId = null }: EnsureSubject,
): Promise<Change> {
  const row = await trx
    .insertInto("storage_subjects")
    .values({
      ...{ kind, name, account_id: accountId, group_id: groupId },
      ...(quota === null || quota === 0
        ? {}
        : { quota, quota_by: caller.actor.label, quota_at: new Date(), enforced_quota: null }),
    })
    .onConflict((conflict) => conflict.columns(["kind", "name"]).where("deleted_at", "is", null).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) {
    const other = await findByName(trx, kind, name);
    const locked = other === null ? null : await lockById(trx, other.id);
    if (locked === null || locked.deleted_at !== null) {
      throw new StoaError("conflict", { details: { problem: `${kind} ${name} is being made and deleted by others` } });
    }
    return { row: await changeQuota(context, trx, caller, locked, quota), before: locked };
  }
  await recordChange(context, trx, caller, "storage.create", row, { quota: row.quota });
  await publishChange(context, trx, row);
  return { row, before: null };
}

/** Null and what it is already change nothing, and leave no trace: hooks ask at every spawn. */
export async function changeQuota(
  context: Pick<StorageContext, "platform">,
  trx: StorageTrx,
  caller: Caller,
  row: SubjectRow,
  quota: number | null,
): Promise<SubjectRow> {
  if (quota === null || quota === row.quota) return row;
  const changed = await trx
    .updateTable("storage_subjects")
    .set({
      ...{ quota, quota_by: caller.actor.label, quota_at: new Date() },
      // An administrator's figure stands for itself: a raise that was taken is over, and another may be taken.
      ...{ raise: 0, raise_until: null, raise_taken_at: null },
      wanted: row.wanted + 1,
    })
    .where("id", "=", row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordChange(context, trx, caller, "storage.quota.set", row, { from: row.quota, to: quota });
  await publishChange(context, trx, row);
  return changed;
}

/** What could not be done does not stay as what should be, if nobody has changed it since. */
export async function putBack(context: StorageContext, row: SubjectRow, before: SubjectRow): Promise<void> {
  if (before.quota === row.quota) return;
  await context.db.transaction().execute(async (trx) => {
    const now = await lockById(trx, row.id);
    if (now === null || now.wanted !== row.wanted) return;
    const { quota, quota_by, quota_at, raise, raise_until, raise_taken_at } = before;
    await trx
      .updateTable("storage_subjects")
      .set({ quota, quota_by, quota_at, raise, raise_until, raise_taken_at, wanted: now.wanted + 1 })
      .where("id", "=", row.id)
      .execute();
    await recordChange(context, trx, SYSTEM, "storage.quota.set", row, {
      from: row.quota,
      to: quota,
      reason: "below what is used",
    });
    await publishChange(context, trx, row);
  });
  await context.settler.settle([row.id]);
}
