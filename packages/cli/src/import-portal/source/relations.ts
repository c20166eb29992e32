import type { OldPortal } from "./old-portal.ts";
import { textOf } from "./values.ts";

/** What a column can be read as. */
export type ColumnKind =
  | "number"
  | "float"
  | "text"
  /** Text in which other letters are the same. */
  | "citext"
  | "enum"
  | "boolean"
  | "time"
  | "uuid"
  | "interval"
  | "bytes"
  | "json"
  | "other";

export interface Column {
  readonly name: string;
  /** As the database calls it. */
  readonly type: string;
  readonly kind: ColumnKind;
}

/** A table or a view. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly Column[];
}

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(smallint|integer|bigint|numeric)$/, "number"],
  [/^(real|double precision)$/, "float"],
  [/^(text|character|character varying|name)$/, "text"],
  [/^citext$/, "citext"],
  [/^boolean$/, "boolean"],
  [/^(timestamp (with|without) time zone|date)$/, "time"],
  [/^uuid$/, "uuid"],
  [/^interval$/, "interval"],
  [/^bytea$/, "bytes"],
  [/^jsonb?$/, "json"],
];

/** Everything there that this role may read, but for the database's own. */
export async function readRelations(portal: OldPortal): Promise<Relation[]> {
  const rows = await portal.rows(`
    select c.table_schema::text as schema, c.table_name::text as name, t.table_type::text as type,
      c.column_name::text as column,
      -- What the database doesn't know by itself has a name of its own.
      case when c.data_type = 'USER-DEFINED' then c.udt_name::text else c.data_type::text end as column_type,
      (e.typtype = 'e')::text as is_enum
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    left join pg_catalog.pg_namespace n on n.nspname = c.udt_schema
    left join pg_catalog.pg_type e on e.typname = c.udt_name and e.typnamespace = n.oid
    where c.table_schema not in ('pg_catalog', 'information_schema')
    order by c.table_schema, c.table_name, c.ordinal_position`);
  const found = new Map<string, Relation & { columns: Column[] }>();
  for (const row of rows) {
    const [schema, name, type] = [textOf(row, "schema"), textOf(row, "name"), textOf(row, "column_type")];
    const key = JSON.stringify([schema, name]);
    const relation = found.get(key) ?? { schema, name, isView: textOf(row, "type") !== "BASE TABLE", columns: [] };
    found.set(key, relation);
    const known = KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
    const kind = textOf(row, "is_enum") === "true" ? "enum" : known;
    relation.columns.push({ name: textOf(row, "column"), type, kind });
  }
  return [...found.values()];
}

/** As people write it. */
export function nameOf({ schema, name }: Relation): string {
  return schema === "public" ? name : `${schema}.${name}`;
}
