import { sql } from "kysely";
import type { AccountsContext } from "../../context.ts";
import { nameKey } from "../../groups/rules.ts";
import {
  checkedEmail,
  checkedFullName,
  checkedOrganization,
  checkedUsername,
  usernameKey,
} from "../../identity-rules.ts";
import { takenAmong } from "../../new-account.ts";
import { AccountRefusal } from "../../refusals.ts";
import { type CsvProblem, firstOf, Problems } from "./problems.ts";
import { type Column, type CsvLine, readCsv } from "./read-csv.ts";
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
  /** Of the groups that the file names, as they are called here, by id. */
  readonly groupNames: ReadonlyMap<number, string>;
  /** How many have an active account already by that name and proven address. */
  readonly existing: number;
  /** How many things are wrong. */
  readonly wrong: number;
  /** The first of both, in the order of the file. */
  readonly problems: readonly CsvProblem[];
}

/** Groups of one line at most. */
const MOST_GROUPS = 20;

/** Reads a file and says of each line what is wrong with it; writes nothing. @throws a refusal of the whole file */
export async function checkPeople(context: AccountsContext, text: string): Promise<CheckedFile> {
  const { lines, problems: ofFile, areColumnsKnown } = readCsv(text);
  const total = lines.length;
  if (!areColumnsKnown)
    return { total, people: [], groupNames: new Map(), existing: 0, wrong: ofFile.count, problems: ofFile.first };
  const groups = await groupsNamed(context, lines);
  const ofLines = new Problems();
  const read = lines.flatMap((line) => readPerson(line, groups, ofLines) ?? []);
  const { existing, taken } = await known(context, read);
  const wrong = [ofFile, ofLines, twice(read, "username"), twice(read, "email"), taken];
  const all = [...wrong, existing];
  return {
    total,
    people: read.filter(({ line }) => !all.some((found) => found.has(line))),
    groupNames: new Map([...groups.values()].map(({ id, name }) => [id, name])),
    existing: existing.count,
    wrong: wrong.reduce((sum, { count }) => sum + count, 0),
    problems: firstOf(all),
  };
}

type Groups = ReadonlyMap<string, { readonly id: number; readonly name: string }>;

/** As people write them; empty: the person chooses. */
const languages: ReadonlyMap<string, "en" | "fa" | null> = new Map([
  ["", null],
  ["en", "en"],
  ["english", "en"],
  ["انگلیسی", "en"],
  ["fa", "fa"],
  ["persian", "fa"],
  ["farsi", "fa"],
  ["فارسی", "fa"],
]);
/** Keyboards and old systems write two of the letters the Arabic way. */
const languageKey = (value: string): string => value.normalize("NFC").toLowerCase().replaceAll("ي", "ی");

/** Each once, by its key: blanks and capitals as people type them. No name of a group in a file has one of the marks. */
function groupNames(value: string): Map<string, string> {
  const names = value.split(/[;|]/).map((name) => name.normalize("NFC").replace(/\s+/g, " ").trim());
  return new Map(names.filter((name) => name !== "").map((name) => [nameKey(name), name]));
}

/** By their keys; those that are built in have service accounts only. */
async function groupsNamed({ db }: AccountsContext, lines: readonly CsvLine[]): Promise<Groups> {
  const keys = new Set<string>();
  for (const { values } of lines) {
    const names = groupNames(values.groups);
    if (names.size <= MOST_GROUPS) for (const key of names.keys()) keys.add(key);
  }
  if (keys.size === 0) return new Map();
  const rows = await db
    .selectFrom("groups")
    .select(["id", "name", "name_key"])
    .where(sql<boolean>`name_key = any(${[...keys]}::text[])`)
    .where("built_in", "=", false)
    .execute();
  return new Map(rows.map(({ id, name, name_key: key }) => [key, { id, name }]));
}

/** Null: something is wrong, and said. */
function readPerson({ line, values }: CsvLine, groups: Groups, problems: Problems): PersonOfFile | null {
  const wrong = (column: Column, value: string, refusal: () => CsvProblem["refusal"]): void =>
    problems.add(line, column, value, refusal);
  const checked = <T>(column: Column, check: (value: string) => T): T | null => {
    try {
      return check(values[column]);
    } catch (error) {
      if (!(error instanceof AccountRefusal)) throw error;
      wrong(column, values[column], () => error);
      return null;
    }
  };
  const username = checked("username", checkedUsername);
  const fullName = checked("full_name", checkedFullName);
  const email = checked("email", checkedEmail);
  const organization = checked("organization", checkedOrganization);
  const [role, locale] = [values.role.toLowerCase(), languages.get(languageKey(values.language))];
  if (role === "admin") wrong("role", role, () => csvRefusal("role_admin"));
  else if (!["", "person"].includes(role)) wrong("role", role, () => csvRefusal("role_unknown"));
  if (locale === undefined) wrong("language", values.language, () => csvRefusal("language_unknown"));
  const groupIds = readGroups(values.groups, groups, (name, refusal) => wrong("groups", name, refusal));
  if (problems.has(line) || username === null || fullName === null || email === null) return null;
  return {
    line,
    username,
    full_name: fullName,
    email,
    organization,
    locale: locale ?? null,
    group_ids: groupIds,
  };
}

function readGroups(
  value: string,
  groups: Groups,
  wrong: (value: string, refusal: () => CsvProblem["refusal"]) => void,
): number[] {
  const names = groupNames(value);
  if (names.size > MOST_GROUPS) {
    wrong(value, () => csvRefusal("too_many_groups", { most: MOST_GROUPS }));
    return [];
  }
  return [...names].flatMap(([key, name]) => {
    const id = groups.get(key)?.id;
    if (id === undefined) wrong(name, () => csvRefusal("group_unknown"));
    return id ?? [];
  });
}

function twice(people: readonly PersonOfFile[], column: "username" | "email"): Problems {
  const [first, problems] = [new Map<string, number>(), new Problems()];
  for (const person of people) {
    const seen = first.get(person[column]);
    if (seen === undefined) first.set(person[column], person.line);
    else problems.add(person.line, column, person[column], () => csvRefusal(`${column}_twice`, { first: seen }));
  }
  return problems;
}

/** Who has an account already, and whose name or address somebody else has. */
async function known(context: AccountsContext, people: readonly PersonOfFile[]) {
  const accounts = await takenAmong(context.db, people);
  const names = new Map(accounts.map((account) => [account.username_key, account]));
  // What a service says of an address keeps it from nobody.
  const addresses = new Set(accounts.flatMap(({ email, is_claim: isClaim }) => (isClaim ? [] : email)));
  const [existing, taken] = [new Problems(), new Problems()];
  for (const { line, username, email } of people) {
    const named = names.get(usernameKey(username));
    if (named?.kind === "person" && named.email === email) {
      const reason = standingOf(named);
      (reason === "exists" ? existing : taken).add(line, null, username, () => csvRefusal(reason));
    } else if (named) taken.add(line, "username", username, () => new AccountRefusal("username_taken"));
    else if (addresses.has(email)) taken.add(line, "email", email, () => new AccountRefusal("email_taken"));
  }
  return { existing, taken };
}

/** Only an account that its owner can use, with an address that is theirs, may be left as it is. */
function standingOf(account: Awaited<ReturnType<typeof takenAmong>>[number]) {
  if (account.deletion_due_at !== null) return "exists_leaving";
  if (account.status === "pending") return "exists_pending";
  if (account.status !== "active") return "exists_deactivated";
  return account.email_verified_at === null ? "exists_unproven" : "exists";
}
