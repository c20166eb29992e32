import { type Kysely, sql } from "kysely";
import type { AuditTables } from "./tables.ts";

/**
 * The one way in which entries go: from the beginning of the chain, up to the last sealed one before `before`.
 * The chain then begins at the hash of the last that went. Nothing calls it by itself.
 * @returns how many went.
 */
export function retainAudit(db: Kysely<AuditTables>, before: Date): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('stoa.audit_retention', 'on', true)`.execute(trx);
    const { rows } = await sql<{ seq: number; hash: Buffer }>`
      select seq, hash from audit_seals
      where seq < coalesce(
        (select min(s.seq) from audit_seals s join audit_entries e on e.id = s.entry_id where e.at >= ${before}),
        (select head_seq + 1 from audit_chain))
      order by seq desc limit 1`.execute(trx);
    const last = rows[0];
    if (!last) return 0;
    await sql`delete from audit_entries where id in (select entry_id from audit_seals where seq <= ${last.seq})`.execute(
      trx,
    );
    const gone = await trx.deleteFrom("audit_seals").where("seq", "<=", last.seq).executeTakeFirst();
    await trx.deleteFrom("audit_heads").where("seq", "<=", last.seq).execute();
    await trx.updateTable("audit_chain").set({ base_seq: last.seq, base_hash: last.hash }).execute();
    return Number(gone.numDeletedRows);
  });
}
