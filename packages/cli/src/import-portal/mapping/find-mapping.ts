import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { nameOf, type Relation } from "../source/relations.ts";
import { type LogField, logFields, logTables, type UserField, userFields, userTables } from "./fields.ts";
import { listColumns, mapColumns, plain, type TableMapping } from "./map-columns.ts";
import type { Overrides } from "./overrides.ts";

/** How the old portal's database is read. */
export interface Mapping {
  readonly users: TableMapping<UserField>;
  /** Null: the log is not to come. */
  readonly log: TableMapping<LogField> | null;
}

export interface Wishes {
  readonly usersTable: string | null;
  readonly logTable: string | null;
  readonly withLog: boolean;
  readonly columns: Overrides;
}

/**
 * Finds the two tables and their columns.
 * @throws StartError for what can't be found, or is there twice: with what there is, and which option says it
 */
export function findMapping(relations: readonly Relation[], wishes: Wishes): Mapping {
  const users = findTable(relations, {
    what: "people",
    option: "--users-table",
    wanted: wishes.usersTable,
    usual: userTables,
    map: (relation) => mapUsers(relation, wishes.columns),
    // A table of any name: what JupyterHub keeps of its users has no passwords.
    isLike: ({ columns }) => columns.has("password"),
  });
  if (!wishes.withLog) return { users, log: null };
  const log = findTable(relations, {
    what: "executions",
    option: "--log-table",
    wanted: wishes.logTable,
    usual: logTables,
    map: (relation) => mapLog(relation, wishes.columns),
    isLike: () => true,
  });
  return { users, log };
}

function mapUsers(relation: Relation, { users }: Overrides): TableMapping<UserField> {
  return mapColumns<UserField>(relation, userFields, users);
}

function mapLog(relation: Relation, { log }: Overrides): TableMapping<LogField> {
  const mapping = mapColumns<LogField>(relation, logFields, log);
  if (mapping.columns.has("user_id") || mapping.columns.has("username")) return mapping;
  const problems = [...mapping.problems, "none of its columns is known as user_id or username"];
  return { ...mapping, problems };
}

interface Search<Name extends string> {
  readonly what: string;
  readonly option: string;
  readonly wanted: string | null;
  readonly usual: readonly string[];
  map(relation: Relation): TableMapping<Name>;
  isLike(mapping: TableMapping<Name>): boolean;
}

function findTable<Name extends string>(relations: readonly Relation[], search: Search<Name>): TableMapping<Name> {
  if (search.wanted !== null) return readable(search.map(named(relations, search.wanted, search.option)), search);
  const tables = relations.filter(({ isView }) => !isView).map((relation) => search.map(relation));
  const usual = tables.filter(({ relation }) => search.usual.includes(plain(relation.name)));
  const whole = (list: readonly TableMapping<Name>[]) => list.filter(({ problems }) => problems.length === 0);
  const candidates = whole(usual).length > 0 ? whole(usual) : whole(tables).filter(search.isLike);
  const [first, ...others] = candidates;
  if (first === undefined) throw notFound(relations, usual, search);
  if (others.length === 0) return first;
  const names = candidates.map(({ relation }) => nameOf(relation)).join(", ");
  throw new StartError(
    `More than one table could hold the old portal's ${search.what}: ${names}.`,
    `Say which: ${search.option} NAME.`,
  );
}

function named(relations: readonly Relation[], wanted: string, option: string): Relation {
  const found = relations.filter(({ schema, name }) => `${schema}.${name}` === wanted || name === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const [why, names] =
    first === undefined
      ? [`There is no table or view ${wanted} that this role may read.`, relations.map(nameOf)]
      : [`${wanted} is there in more than one schema.`, found.map(({ schema, name }) => `${schema}.${name}`)];
  throw new StartError(why, `${option} can be: ${names.slice(0, 50).join(", ") || "nothing, there is none"}.`);
}

function readable<Name extends string>(mapping: TableMapping<Name>, { what }: Search<Name>): TableMapping<Name> {
  if (mapping.problems.length === 0) return mapping;
  throw new StartError(
    `${nameOf(mapping.relation)} can't be read as the old portal's ${what}: ${mapping.problems.join("; ")}.`,
    `Name columns with --column field=column. ${listColumns(mapping.relation)}.`,
  );
}

function notFound<Name extends string>(
  relations: readonly Relation[],
  usual: readonly TableMapping<Name>[],
  search: Search<Name>,
): StartError {
  const [near] = usual;
  if (near !== undefined && usual.length === 1) {
    try {
      readable(near, search);
    } catch (error) {
      if (error instanceof StartError) return error;
    }
  }
  const names = relations.map(nameOf).slice(0, 50).join(", ");
  const instead = search.option === "--log-table" ? ", or leave the log out with --no-log" : "";
  return new StartError(
    `No table is known as the old portal's ${search.what}. There is: ${names || "nothing that this role may read"}.`,
    `Name it with ${search.option}, its columns with --column field=column${instead}.`,
  );
}
