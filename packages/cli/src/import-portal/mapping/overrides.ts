import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { type LogField, logFields, type UserField, userFields } from "./fields.ts";

/** A column's name; null: there is none, whatever is there. */
type Said<Name extends string> = ReadonlyMap<Name, string | null>;

/** What the operator says of columns. */
export interface Overrides {
  readonly users: Said<UserField>;
  readonly log: Said<LogField>;
}

/**
 * From `--column field=column`: of the users' table, else of the log; `users.` and `log.` before the field say which.
 * `-` for a column that is not to be read.
 * @throws StartError for a field that there isn't, or what is said twice
 */
export function readOverrides(texts: readonly string[]): Overrides {
  const users = new Map<UserField, string | null>();
  const log = new Map<LogField, string | null>();
  for (const text of texts) {
    const [, scope, field = "", column = ""] = /^(?:(users|log)\.)?([a-z_]+)=(.+)$/s.exec(text) ?? [];
    const value = column === "-" ? null : column;
    if (scope !== "log" && isUserField(field)) say(users, field, value, text);
    else if (scope !== "users" && isLogField(field)) say(log, field, value, text);
    else throw unknownField(text);
  }
  return { users, log };
}

function say<Name extends string>(said: Map<Name, string | null>, field: Name, value: string | null, text: string) {
  if (said.has(field)) throw new StartError(`--column ${text}: of ${field} two things are said.`, "Say one of them.");
  said.set(field, value);
}

function isUserField(field: string): field is UserField {
  return Object.hasOwn(userFields, field);
}

function isLogField(field: string): field is LogField {
  return Object.hasOwn(logFields, field);
}

function unknownField(text: string): StartError {
  return new StartError(
    `--column ${text} names nothing that is read.`,
    `Write --column field=column. Of users: ${Object.keys(userFields).join(", ")}. Of the log, best with log. before: ${Object.keys(logFields).join(", ")}.`,
  );
}
