import { type Kysely, sql } from "kysely";
import { type ChainedEntry, chainedColumns, linkHash } from "./chain.ts";
import type { AuditTables } from "./tables.ts";

export interface Head {
  readonly seq: number;
  readonly hash: Buffer;
}

/** Any number of ours: whoever holds it is the sealer for this transaction. */
const SEALER_LOCK = 356_428;

/**
 * Chains up to `limit` committed entries that are not chained yet. Their order in the chain is the order of
 * sealing, not of ids, so an entry that commits late simply comes later, and none is skipped.
 * @returns how many; null when another process is sealing now.
 */
export function sealBatch(db: Kysely<AuditTables>, limit: number): Promise<number | null> {
  return db.transaction().execute(async (trx) => {
    // A statement of its own: the next one's snapshot must be newer than the lock.
    const lock = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as held`.execute(trx);
    if (!lock.rows[0]?.held) return null;
    const { rows: entries } = await takeUnsealed(trx, limit);
    if (entries.length === 0) return 0;
    const head = await readHead(trx);
    const seals = chain(head, entries);
    await sql`
      with last as (
        insert into audit_seals (seq, entry_id, hash)
        select * from unnest(${seals.map((seal) => seal.seq)}::bigint[], ${entries.map((entry) => entry.id)}::bigint[],
          ${seals.map((seal) => seal.hash)}::bytea[])
      )
      update audit_chain set head_seq = ${seals.at(-1)?.seq}, head_hash = ${seals.at(-1)?.hash}`.execute(trx);
    return entries.length;
  });
}

/** Whether a committed entry waits. */
export async function hasUnsealed(db: Kysely<AuditTables>): Promise<boolean> {
  const first = db.selectFrom("audit_unsealed").select("entry_id").orderBy("entry_id").limit(1);
  return (await first.executeTakeFirst()) !== undefined;
}

function takeUnsealed(db: Kysely<AuditTables>, limit: number) {
  return sql<ChainedEntry>`
    with taken as (
      delete from audit_unsealed where entry_id in (
        select entry_id from audit_unsealed order by entry_id limit ${limit}
      ) returning entry_id
    )
    select ${chainedColumns} from audit_entries e join taken on taken.entry_id = e.id order by e.id`.execute(db);
}

function chain(head: Head, entries: readonly ChainedEntry[]): Head[] {
  let { seq, hash } = head;
  return entries.map((entry) => {
    seq += 1;
    hash = linkHash(hash, seq, entry);
    return { seq, hash };
  });
}

export async function readHead(db: Kysely<AuditTables>): Promise<Head> {
  const row = await db.selectFrom("audit_chain").select(["head_seq", "head_hash"]).executeTakeFirstOrThrow();
  return { seq: row.head_seq, hash: row.head_hash };
}

/** Keeps the head in a table of its own; the caller also logs it, out of the database's reach. */
export async function noteHead(db: Kysely<AuditTables>): Promise<Head> {
  const head = await readHead(db);
  if (head.seq > 0) {
    await db
      .insertInto("audit_heads")
      .values(head)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return head;
}
