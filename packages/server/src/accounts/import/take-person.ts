import type { ColumnType, Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import { type NewlyImported, noteImported } from "../../platform/imports/imported-things.ts";
import { insertNumbered } from "../../platform/imports/insert-numbered.ts";
import { drawNumbers } from "../../platform/imports/kept-numbers.ts";
import type { ImportTables } from "../../platform/imports/tables.ts";
import { type Actor, SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { usernameKey } from "../identity-rules.ts";
import { record } from "../record.ts";
import type { AccountsDb, AccountTables } from "../tables.ts";

export interface ComingPerson {
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly organization?: string | null;
  /** Of a kind that our password check knows; null: they can't sign in by password until they set one. */
  readonly passwordHash: string | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** Where somebody comes from, and who brings them. */
export interface Origin {
  readonly source: string;
  readonly oldId: number;
  /** Null: another number is drawn. */
  readonly keptId: number | null;
  /** For the audit entry. */
  readonly by: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What of the accounts domain an import needs. `welcome`: where those who come get what new people get. */
export type TakingPeople = Pick<AccountsContext, "platform" | "db"> & Partial<Pick<AccountsContext, "welcome">>;

/** Our tables, with numbers that we set ourselves. */
type Numbered = ImportTables & {
  accounts: Omit<AccountTables["accounts"], "id"> & { id: ColumnType<number, number, never> };
};

/**
 * Makes an account for somebody from another service. Never an administrator, whatever they were there.
 * @param also written in the same transaction, with the new id
 * @returns the new id
 * @throws the database's unique violation when the name, the address or the number was taken meanwhile
 */
export async function takePerson(
  context: TakingPeople,
  person: ComingPerson,
  origin: Origin,
  also: readonly Omit<NewlyImported, "newId">[],
): Promise<number> {
  return context.db.transaction().execute(async (trx) => {
    const numbered: Transaction<Numbered> = trx.withTables<Numbered>();
    const id = origin.keptId ?? (await drawNumbers(numbered, "person", 1))[0] ?? 0;
    await insertNumbered(numbered, "accounts", [{ id, ...rowOf(person) }]);
    const account = { id, username: person.username };
    await context.welcome?.(trx, account);
    await record(context, trx, { action: "account.import", actor: actorOf(origin), account, event: "account.changed" });
    const { source, oldId, details } = origin;
    await noteImported(numbered, [
      { source, kind: "person", oldId, newId: id, details },
      ...also.map((thing) => ({ ...thing, newId: id })),
    ]);
    return id;
  });
}

/** Remembers that somebody from elsewhere is an account that is here: an operator said so. */
export async function linkPerson(
  context: TakingPeople,
  account: { readonly id: number; readonly username: string },
  origin: Origin,
  also: readonly Omit<NewlyImported, "newId">[],
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    await record(context, trx, {
      action: "account.import-link",
      actor: actorOf(origin),
      account,
      event: "account.changed",
      details: { source: origin.source, ...origin.details },
    });
    const { source, oldId, details } = origin;
    const things = [{ source, kind: "person" as const, oldId, details: { ...details, linked: true } }, ...also];
    await noteImported(
      trx.withTables<ImportTables>(),
      things.map((thing) => ({ ...thing, newId: account.id })),
    );
  });
}

export interface PresentAccount {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly isAdmin: boolean;
  readonly active: boolean;
  /** No person's: only the name is left, or it is a service's. */
  readonly gone: boolean;
}

/** Accounts here that have one of these names, addresses or numbers. */
export async function findPresent(
  db: AccountsDb,
  wanted: {
    readonly usernames: readonly string[];
    readonly emails: readonly string[];
    readonly ids: readonly number[];
  },
): Promise<PresentAccount[]> {
  const rows = await (db as Kysely<AccountTables>)
    .selectFrom("accounts")
    .select(["id", "username", "username_key", "email", "is_admin", "status", "kind", "deleted_at"])
    .where((e) =>
      e.or([
        e("username_key", "=", sql<string>`any(${wanted.usernames.map(usernameKey)}::text[])`),
        e("email", "=", sql<string>`any(${[...wanted.emails]}::text[])`),
        e("id", "=", sql<number>`any(${[...wanted.ids]}::bigint[])`),
      ]),
    )
    .execute();
  return rows.map((row) => ({
    id: row.id,
    // What a deleted account is shown by is not the name that it keeps from others.
    username: row.deleted_at === null ? row.username : row.username_key,
    email: row.email,
    isAdmin: row.is_admin,
    active: row.status === "active",
    gone: row.deleted_at !== null || row.kind !== "person",
  }));
}

function rowOf(person: ComingPerson) {
  return {
    username: person.username,
    username_key: usernameKey(person.username),
    email: person.email,
    full_name: person.fullName,
    organization: person.organization ?? null,
    password_hash: person.passwordHash,
    status: person.active ? ("active" as const) : ("deactivated" as const),
    created_at: person.createdAt,
    last_login_at: person.lastLoginAt,
  };
}

function actorOf({ by }: Origin): Actor {
  return { ...SYSTEM, label: by };
}
