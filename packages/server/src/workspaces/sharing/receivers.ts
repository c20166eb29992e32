import { StoaError } from "../../platform/errors/stoa-error.ts";
import { refused } from "../contract/messages.ts";
import type { WorkspacesDb } from "../tables.ts";
import type { SharingContext } from "./context.ts";
import { refusals } from "./messages.ts";

/** Copies that one request may make. */
export const MOST_RECEIVERS = 100;
/** Shares of one person that wait for an answer. */
const MOST_PENDING = 500;
/** New shares from one person to another in a day: each one is a mail, and takes of the receiver's disk. */
const MOST_A_DAY = 50;

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

/** @throws StoaError conflict, rate_limited. Two calls at once may both be the last. */
export async function requireRoomToShare(
  db: WorkspacesDb,
  senderId: number,
  receivers: readonly Receiver[],
): Promise<void> {
  const { count } = await db
    .selectFrom("workspace_shares")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("sender_id", "=", senderId)
    .where("answer", "is", null)
    .where("copy_state", "<>", "failed")
    .executeTakeFirstOrThrow();
  if (Number(count) + receivers.length > MOST_PENDING) {
    const problem = `${count} shares of yours wait for an answer, and ${MOST_PENDING} may. Cancel some first`;
    throw new StoaError("conflict", { details: { problem } });
  }
  const today = await db
    .selectFrom("workspace_shares")
    .select("receiver_id")
    .where("sender_id", "=", senderId)
    .where(
      "receiver_id",
      "in",
      receivers.map(({ id }) => id),
    )
    .where("created_at", ">", new Date(Date.now() - 86_400_000))
    .groupBy("receiver_id")
    .having((eb) => eb.fn.countAll(), ">=", MOST_A_DAY)
    .limit(1)
    .executeTakeFirst();
  if (today) {
    const message = `You have shared ${MOST_A_DAY} times with one of them since yesterday. Try again tomorrow.`;
    throw new StoaError("rate_limited", { message, details: { seconds: 3_600 } });
  }
}

function tooMany(): StoaError {
  return refused(`One request takes ${MOST_RECEIVERS} receivers at most.`);
}
