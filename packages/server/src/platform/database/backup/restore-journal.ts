import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { type Move, syncFolder, writeDurably } from "./durable-files.ts";

/** What a restore is about to do to files. It stands in the data directory from before the first move until all is settled. */
export interface RestoreJournal {
  /** In the database too, written by the restore's own transaction: there it says that this was committed. */
  readonly id: string;
  /** Which database that is; null when it would not say. */
  readonly database: string | null;
  /** Absolute, in order. */
  readonly moves: readonly Move[];
  /** Removed at the end, if still there. */
  readonly staged: readonly string[];
}

export const JOURNAL_NAME = "restore.journal";

export async function writeJournal(dataDir: string, journal: RestoreJournal): Promise<void> {
  await writeDurably(journalFile(dataDir), JSON.stringify(journal));
}

/** @returns null when no restore was interrupted. */
export async function readJournal(dataDir: string): Promise<RestoreJournal | null> {
  const text = await readFile(journalFile(dataDir), "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as RestoreJournal);
}

/** What was staged goes first: without the journal nobody would know of it. */
export async function closeJournal(dataDir: string, { staged }: RestoreJournal): Promise<void> {
  // A folder that its owner closed can't be emptied; what remains has a name that says what it is.
  for (const leftover of staged) await rm(leftover, { recursive: true, force: true }).catch(() => undefined);
  await rm(journalFile(dataDir), { force: true });
  await syncFolder(dataDir);
}

function journalFile(dataDir: string): string {
  return path.join(dataDir, JOURNAL_NAME);
}
