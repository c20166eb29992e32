import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { shown } from "../shown.ts";
import type { OldPerson } from "../source/old-person.ts";
import type { Column } from "../source/relations.ts";
import type { Mapping } from "./find-mapping.ts";

/** By what the log knows people: their ids (their names, where they have none), or their names. */
export type LogPeople = "key" | "username";

type Judged = Pick<OldPerson, "key" | "username">;

const NUMBER = /^\d+$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * By what the log knows people. What the operator said goes before all, then the columns' types. Words may be ids or
 * names: whoever called themselves by another one's id must not get what that one ran, so their values are looked at,
 * and refused where they can be both.
 * @param valuesOf the different values of the log's column, where they have to be looked at
 * @throws StartError where it is neither, or can't be told
 */
export async function logKnowsBy(
  mapping: Mapping,
  people: readonly Judged[],
  valuesOf: () => Promise<readonly string[]>,
): Promise<LogPeople> {
  const by = bySaying(mapping) ?? byTypes(mapping) ?? judge(mapping, people, await valuesOf());
  if (by === "username") refuseNamesakes(people);
  return by;
}

function bySaying({ users, log }: Mapping): LogPeople | null {
  const [id, userId] = [users.columns.get("id"), log?.columns.get("user_id")];
  if (userId !== undefined && log?.said.has("user_id") && (id === undefined || canBeSame(id, userId))) return "key";
  return log?.said.has("username") ? "username" : null;
}

/** Null: the types don't tell. */
function byTypes({ users, log }: Mapping): LogPeople | null {
  const [id, userId] = [users.columns.get("id"), log?.columns.get("user_id")];
  if (userId === undefined) return "username";
  if (id !== undefined && id.kind === userId.kind && !isWord(id)) return "key";
  const isOfOneKind = id !== undefined && isWord(id) && isWord(userId);
  if (log?.columns.has("username") && !isOfOneKind) return "username";
  if (isWord(userId)) return null;
  throw new StartError(
    `The log's ${userId.name} (${userId.type}) can't be the ids of people, which are ${id === undefined ? "not known" : `${id.name} (${id.type})`}.`,
    "Name the columns with --column users.id=…, and --column log.user_id=… or --column log.username=….",
  );
}

function judge({ users, log }: Mapping, people: readonly Judged[], values: readonly string[]): LogPeople {
  const id = users.columns.get("id");
  const keys = new Set(id === undefined ? [] : people.map(({ key }) => key));
  // Whose name is their id as well is meant either way.
  const names = new Set(people.flatMap(({ key, username }) => (id !== undefined && key === username ? [] : username)));
  const asIds = values.filter((value) => keys.has(value));
  const asNames = values.filter((value) => names.has(value));
  if (asIds.length === 0 && canBeNames(id, asNames)) return "username";
  if (asNames.length === 0 && id !== undefined && !isNumber(id)) return "key";
  throw unclear(log?.columns.get("user_id"), [...asIds, ...asNames]);
}

/** None of them could be the id of somebody whom the table of people has no longer. */
function canBeNames(id: Column | undefined, names: readonly string[]): boolean {
  if (id === undefined) return !names.some((name) => NUMBER.test(name) || UUID.test(name));
  if (isNumber(id)) return !names.some((name) => NUMBER.test(name));
  return id.kind === "uuid" && names.length > 0 && !names.some((name) => UUID.test(name));
}

function unclear(column: Column | undefined, values: readonly string[]): StartError {
  const name = column?.name ?? "user_id";
  const some = [...new Set(values)].slice(0, 3).map(shown).join(", ");
  return new StartError(
    `The log's ${name} (${column?.type}) can be people's ids or their user names (${some}): one person's code would come to another.`,
    `Say which it is: --column log.user_id=${name} for ids, --column log.username=${name} for user names.`,
  );
}

function refuseNamesakes(people: readonly Judged[]): void {
  const seen = new Set<string>();
  for (const { username } of people) {
    if (seen.has(username)) {
      throw new StartError(
        `Two people there are called ${shown(username)}: whose the log's executions are, their names don't tell.`,
        "Name the columns of ids with --column users.id=… and --column log.user_id=….",
      );
    }
    seen.add(username);
  }
}

/** As texts one can be the other: of numbers and UUIDs none is. */
function canBeSame(one: Column, other: Column): boolean {
  return isWord(one) || isWord(other) || isNumber(one) === isNumber(other);
}

function isNumber({ kind }: Column): boolean {
  return kind === "number" || kind === "float";
}

function isWord(column: Column): boolean {
  return !isNumber(column) && column.kind !== "uuid";
}
