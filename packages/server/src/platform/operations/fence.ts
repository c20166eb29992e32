import { sql } from "kysely";
import type { Trx } from "./deps.ts";
import { OperationStopped } from "./stopped.ts";
import type { OperationRow } from "./tables.ts";

export interface Held {
  readonly id: string;
  readonly fence: number;
}

/**
 * First in every step's transaction: goes on only while the operation is still this worker's, and keeps it so
 * until the transaction ends. FOR KEY SHARE is enough: every change of hands takes FOR UPDATE and waits for it,
 * while heartbeats of the same row go through. A worker that stalls inside a step must not block the takeover
 * for ever either, so PostgreSQL ends its transaction after `idleMs` without a statement.
 * @throws OperationStopped lost
 */
export async function holdFence(trx: Trx, held: Held, idleMs: number): Promise<{ cancelRequested: boolean }> {
  const { rows } = await sql<{ cancel_requested: boolean }>`
    select cancel_requested, set_config('idle_in_transaction_session_timeout', ${String(idleMs)}, true)
    from operations where id = ${held.id} and fence = ${held.fence} and state = 'running'
    for key share`.execute(trx);
  const [row] = rows;
  if (!row) throw new OperationStopped("lost");
  return { cancelRequested: row.cancel_requested };
}

/** A fenced write of the row itself. @throws OperationStopped lost */
export async function writeFenced(
  trx: Trx,
  held: Held,
  changes: {
    progress?: number | null;
    message?: string | null;
    settling?: "failed" | "cancelled";
    error?: string | null;
  },
): Promise<OperationRow> {
  const row = await trx
    .updateTable("operations")
    .set({ ...changes, ...(changes.settling && { settle_attempts: 1 }) })
    .where("id", "=", held.id)
    .where("fence", "=", held.fence)
    .where("state", "=", "running")
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new OperationStopped("lost");
  return row;
}
