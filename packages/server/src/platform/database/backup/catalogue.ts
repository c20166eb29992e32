import pg from "pg";

/** The queue is made anew from the operations; it is no part of a backup. */
export const QUEUE_SCHEMA = "pgboss";

export interface BackupTable {
  readonly name: string;
  /** In order; generated ones left out: they can't be written. */
  readonly columns: readonly string[];
  /** Of a part that a server made while it ran, in the server's own words: `FOR VALUES FROM (…) TO (…)`. */
  readonly partOf?: { readonly table: string; readonly bounds: string };
}

export interface SequenceState {
  readonly name: string;
  /** int8 as text. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** Every table of ours, partitions one by one. */
export async function listTables(client: pg.ClientBase): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; parent: string | null; bounds: string }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
      (select p.relname from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid) as parent,
      pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and c.relname <> 'kysely_migration_lock'
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    group by c.oid, c.relname order by c.relname`);
  return rows.map(({ name, columns, parent, bounds }) =>
    parent === null ? { name, columns } : { name, columns, partOf: { table: parent, bounds } },
  );
}

export async function listSequences(client: pg.ClientBase): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'S' order by relname`);
  const states: SequenceState[] = [];
  for (const { name } of rows) {
    const { rows: found } = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${inPublic(name)}`,
    );
    const state = found[0];
    if (state) states.push({ name, lastValue: state.value, isCalled: state.called });
  }
  return states;
}

/** The statement half that COPY's two directions share. */
export function copyTarget(table: BackupTable): string {
  return `${inPublic(table.name)} (${table.columns.map((column) => pg.escapeIdentifier(column)).join(", ")})`;
}

export function inPublic(name: string): string {
  return `public.${pg.escapeIdentifier(name)}`;
}

/** Text that means the same on every server, whatever its settings. */
export async function plainText(client: pg.ClientBase): Promise<void> {
  await client.query(`set client_encoding = 'UTF8'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601';
    set timezone = 'UTC'; set bytea_output = 'hex'; set extra_float_digits = 1;
    set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = 0`);
}
