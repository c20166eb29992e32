import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { WorkspaceRow, WorkspacesDb, WorkspacesTrx } from "../tables.ts";
import type { Receiver } from "./receivers.ts";

/** Shares of one person that wait for an answer. */
const MOST_PENDING = 500;
/** Of those, to one receiver: what nobody has asked for lies on their side of the disk. */
const MOST_PENDING_WITH_ONE = 20;
/** New shares from one person to another in a day: each one is a mail, and takes of the receiver's disk. */
const MOST_A_DAY = 50;
/** Beside a sender's number; a test sees to it that no other lock has it. */
const OFFER_LOCK = 356_434;

interface Offer {
  readonly row: Pick<WorkspaceRow, "owner_id" | "disk_space">;
  readonly receivers: readonly Receiver[];
  /** Bytes that one person's unanswered shares may hold at one receiver. */
  readonly limit: number;
}

/**
 * Refuses more than one person may offer, in the transaction that offers it; until its end no other one of theirs is
 * counted. What a workspace holds is what the last scan found: the bytes are counted again as they arrive.
 * @throws StoaError too_large, conflict, rate_limited
 */
export async function requireRoomToShare(trx: WorkspacesTrx, { row, receivers, limit }: Offer): Promise<void> {
  if (row.disk_space > limit) throw tooLarge(limit);
  await sql`select pg_advisory_xact_lock(${OFFER_LOCK}, ${row.owner_id}::int)`.execute(trx);
  const all = await waitingOf(trx, row.owner_id);
  const count = all.reduce((sum, { shares }) => sum + shares, 0);
  if (count + receivers.length > MOST_PENDING) {
    const problem = `${count} shares of yours wait for an answer, and ${MOST_PENDING} may. Cancel some first`;
    throw new StoaError("conflict", { details: { problem, reason: "shares_unanswered" } });
  }
  const ids = new Set(receivers.map(({ id }) => id));
  const theirs = all.filter(({ receiver_id }) => ids.has(receiver_id));
  if (theirs.some(({ shares }) => shares >= MOST_PENDING_WITH_ONE)) {
    const problem = `One of them has not answered ${MOST_PENDING_WITH_ONE} shares of yours yet. Cancel some first, or wait`;
    throw new StoaError("conflict", { details: { problem, reason: "shares_unanswered" } });
  }
  if (theirs.some(({ bytes }) => bytes + row.disk_space > limit)) throw unanswered(limit);
  await refuseDaily(trx, row.owner_id, [...ids]);
}

/** What of a person's shares waits for an answer; of what is still on its way the size that was known. */
async function waitingOf(trx: WorkspacesTrx, senderId: number) {
  return trx
    .selectFrom("workspace_shares as share")
    .innerJoin("share_offers as offer", "offer.id", "share.offer_id")
    .select([
      "share.receiver_id",
      sql<number>`count(*)::int`.as("shares"),
      sql<number>`sum(coalesce(share.copied_bytes, offer.disk_space))::float8`.as("bytes"),
    ])
    .where("share.sender_id", "=", senderId)
    .where("share.answer", "is", null)
    .where("share.copy_state", "<>", "failed")
    .groupBy("share.receiver_id")
    .execute();
}

async function refuseDaily(trx: WorkspacesTrx, senderId: number, receiverIds: readonly number[]): Promise<void> {
  const today = await trx
    .selectFrom("workspace_shares")
    .select("receiver_id")
    .where("sender_id", "=", senderId)
    .where("receiver_id", "in", receiverIds)
    .where("created_at", ">", new Date(Date.now() - 86_400_000))
    .groupBy("receiver_id")
    .having((eb) => eb.fn.countAll(), ">=", MOST_A_DAY)
    .limit(1)
    .executeTakeFirst();
  if (!today) return;
  const message = `You have shared ${MOST_A_DAY} times with one of them since yesterday. Try again tomorrow.`;
  throw new StoaError("rate_limited", { message, details: { seconds: 3_600 } });
}

/** Bytes of whole copies beside this one that the receiver has from the same sender and has not answered. */
export async function bytesUnanswered(
  db: WorkspacesDb,
  share: { readonly id: number; readonly sender_id: number; readonly receiver_id: number },
): Promise<number> {
  const { bytes } = await db
    .selectFrom("workspace_shares")
    .select(sql<number>`coalesce(sum(copied_bytes), 0)::float8`.as("bytes"))
    .where("sender_id", "=", share.sender_id)
    .where("receiver_id", "=", share.receiver_id)
    .where("id", "<>", share.id)
    .where("answer", "is", null)
    .where("copy_state", "<>", "failed")
    .executeTakeFirstOrThrow();
  return bytes;
}

export function tooLarge(limit: number): StoaError {
  const message = `The workspace holds more than ${limit} bytes, dot files included, and no more may be shared. Take something out of it first.`;
  return new StoaError("too_large", { message, details: { limit, reason: "share_too_large" } });
}

export function unanswered(limit: number): StoaError {
  const problem = `What you have shared with one of them and is not answered may hold ${limit} bytes together, and this would be more. Cancel some of it first, or wait`;
  return new StoaError("conflict", { details: { problem, reason: "shares_unanswered" } });
}
