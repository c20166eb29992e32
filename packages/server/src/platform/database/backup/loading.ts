import pg from "pg";
import { inPublic, listTables, type SequenceState } from "./catalogue.ts";
import { emptyTables } from "./empty-database.ts";

/** Not a superuser's: `session_replication_role` would be. */
const listForeignKeys = `
  select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
  order by 1, 2`;

/**
 * Readies the tables for rows in any order: without what migrations put there, without triggers of ours (they
 * announce, forbid and count) and without foreign keys, which `openTables` makes again and thereby checks.
 */
export async function closeTables(client: pg.ClientBase): Promise<void> {
  const names = (await listTables(client)).map((table) => table.name);
  for (const name of names) await client.query(`alter table ${inPublic(name)} disable trigger user`);
  await client.query(`create temporary table restore_foreign_keys on commit drop as ${listForeignKeys}`);
  const { rows } = await client.query<{ table: string; name: string }>("select * from restore_foreign_keys");
  for (const key of rows)
    await client.query(`alter table ${key.table} drop constraint ${pg.escapeIdentifier(key.name)}`);
  await emptyTables(client, names);
}

/** Foreign keys and triggers as they were. A row that refers to nothing fails here. */
export async function openTables(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    "select * from restore_foreign_keys",
  );
  for (const { table, name, definition } of rows) {
    await client.query(`alter table ${table} add constraint ${pg.escapeIdentifier(name)} ${definition}`);
  }
  for (const { name } of await listTables(client)) {
    await client.query(`alter table ${inPublic(name)} enable trigger user`);
  }
}

export async function setSequences(client: pg.ClientBase, sequences: readonly SequenceState[]): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences) {
    await client.query("select setval($1::regclass, $2::bigint, $3)", [inPublic(name), lastValue, isCalled]);
  }
}
