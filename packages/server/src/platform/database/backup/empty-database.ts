import type pg from "pg";
import { StartError } from "../../errors/start-error.ts";
import { inPublic, QUEUE_SCHEMA } from "./catalogue.ts";

/** @throws StartError while servers work on this database: they would go on with what is no longer true. */
export async function refuseInUse(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select distinct application_name as name from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name like 'stoa/%'`);
  if (rows.length === 0) return;
  throw new StartError(
    `Stoa servers are working on this database: ${rows.map((row) => row.name.slice("stoa/".length)).join(", ")}.`,
    "Stop them all, then restore.",
  );
}

/** @throws StartError when there is any table, whether it has rows or not. */
export async function refuseNotEmpty(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname in ('public', $1) order by 1 limit 3",
    [QUEUE_SCHEMA],
  );
  if (rows.length === 0) return;
  throw new StartError(
    `The database is not empty: it has the tables ${rows.map((row) => row.name).join(", ")} …`,
    "Restore into an empty one, or say --replace: everything in it is then removed.",
  );
}

/** Every statement that removes one thing of ours; what belongs to an extension stays. */
const listDrops = `
  select format('drop %s if exists %s cascade', kind, name) as statement from (
    select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
      as kind, c.oid::regclass::text as name, c.oid, case c.relkind when 'S' then 2 else 1 end as rank
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select 'routine', p.oid::regprocedure::text, p.oid, 2
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind <> 'a'
    union all
    select 'type', t.oid::regtype::text, t.oid, 3
    from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd')
  ) things
  where not exists (select 1 from pg_depend d where d.objid = things.oid and d.deptype = 'e')
  order by rank`;

/** Removes all that is ours, one by one: the schema itself may be another role's. */
export async function emptyDatabase(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(listDrops);
  for (const { statement } of rows) await client.query(statement);
  await client.query(`drop schema if exists ${QUEUE_SCHEMA} cascade`);
}

/** For the rows that migrations themselves made. */
export async function emptyTables(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  if (names.length > 0) await client.query(`truncate ${names.map(inPublic).join(", ")}`);
}
