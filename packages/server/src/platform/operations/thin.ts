import { type RawBuilder, sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import type { Db } from "../database/database.ts";
import type { OperationKind, Operations } from "./contract.ts";

export const THIN_KIND = "operations.thin";
/** Rows looked at in one statement: none holds locks for long. */
const AT_ONCE = 1_000;

/** A column that names an operation by its id, in whichever domain. All three parts are ours, never anybody's input. */
export interface OperationReference {
  readonly table: string;
  readonly column: string;
  /** A condition on the row, in SQL: only so long is the operation still needed. Left out: as long as the row is there. */
  readonly while?: string;
}

/** The queue's own. */
const OWN: readonly OperationReference[] = [
  { table: "operation_keys", column: "operation_id" },
  { table: "operation_schedules", column: "last_operation_id" },
];

/**
 * Forgets operations that ended long ago, with their history; but none that anything still refers to. What they did
 * stays in the audit log. Goes from the oldest to the first that is young enough, in batches of their own transaction.
 * @returns how many went
 */
export async function thinOperations(
  db: Db,
  references: readonly OperationReference[],
  { keptDays, signal, atOnce = AT_ONCE }: ThinningOptions,
): Promise<number> {
  const before = new Date(Date.now() - keptDays * 86_400_000);
  const needed = sql.join([...OWN, ...references].map(refersTo), sql` or `);
  let count = 0;
  for (let after = 0; !signal.aborted; ) {
    const { rows } = await sql<{ last: number | null; newest: Date | null; gone: number }>`
      with batch as (select id, seq, created_at from operations where seq > ${after} order by seq limit ${atOnce}),
      gone as (
        delete from operations o using batch b where b.id = o.id and o.state in ('succeeded', 'failed', 'cancelled')
          and o.finished_at < ${before} and not (${needed}) returning o.id
      )
      select (select max(seq) from batch) as last, (select max(created_at) from batch) as newest,
        (select count(*)::int from gone) as gone`.execute(db);
    const [batch] = rows;
    count += batch?.gone ?? 0;
    // None that was asked for later can have ended earlier.
    if (batch?.last == null || batch.newest === null || batch.newest >= before) break;
    after = batch.last;
  }
  return count;
}

interface ThinningOptions {
  readonly keptDays: number;
  readonly signal: AbortSignal;
  readonly atOnce?: number;
}

function refersTo({ table, column, while: condition }: OperationReference): RawBuilder<boolean> {
  const still = condition === undefined ? sql`` : sql` and (${sql.raw(condition)})`;
  return sql<boolean>`exists (select from ${sql.table(table)} r where ${sql.ref(`r.${column}`)} = o.id${still})`;
}

/** Nightly, once in the cluster; never where everything is to be kept. Before the start. */
export function keepOperationsThin(
  { db, config, operations }: { db: Db; config: Pick<Config, "operations">; operations: Operations },
  references: readonly OperationReference[],
): void {
  const { keptDays } = config.operations;
  const kind: OperationKind = {
    kind: THIN_KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 3_000,
    concurrency: 1,
    exclusive: true,
    run: async ({ signal }) => ({
      removed: keptDays === 0 ? 0 : await thinOperations(db, references, { keptDays, signal }),
    }),
  };
  operations.register(kind);
  if (keptDays === 0) return;
  operations.schedule(THIN_KIND, "37 2 * * *", {
    kind: THIN_KIND,
    subject: { kind: "operations", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
}
