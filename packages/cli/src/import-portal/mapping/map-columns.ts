import type { Column, Relation } from "../source/relations.ts";
import { nameOf } from "../source/relations.ts";
import type { Field } from "./fields.ts";

/** Which column of a table is read as what. */
export interface TableMapping<Name extends string> {
  readonly relation: Relation;
  readonly columns: ReadonlyMap<Name, Column>;
  /** Columns that the operator named. */
  readonly said: ReadonlySet<Name>;
  /** What was found and is not read, with why. */
  readonly notes: readonly string[];
  /** Why it can't be read at all. */
  readonly problems: readonly string[];
}

/** Finds each field's column by the operator's word, else by its usual names. Guesses nothing beyond these. */
export function mapColumns<Name extends string>(
  relation: Relation,
  fields: Readonly<Record<Name, Field>>,
  said: ReadonlyMap<Name, string | null>,
): TableMapping<Name> {
  const columns = new Map<Name, Column>();
  const [notes, problems]: [string[], string[]] = [[], []];
  for (const name of Object.keys(fields) as Name[]) {
    const found = said.has(name)
      ? bySaying(relation, fields[name], name, said.get(name) ?? null)
      : byName(relation, fields[name], name);
    if (found.column !== null) columns.set(name, found.column);
    if (found.note !== null) notes.push(found.note);
    if (found.problem !== null) problems.push(found.problem);
  }
  return { relation, columns, said: new Set([...said.keys()].filter((name) => columns.has(name))), notes, problems };
}

interface Found {
  readonly column: Column | null;
  readonly note: string | null;
  readonly problem: string | null;
}

const nothing: Found = { column: null, note: null, problem: null };

function bySaying(relation: Relation, field: Field, name: string, wanted: string | null): Found {
  if (wanted === null) return field.isRequired ? { ...nothing, problem: `${name} can't be left out` } : nothing;
  const column = relation.columns.find((one) => one.name === wanted);
  if (column === undefined) return { ...nothing, problem: `it has no column ${wanted} for ${name}` };
  if (field.kinds.includes(column.kind)) return { ...nothing, column };
  return { ...nothing, problem: unfit(field, name, column) };
}

function byName(relation: Relation, field: Field, name: string): Found {
  const named = field.names.flatMap((usual) => relation.columns.filter((column) => plain(column.name) === usual));
  const [column = null, ...others] = named.filter(({ kind }) => field.kinds.includes(kind));
  const rest = column === null ? named : others;
  const list = rest.map((one) => `${one.name} (${one.type})`).join(", ");
  const note = rest.length === 0 ? null : `not read as ${name}: ${list}`;
  if (column !== null || !field.isRequired) return { column, note, problem: null };
  const [near] = field.remedy === undefined ? [] : named;
  const problem = near === undefined ? `none of its columns is known as ${name}` : unfit(field, name, near);
  return { column, note, problem };
}

function unfit({ remedy }: Field, name: string, column: Column): string {
  const then = remedy === undefined ? "" : ` (${remedy})`;
  return `its column ${column.name} is of the type ${column.type}, as which no ${name} is read${then}`;
}

/** As names are compared: in small letters, without what parts words. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, "");
}

/** The table's columns, for whoever has to name one. */
export function listColumns(relation: Relation): string {
  return `${nameOf(relation)} has ${relation.columns.map(({ name, type }) => `${name} (${type})`).join(", ")}`;
}
