import { sql } from "kysely";
import type { MoveRow, StorageDb, StorageTrx } from "../tables.ts";

/** One lock for each account: its moves begin by it, and writers ask under it whether one has. */
const MOVE_LOCK = 1_400_130_934;

/** Until the transaction ends. `shared`: many may look at once, and no move begins. */
export async function lockMoves(trx: StorageTrx, accountId: number, how: "shared" | "alone"): Promise<void> {
  const key = sql`${MOVE_LOCK}, ${accountId % 2_147_483_647}::int`;
  await (how === "alone"
    ? sql`select pg_advisory_xact_lock(${key})`.execute(trx)
    : sql`select pg_advisory_xact_lock_shared(${key})`.execute(trx));
}

/** A move, and whether the operation that does it has not ended. */
export type Move = MoveRow & { readonly isLive: boolean };

export async function moveOf(db: StorageDb | StorageTrx, accountId: number): Promise<Move | null> {
  const row = await db
    .selectFrom("storage_moves as m")
    .leftJoin("operations as o", "o.id", "m.operation_id")
    .selectAll("m")
    .select("o.state as operation_state")
    .where("m.account_id", "=", accountId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { operation_state: state, ...move } = row;
  return { ...move, isLive: state === "queued" || state === "running" };
}

/**
 * Whether nobody may write. A copy that nobody goes on with is none any more; what was begun to be switched is looked
 * at on the disk first.
 */
export function holdsUp(move: Move | null): boolean {
  return move !== null && (move.state === "switching" || (move.state === "copying" && move.isLive));
}

/** The move has come to its end: the old folders are kept aside from now on. */
export async function noteMoved(db: StorageDb, { account_id, operation_id }: MoveRow): Promise<void> {
  await db
    .updateTable("storage_moves")
    .set({ state: "moved", moved_at: new Date() })
    .where("account_id", "=", account_id)
    .where("operation_id", "=", operation_id)
    .where("state", "=", "switching")
    .execute();
}

/** The move has come to nothing. */
export async function forgetMove(db: StorageDb, { account_id, operation_id }: MoveRow): Promise<void> {
  await db
    .deleteFrom("storage_moves")
    .where("account_id", "=", account_id)
    .where("operation_id", "=", operation_id)
    .where("state", "<>", "moved")
    .execute();
}

/** Servers that work on the account's files now. */
export async function writersOf(db: StorageDb, accountId: number): Promise<number> {
  const { count } = await db
    .selectFrom("storage_writers")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("account_id", "=", accountId)
    .where("until", ">", sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return Number(count);
}
