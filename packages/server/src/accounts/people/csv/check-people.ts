import type { AccountsContext } from "../../context.ts";
import {
  checkedEmail,
  checkedFullName,
  checkedOrganization,
  checkedUsername,
  usernameKey,
} from "../../identity-rules.ts";
import { takenAmong } from "../../new-account.ts";
import { AccountRefusal } from "../../refusals.ts";
import { type Column, type CsvLine, type CsvProblem, readCsv } from "./read-csv.ts";
import { csvRefusal } from "./refusals.ts";

/** Somebody of a file, as they will be made. */
export interface PersonOfFile {
  readonly line: number;
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly organization: string | null;
  readonly locale: "en" | "fa" | null;
  readonly group_ids: readonly number[];
}

export interface CheckedFile {
  /** How many people the file names. */
  readonly total: number;
  /** Those who can be made. */
  readonly people: readonly PersonOfFile[];
  /** Whoever has an account already by that name and address: how many, and what to say of them. */
  readonly existing: readonly CsvProblem[];
  readonly problems: readonly CsvProblem[];
}

/** Reads a file and says of each line what is wrong with it; writes nothing. @throws a refusal of the whole file */
export async function checkPeople(context: AccountsContext, text: string): Promise<CheckedFile> {
  const { lines, problems: ofFile } = readCsv(text);
  const problems = [...ofFile];
  // Nothing can be said of lines whose columns are not known.
  if (ofFile.some(({ column, line }) => column !== null && line === ofFile[0]?.line)) {
    return { total: lines.length, people: [], existing: [], problems };
  }
  const groups = await groupsNamed(context, lines);
  const read = lines.flatMap((line) => readPerson(line, groups, problems) ?? []);
  problems.push(...twice(read));
  const { existing, taken } = await known(context, read);
  problems.push(...taken);
  const out = new Set([...problems, ...existing].map(({ line }) => line));
  const inOrder = problems.toSorted((a, b) => a.line - b.line);
  return { total: lines.length, people: read.filter(({ line }) => !out.has(line)), existing, problems: inOrder };
}

type Groups = ReadonlyMap<string, number>;

const groupNames = (value: string): string[] =>
  value
    .split(/[;|]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** By their keys; those that are built in have service accounts only. */
async function groupsNamed({ db }: AccountsContext, lines: readonly CsvLine[]): Promise<Groups> {
  const keys = [...new Set(lines.flatMap(({ values }) => groupNames(values.groups).map(usernameKey)))];
  if (keys.length === 0) return new Map();
  const rows = await db
    .selectFrom("groups")
    .select(["id", "name_key"])
    .where("name_key", "in", keys)
    .where("built_in", "=", false)
    .execute();
  return new Map(rows.map(({ id, name_key: key }) => [key, id]));
}

/** Null: something is wrong, and said. */
function readPerson({ line, values }: CsvLine, groups: Groups, problems: CsvProblem[]): PersonOfFile | null {
  const before = problems.length;
  const wrong = (column: Column, value: string, refusal: CsvProblem["refusal"]): void => {
    problems.push({ line, column, value: value.slice(0, 100), refusal });
  };
  const checked = <T>(column: Column, check: (value: string) => T): T | null => {
    try {
      return check(values[column]);
    } catch (error) {
      if (!(error instanceof AccountRefusal)) throw error;
      wrong(column, values[column], error);
      return null;
    }
  };
  const username = checked("username", checkedUsername);
  const fullName = checked("full_name", checkedFullName);
  const email = checked("email", checkedEmail);
  const organization = checked("organization", checkedOrganization);
  const [role, language] = [values.role.toLowerCase(), values.language.toLowerCase()];
  if (role === "admin") wrong("role", role, csvRefusal("role_admin"));
  else if (!["", "person"].includes(role)) wrong("role", role, csvRefusal("role_unknown"));
  if (!["", "en", "fa"].includes(language)) wrong("language", language, csvRefusal("language_unknown"));
  const groupIds = new Set<number>();
  for (const name of groupNames(values.groups)) {
    const id = groups.get(usernameKey(name));
    if (id === undefined) wrong("groups", name, csvRefusal("group_unknown"));
    else groupIds.add(id);
  }
  if (problems.length > before || username === null || fullName === null || email === null) return null;
  return {
    line,
    username,
    full_name: fullName,
    email,
    organization,
    locale: language === "en" || language === "fa" ? language : null,
    group_ids: [...groupIds],
  };
}

function* twice(people: readonly PersonOfFile[]): Generator<CsvProblem> {
  for (const column of ["username", "email"] as const) {
    const first = new Map<string, number>();
    for (const person of people) {
      const seen = first.get(person[column]);
      if (seen === undefined) first.set(person[column], person.line);
      else {
        const refusal = csvRefusal(`${column}_twice`, { first: seen });
        yield { line: person.line, column, value: person[column], refusal };
      }
    }
  }
}

/** Who has an account already, and whose name or address somebody else has. */
async function known(context: AccountsContext, people: readonly PersonOfFile[]) {
  const accounts = await takenAmong(context.db, people);
  const [names, addresses] = [new Map<string, string>(), new Map<string, string>()];
  for (const { username_key: key, email } of accounts) {
    names.set(key, email);
    addresses.set(email, key);
  }
  const [existing, taken]: [CsvProblem[], CsvProblem[]] = [[], []];
  for (const { line, username, email } of people) {
    const key = usernameKey(username);
    if (names.get(key) === email) existing.push({ line, column: null, value: username, refusal: csvRefusal("exists") });
    else if (names.has(key)) {
      taken.push({ line, column: "username", value: username, refusal: new AccountRefusal("username_taken") });
    } else if (addresses.has(email)) {
      taken.push({ line, column: "email", value: email, refusal: new AccountRefusal("email_taken") });
    }
  }
  return { existing, taken };
}
