import { readdir } from "node:fs/promises";
import path from "node:path";
import { type Kysely, sql } from "kysely";
import { JOURNAL_NAME } from "../backup/restore-journal.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const NAMED_AT_MOST = 5;

/** What restores and removals left in the data directory. A folder that can't be read is another check's. */
export async function checkLeftovers(dataDir: string): Promise<Check[]> {
  const places = [dataDir, path.join(dataDir, "run"), path.join(dataDir, "keys")];
  const found = (await Promise.all(places.map(listFolder))).flat();
  const accounts = await listFolder(path.join(dataDir, "workspaces"));
  const unclaimed = (await Promise.all(accounts.map(listFolder))).flat().filter((file) => named(file, /^\.unclaimed-/));
  const aside = found.filter((file) => named(file, /\.before-restore-/));
  const halfMade = found.filter((file) => named(file, /restore\.tmp-|^restore\.journal\.tmp$/));
  const interrupted = found.includes(path.join(dataDir, JOURNAL_NAME));
  const checks = [
    interrupted &&
      fail(
        "restore",
        "one was interrupted: files and database may not belong together",
        "Start the server, or restore again: it is then finished or put back.",
      ),
    leftover(aside, "set aside by a restore", "When nothing in them is missed any more, remove them."),
    // While a restore is under way, or interrupted, these are its own.
    !interrupted && leftover(halfMade, "of a restore that was killed", "When no restore is running, remove them."),
    leftover(unclaimed, "of workspaces that the database doesn't know", "Look whose they are, then remove them."),
  ].filter((check) => check !== false && check !== null);
  return checks.length > 0 ? checks : [ok("leftovers", "none")];
}

/** Folders in the trash that no entry is for. Of entries, the database's own rows are the truth. */
export async function checkTrash<T>(db: Kysely<T>, dataDir: string): Promise<Check[]> {
  const { rows: present } = await sql`select 1 where to_regclass('public.trash_entries') is not null`.execute(db);
  if (present.length === 0) return [];
  // The disk first: an entry's row is written before its folder is made, and goes after it.
  const accounts = await listFolder(path.join(dataDir, "trash"));
  const folders = (await Promise.all(accounts.map(listFolder))).flat().filter((file) => named(file, /^\d+$/));
  const { rows } = await sql<{ place: string }>`
    select owner_id || '/' || id as place from trash_entries`.execute(db);
  const known = new Set(rows.map(({ place }) => path.join(dataDir, "trash", place)));
  const strays = folders.filter((folder) => !known.has(folder));
  const check = leftover(strays, "in the trash that no entry is for", "Look what is in them, then remove them.");
  return check ? [check] : [];
}

function leftover(files: readonly string[], what: string, fix: string): Check | null {
  if (files.length === 0) return null;
  const names = files.slice(0, NAMED_AT_MOST).join(", ");
  const more = files.length > NAMED_AT_MOST ? ` and ${files.length - NAMED_AT_MOST} more` : "";
  return warn("leftovers", `${files.length} ${what}: ${names}${more}`, fix);
}

function named(file: string, pattern: RegExp): boolean {
  return pattern.test(path.basename(file));
}

async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (names) => names.sort().map((name) => path.join(folder, name)),
    () => [],
  );
}
