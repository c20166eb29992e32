import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type StorageContext, SYSTEM } from "../context.ts";
import { userNameOf } from "../names.ts";
import { ensureSubject } from "../subjects/ensure.ts";
import { requireDone } from "../subjects/outcomes.ts";
import { findByName } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";
import { findDeleted } from "../trash/queries.ts";

/** Somebody's number, as a name: nobody else's directory is ever named so by us. */
const NUMBERED = /^u-\d+$/;
/** PostgreSQL's word for it: another server has linked storage to the account in the meantime. */
const UNIQUE_VIOLATION = "23505";

/**
 * The storage that an account's workspaces lie in; made and linked when they have none. It is named as they are, where
 * that is a name that nobody and nothing has, be it on the disk or in the trash: else by their number. What is there
 * already is never taken for theirs because it is spelled so.
 * @throws StoaError unavailable, conflict (something stands there), disk_full
 */
export async function homeSubject(context: StorageContext, accountId: number): Promise<SubjectRow> {
  const linked = await subjectOf(context, accountId);
  // It may have been made before STORAGE_OWNERSHIP gave directories to people: it is made theirs before they move in.
  if (linked !== null) return settled(context, linked, "look");
  for (const name of await freeNames(context, accountId)) {
    const made = await make(context, accountId, name);
    if (made !== null) return made;
  }
  const problem = `No directory can be made for account ${accountId}: the names for it are taken by others. Link storage to it first`;
  throw new StoaError("conflict", { details: { problem, reason: "name_taken" } });
}

/** The one that is linked to the account; null: none is. */
export async function subjectOf({ db }: Pick<StorageContext, "db">, accountId: number): Promise<SubjectRow | null> {
  const row = await db
    .selectFrom("storage_subjects")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("kind", "=", "user")
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Null: somebody else was first, with the name or with the account. */
async function make(context: StorageContext, accountId: number, name: string): Promise<SubjectRow | null> {
  try {
    const row = await ensureSubject(context, SYSTEM, { kind: "user", name, quota: null, accountId });
    return row.account_id === accountId ? row : null;
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    const other = await subjectOf(context, accountId);
    return other === null ? null : settled(context, other);
  }
}

async function settled(context: StorageContext, row: SubjectRow, how: "trust" | "look" = "trust"): Promise<SubjectRow> {
  if (how === "trust" && row.settled === row.wanted) return row;
  const outcome = (await context.settler.settle([row.id])).get(row.id) ?? { code: "missing" as const, problem: "" };
  requireDone(outcome, `user ${row.name}`);
  return row;
}

async function freeNames(context: StorageContext, accountId: number): Promise<string[]> {
  const own = `u-${accountId}`;
  const username = legal((await context.people.get(accountId))?.username ?? "");
  // Where strangers register and a hub makes directories by name, a name proves nothing: whoever came first would own it.
  const { registration, apiKey } = context.platform.config;
  const isAnybodys = (registration.mode === "open" || registration.mode === "domains") && apiKey !== null;
  const names =
    isAnybodys || username === null || (NUMBERED.test(username) && username !== own) ? [own] : [username, own];
  const free: string[] = [];
  for (const name of new Set(names)) if (await isFree(context, name)) free.push(name);
  return free;
}

function legal(username: string): string | null {
  try {
    return userNameOf(username);
  } catch {
    return null;
  }
}

async function isFree(context: StorageContext, name: string): Promise<boolean> {
  const { db, driver } = context;
  if ((await findByName(db, "user", name)) !== null || (await findDeleted(db, "user", name)) !== null) return false;
  // Names that differ in case alone would be one directory to an NFS client of another system.
  const alike = await db
    .selectFrom("storage_subjects")
    .select("id")
    .where(sql<string>`lower(name)`, "=", name.toLowerCase())
    .where("kind", "=", "user")
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return alike === undefined && (await driver.look([{ kind: "user", name, project: 0 }])).length === 0;
}
