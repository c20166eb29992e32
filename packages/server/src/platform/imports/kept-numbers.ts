import { type Kysely, sql, type Transaction } from "kysely";
import type { ImportTables, NumberedKind } from "./tables.ts";

type Db = Kysely<ImportTables>;

/** The table whose identity column numbers things of a kind. */
const tables: Readonly<Record<NumberedKind, string>> = { person: "accounts", workspace: "workspaces", job: "jobs" };
/** No service counts so far. A number beyond it would use up ours. */
const HIGHEST = 1_000_000_000_000;
/** The old service may go on for a while after the first import: its next things find their numbers free. */
const AHEAD = 10_000;

/**
 * Which of these numbers a thing from elsewhere can have here: nobody has it, and nobody ever had. A number that our
 * sequence has passed may stand in audit entries of something that is gone, so only those count that were passed over
 * for this very source.
 */
export async function keepableNumbers(
  db: Db,
  source: string,
  kind: NumberedKind,
  wanted: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select w.id from unnest(${[...wanted]}::bigint[]) as w (id)
    where w.id between 1 and ${HIGHEST}
      and not exists (select 1 from ${sql.table(tables[kind])} t where t.id = w.id)
      and (w.id > ${lastNumber(kind)} or exists (
        select 1 from import_reservations r
        where r.source = ${source} and r.kind = ${kind} and w.id between r.low and r.high
      ))`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Moves our sequence past a source's highest number and some beyond, so that from now on nobody else gets one up to it.
 * Done when it returns; repeated it does nothing.
 */
export async function reserveNumbers(
  db: Db,
  source: string,
  kind: NumberedKind,
  wanted: readonly number[],
): Promise<void> {
  const highest = wanted.filter((id) => id <= HIGHEST).reduce((most, id) => Math.max(most, id), 0);
  if (highest === 0) return;
  await db.transaction().execute(async (trx) => {
    // Inserts wait, so that none draws a number between our look and our step.
    await sql`lock table ${sql.table(tables[kind])} in share row exclusive mode`.execute(trx);
    const { rows } = await sql<{ last: number }>`select ${lastNumber(kind)} as last`.execute(trx);
    const last = rows[0]?.last ?? 0;
    if (last >= highest) return;
    const high = highest + AHEAD;
    await trx
      .insertInto("import_reservations")
      .values({ source, kind, low: last + 1, high })
      .execute();
    await sql`select setval(pg_get_serial_sequence(${tables[kind]}, 'id'), ${high})`.execute(trx);
  });
}

/** New numbers from our sequence, for things that can't keep theirs. */
export async function drawNumbers(
  trx: Transaction<ImportTables>,
  kind: NumberedKind,
  count: number,
): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence(${tables[kind]}, 'id')) as id from generate_series(1, ${count})`.execute(trx);
  return rows.map(({ id }) => id);
}

function lastNumber(kind: NumberedKind) {
  return sql<number>`coalesce(pg_sequence_last_value(pg_get_serial_sequence(${tables[kind]}, 'id')::regclass), 0)`;
}
