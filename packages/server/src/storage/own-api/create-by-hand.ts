import type { Static } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, StorageContext } from "../context.ts";
import { nameOf, userNameOf } from "../names.ts";
import { ensureSubject } from "../subjects/ensure.ts";
import { linkSubject, requireFree, requireLinkable } from "../subjects/link.ts";
import { findByName } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";
import { findDeleted } from "../trash/queries.ts";
import type { NewSubject } from "./schema.ts";

/**
 * Makes storage as an administrator asks for it; never silently over what was deleted.
 * @throws StoaError conflict (in_trash, with the id; exists), not_found (no such person or group), invalid (the name)
 */
export async function createByHand(
  context: StorageContext,
  caller: Caller,
  { kind, name: given, quota, anew, ...link }: Static<typeof NewSubject>,
): Promise<SubjectRow> {
  const { accountId, groupId } = { accountId: link.account_id ?? null, groupId: link.group_id ?? null };
  const name = kind === "user" ? userNameOf(given) : nameOf(given);
  await requireLinkable(context, { accountId, groupId });
  // Before anything is made: what is refused leaves nothing behind.
  await requireFree(context.db, kind, { accountId, groupId }, null);
  if ((await findByName(context.db, kind, name)) !== null) {
    const problem = `There is storage of the ${kind} ${name} already`;
    throw new StoaError("conflict", { details: { problem, reason: "exists" } });
  }
  const deleted = anew === true ? null : await findDeleted(context.db, kind, name);
  if (deleted !== null) {
    const problem = `What the ${kind} ${name} had is in the trash since ${deleted.deleted_at?.toISOString()}. Bring it back, or make it anew`;
    throw new StoaError("conflict", { details: { problem, reason: "in_trash", id: deleted.id, used: deleted.used } });
  }
  const row = await ensureSubject(context, caller, { kind, name, quota: quota ?? null });
  if (accountId === null && groupId === null) return row;
  return linkSubject(context, caller, row.id, { accountId, groupId });
}
