import { nameOf } from "../source/relations.ts";
import { type Field, logFields, userFields } from "./fields.ts";
import type { Mapping } from "./find-mapping.ts";
import { listColumns, type TableMapping } from "./map-columns.ts";

/** What was found and how it is read, as people read it. */
export function tellMapping({ users, log }: Mapping, timeZone: string): string[] {
  return [
    ...tellTable("People", users, userFields, timeZone),
    ...(log === null ? ["Executions are not read (--no-log)."] : tellTable("Executions", log, logFields, timeZone)),
  ];
}

function tellTable<Name extends string>(
  title: string,
  mapping: TableMapping<Name>,
  fields: Readonly<Record<Name, Field>>,
  timeZone: string,
): string[] {
  const lines = (Object.keys(fields) as Name[]).flatMap((name) => {
    const column = mapping.columns.get(name);
    const { without } = fields[name];
    if (column === undefined) return without === "" ? [] : [`  ${name}: no column; ${without}`];
    const said = mapping.said.has(name) ? ", as said" : "";
    const zone = column.kind === "time" && !column.type.includes("with time zone") ? `, taken as ${timeZone}` : "";
    return [`  ${name}: ${column.name} (${column.type}${zone}${said})`];
  });
  const read = new Set([...mapping.columns.values()].map(({ name }) => name));
  const unread = mapping.relation.columns.filter(({ name }) => !read.has(name)).map(({ name }) => name);
  return [
    `${title} are read from ${nameOf(mapping.relation)}:`,
    ...lines,
    ...mapping.notes.map((note) => `  ${note}`),
    ...(unread.length === 0 ? [] : [`  not read: ${unread.join(", ")}`]),
  ];
}

/** The same as JSON. */
export function showMapping({ users, log }: Mapping, timeZone: string) {
  return { users: showTable(users), log: log === null ? null : showTable(log), time_zone: timeZone };
}

function showTable<Name extends string>(mapping: TableMapping<Name>) {
  const { relation, columns, notes } = mapping;
  return {
    table: `${relation.schema}.${relation.name}`,
    columns: Object.fromEntries([...columns].map(([name, column]) => [name, column.name])),
    notes,
    there: listColumns(relation),
  };
}
