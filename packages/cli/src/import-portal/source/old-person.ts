import { createHash } from "node:crypto";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Mapping } from "../mapping/find-mapping.ts";
import { shown } from "../shown.ts";
import { fromOf, longExpression, textExpression, timeExpression } from "./expressions.ts";
import { type OldPortal, type OldRow, quoted } from "./old-portal.ts";
import { flagOf, textOf, timeOf } from "./values.ts";

/** Somebody of the old portal's. */
export interface OldPerson {
  /** Their id there, else their user name: what the log may know them by. */
  readonly key: string;
  /** The same as a number, by which it is remembered that they came. */
  readonly number: number;
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly organization: string;
  readonly password: string;
  readonly wasAdmin: boolean;
  readonly active: boolean;
  readonly createdAt: Date | null;
  readonly lastLoginAt: Date | null;
}

const HALF = 2 ** 52;

/** All of them, in order of their ids. @throws StartError for two with one id */
export async function readPeople(portal: OldPortal, { users }: Mapping, timeZone: string): Promise<OldPerson[]> {
  const { relation, columns } = users;
  const fields = [...columns].map(([field, column]) => {
    const isTime = field === "created_at" || field === "last_login";
    const text = column.kind === "bytes" ? longExpression(column) : textExpression(column);
    return `${isTime ? timeExpression(column, timeZone) : text} as ${quoted(field)}`;
  });
  // With the table before it: an answer's column of that name is text, in another order.
  const order = `old.${quoted((columns.get("id") ?? columns.get("username"))?.name ?? "")}`;
  const rows = await portal.rows(`select ${fields.join(", ")} from ${fromOf(relation)} as old order by ${order}`);
  const people = rows.filter((row) => textOf(row, "username") !== "").map(personOf);
  refuseTwice(people);
  return people;
}

function personOf(row: OldRow): OldPerson {
  const username = textOf(row, "username");
  const key = textOf(row, "id") || username;
  const disabled = flagOf(row, "is_disabled") === true;
  return {
    key,
    number: numberOf(key),
    username,
    email: textOf(row, "email"),
    fullName: textOf(row, "full_name"),
    organization: textOf(row, "organization"),
    password: textOf(row, "password"),
    wasAdmin: flagOf(row, "is_admin") === true || /^(admin|administrator|superuser)$/i.test(textOf(row, "role").trim()),
    // Where there is such a column, only a clear yes lets somebody in.
    active: !disabled && (row.is_active === undefined || flagOf(row, "is_active") === true),
    createdAt: timeOf(row, "created_at"),
    lastLoginAt: timeOf(row, "last_login"),
  };
}

/** The id itself where it is a number; of others (UUIDs, names) one above all that tables count to. */
export function numberOf(key: string): number {
  if (/^[1-9]\d{0,14}$/.test(key)) return Number(key);
  return HALF + Number(createHash("sha256").update(key).digest().readBigUInt64BE() % BigInt(HALF));
}

function refuseTwice(people: readonly OldPerson[]): void {
  const seen = new Map<number, OldPerson>();
  for (const person of people) {
    const other = seen.get(person.number);
    if (other === undefined) {
      seen.set(person.number, person);
      continue;
    }
    throw new StartError(
      `Two people there have the id ${shown(person.key)}: ${shown(other.username)} and ${shown(person.username)}.`,
      "Name the column of their ids with --column users.id=…, or leave it out: --column users.id=-.",
    );
  }
}
