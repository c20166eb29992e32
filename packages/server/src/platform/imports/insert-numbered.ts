import { type Insertable, sql, type Transaction } from "kysely";

/**
 * Inserts rows whose numbers we set ourselves into a table that otherwise numbers them (Kysely has no word for it).
 * @param rows all of the same columns, at least one row
 */
export async function insertNumbered<Tables, Table extends keyof Tables & string>(
  trx: Transaction<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => {
    const cells = new Map(Object.entries(row));
    return sql`(${sql.join(columns.map((column) => cells.get(column)))})`;
  });
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    overriding system value values ${sql.join(values)}`.execute(trx);
}
