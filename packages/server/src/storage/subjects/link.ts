import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext } from "../context.ts";
import { requireNotErasing } from "../rescue/being-erased.ts";
import type { StorageDb, StorageTrx, SubjectRow } from "../tables.ts";
import { requireDone } from "./outcomes.ts";
import { findById, lockById } from "./queries.ts";

export interface Link {
  readonly accountId: number | null;
  readonly groupId: number | null;
}

/**
 * Says whose a directory is. Equal names mean nothing: only an administrator, or what Stoa makes itself, links.
 * @throws StoaError not_found, unprocessable (a person's to a group, or the reverse), conflict (linked elsewhere, in use)
 */
export async function linkSubject(
  context: StorageContext,
  caller: Caller,
  id: number,
  link: Link,
): Promise<SubjectRow> {
  await requireLinkable(context, link);
  const present = await findById(context.db, id);
  const use = present === null || present.account_id === link.accountId ? null : await context.inUse(present);
  if (use !== null) throw new StoaError("conflict", { details: { problem: use, reason: "in_use" } });
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || row.deleted_at !== null) throw new StoaError("not_found", { details: { what: "storage" } });
    if (row.account_id !== link.accountId) await requireNotErasing(trx, row);
    await requireFree(trx, row.kind, link, id);
    await trx
      .updateTable("storage_subjects")
      // Its owner may be another from now on.
      .set({ account_id: link.accountId, group_id: link.groupId, wanted: sql<number>`wanted + 1` })
      .where("id", "=", id)
      .execute();
    const subject = { ...row, account_id: link.accountId ?? row.account_id };
    const from = { account_id: row.account_id, group_id: row.group_id };
    const to = { account_id: link.accountId, group_id: link.groupId };
    await recordChange(context, trx, caller, "storage.link", subject, { from, to });
    await publishChange(context, trx, subject);
  });
  const outcome = (await context.settler.settle([id])).get(id) ?? { code: "missing" as const, problem: "" };
  await context.known.refresh([id]);
  requireDone(outcome, "giving it to them");
  const row = context.known.byId(id);
  if (row === null) throw new StoaError("not_found", { details: { what: "storage" } });
  return row;
}

/**
 * Nobody has two, and a person's is no group's.
 * @param except the one that is to be linked, or null: there is none yet
 * @throws StoaError unprocessable (a person's to a group, or the reverse), conflict (linked elsewhere)
 */
export async function requireFree(
  db: StorageDb | StorageTrx,
  kind: SubjectRow["kind"],
  { accountId, groupId }: Link,
  except: number | null,
): Promise<void> {
  if ((kind === "user" && groupId !== null) || (kind === "group" && accountId !== null)) {
    const problem = `A ${kind === "user" ? "person's" : "group's"} storage is linked to a ${kind === "user" ? "person" : "group"}`;
    throw new StoaError("unprocessable", { details: { problem } });
  }
  const other = await db
    .selectFrom("storage_subjects")
    .select("name")
    .where("deleted_at", "is", null)
    .where("id", "<>", except ?? -1)
    .where((e) => e.or([e("account_id", "=", accountId ?? -1), e("group_id", "=", groupId ?? -1)]))
    .executeTakeFirst();
  if (other === undefined) return;
  const problem = `They have storage already: ${other.name}. Unlink that first`;
  throw new StoaError("conflict", { details: { problem, reason: "linked_elsewhere" } });
}

/** @throws StoaError not_found: no such person or group, or a deleted one */
export async function requireLinkable({ people }: StorageContext, { accountId, groupId }: Link): Promise<void> {
  if (accountId !== null) {
    const account = await people.get(accountId);
    if (account === null || account.deleted) throw new StoaError("not_found", { details: { what: "person" } });
  }
  if (groupId !== null && (await people.groups.get(groupId)) === null) {
    throw new StoaError("not_found", { details: { what: "group" } });
  }
}
