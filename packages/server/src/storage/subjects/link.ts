import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext } from "../context.ts";
import { requireNotErasing } from "../rescue/being-erased.ts";
import type { SubjectRow } from "../tables.ts";
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
    if ((row.kind === "user" && link.groupId !== null) || (row.kind === "group" && link.accountId !== null)) {
      const problem = `A ${row.kind === "user" ? "person's" : "group's"} storage is linked to a ${row.kind === "user" ? "person" : "group"}`;
      throw new StoaError("unprocessable", { details: { problem } });
    }
    if (row.account_id !== link.accountId) await requireNotErasing(trx, row);
    const other = await trx
      .selectFrom("storage_subjects")
      .select(["id", "name"])
      .where("deleted_at", "is", null)
      .where("id", "<>", id)
      .where((e) => e.or([e("account_id", "=", link.accountId ?? -1), e("group_id", "=", link.groupId ?? -1)]))
      .executeTakeFirst();
    if (other !== undefined) {
      const problem = `They have storage already: ${other.name}. Unlink that first`;
      throw new StoaError("conflict", { details: { problem, reason: "linked_elsewhere" } });
    }
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
