import { StoaError } from "../../platform/errors/stoa-error.ts";
import { refused } from "../contract/messages.ts";
import type { WorkspacesDb } from "../tables.ts";
import type { SharingContext } from "./context.ts";
import { refusals } from "./messages.ts";

/** Copies that one request may make. */
export const MOST_RECEIVERS = 100;

export interface Receiver {
  readonly id: number;
  /** Null: named, not by a group. */
  readonly groupId: number | null;
}

/**
 * Those named, each once, active people other than the sender, whom the sender finds in the directory or who have
 * shared with them.
 * @param ids as they stand in the request, of whatever type
 * @throws StoaError invalid, in the contract's words and without saying which, or why
 */
export async function namedReceivers(
  context: Pick<SharingContext, "accounts" | "db">,
  senderId: number,
  ids: readonly unknown[],
): Promise<Receiver[]> {
  if (ids.length > MOST_RECEIVERS) throw tooMany();
  const wanted = ids.filter((id): id is number => Number.isSafeInteger(id) && Number(id) > 0 && id !== senderId);
  if (wanted.length !== ids.length) throw refused(refusals.invalidUser);
  const accounts = await context.accounts.byIds(wanted);
  if (wanted.some((id) => accounts.get(id)?.active !== true)) throw refused(refusals.invalidUser);
  // A share shows its sender the receiver's name and address: not of people whom they can't know.
  const known = new Set([
    ...(await context.accounts.findable(senderId, wanted)),
    ...(await sharersWith(context.db, senderId)),
  ]);
  if (wanted.some((id) => !known.has(id))) throw refused(refusals.invalidUser);
  return [...new Set(wanted)].map((id) => ({ id, groupId: null }));
}

/** Who has shared with somebody may be answered in kind. */
async function sharersWith(db: WorkspacesDb, receiverId: number): Promise<number[]> {
  const rows = await db
    .selectFrom("workspace_shares")
    .select("sender_id")
    .distinct()
    .where("receiver_id", "=", receiverId)
    .execute();
  return rows.map(({ sender_id }) => sender_id);
}

/**
 * The active members of a group of the sender's own, without the sender.
 * @throws StoaError not_found for a group that the sender is not in, invalid for one that is too large
 */
export async function groupReceivers(
  context: Pick<SharingContext, "accounts">,
  senderId: number,
  groupId: number,
): Promise<Receiver[]> {
  const { accounts } = context;
  if (!(await accounts.groups.isMember({ accountId: senderId, groupId }))) {
    throw new StoaError("not_found", { details: { what: "group" } });
  }
  const members = (await accounts.groups.membersOf(groupId)).filter((id) => id !== senderId);
  if (members.length > MOST_RECEIVERS) throw tooMany();
  const known = await accounts.byIds(members);
  return members.filter((id) => known.get(id)?.active === true).map((id) => ({ id, groupId }));
}

function tooMany(): StoaError {
  return refused(`One request takes ${MOST_RECEIVERS} receivers at most.`);
}
