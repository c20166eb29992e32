import { type Kysely, sql } from "kysely";

/**
 * Everything that migrations make in the schema `public`, one line each, sorted: tables, columns, constraints,
 * indexes, triggers, functions, types, sequences. Two databases with the same lines have the same schema
 * (the order of columns left out: an upgraded table has its newer columns last).
 */
export async function describeSchema<T>(db: Kysely<T>): Promise<string[]> {
  const found = await Promise.all(queries.map((query) => query.execute(db)));
  return found.flatMap(({ rows }) => rows.map((row) => row.line)).sort();
}

const inPublic = sql`n.nspname = 'public' and not exists (
  select 1 from pg_depend e where e.objid = o.oid and e.deptype = 'e')`;

const queries = [
  sql<{ line: string }>`
    select format('column %s.%s %s%s%s%s%s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' end, ' default ' || pg_get_expr(d.adbin, d.adrelid),
      ' identity ' || nullif(a.attidentity::text, ''), ' generated ' || nullif(a.attgenerated::text, '')) as line
    from pg_class o join pg_namespace n on n.oid = o.relnamespace
    join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
    where o.relkind in ('r', 'p', 'v', 'm') and ${inPublic}`,
  sql<{ line: string }>`
    select format('relation %s %s%s', o.relkind, o.relname, ' as ' || pg_get_viewdef(
      case when o.relkind in ('v', 'm') then o.oid end)) as line
    from pg_class o join pg_namespace n on n.oid = o.relnamespace
    where o.relkind in ('r', 'p', 'v', 'm', 'S') and ${inPublic}`,
  // PostgreSQL 18 lists NOT NULL as constraints, under names that depend on history; the columns say it already.
  sql<{ line: string }>`
    select format('constraint %s on %s: %s', o.conname, o.conrelid::regclass, pg_get_constraintdef(o.oid)) as line
    from pg_constraint o join pg_namespace n on n.oid = o.connamespace where o.contype <> 'n' and ${inPublic}`,
  sql<{ line: string }>`
    select 'index ' || pg_get_indexdef(i.indexrelid) as line
    from pg_index i join pg_class o on o.oid = i.indexrelid join pg_namespace n on n.oid = o.relnamespace
    where ${inPublic}`,
  sql<{ line: string }>`
    select 'trigger ' || pg_get_triggerdef(o.oid) as line
    from pg_trigger o join pg_class c on c.oid = o.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not o.tgisinternal and ${inPublic}`,
  sql<{ line: string }>`
    select 'function ' || pg_get_functiondef(o.oid) as line
    from pg_proc o join pg_namespace n on n.oid = o.pronamespace where o.prokind in ('f', 'p') and ${inPublic}`,
  sql<{ line: string }>`
    select format('enum %s: %s', o.typname, string_agg(v.enumlabel, ', ' order by v.enumsortorder)) as line
    from pg_type o join pg_namespace n on n.oid = o.typnamespace join pg_enum v on v.enumtypid = o.oid
    where ${inPublic} group by o.typname`,
];
