import pg from "pg";
import { StartError } from "../../errors/start-error.ts";
import { MIGRATION_LOCK } from "../migrate.ts";
import { completeMoves, undoMoves } from "./durable-files.ts";
import { closeJournal, type RestoreJournal, readJournal } from "./restore-journal.ts";

/** How long an interrupted restore's own connection may still be at its end. */
const PATIENCE = "60s";
const MARK = "restored:";

/**
 * After a restore that was cut off between its files and its database: whether the database has committed decides.
 * Then the files are the backup's as well, else they are put back as they were.
 * @param connectionString past any pooler
 * @throws StartError when the database can't say, or is another than the one that was restored.
 */
export async function settleRestore(
  dataDir: string,
  connectionString: string,
): Promise<"none" | "finished" | "put back"> {
  const journal = await readJournal(dataDir);
  if (!journal) return "none";
  const committed = await hasCommitted(journal, connectionString).catch((cause) => {
    throw cause instanceof StartError ? cause : undecided(dataDir, cause);
  });
  if (committed) await completeMoves(journal.moves);
  else await undoMoves(journal.moves);
  await closeJournal(dataDir, journal);
  return committed ? "finished" : "put back";
}

/** In the restore's transaction. A comment, for the tables are as they were when the backup was made. */
export async function markRestored(client: pg.ClientBase, id: string): Promise<void> {
  await client.query(`comment on table public.kysely_migration is ${pg.escapeLiteral(MARK + id)}`);
}

/** Tells databases apart, also those of one name; null when this role may not know. */
export async function identifyDatabase(client: pg.ClientBase): Promise<string | null> {
  const query = `select system_identifier::text || '/' || d.oid as identity
    from pg_control_system(), pg_database d where d.datname = current_database()`;
  const found = await client.query<{ identity: string }>(query).catch((error) => {
    if (error instanceof pg.DatabaseError && error.code === "42501") return null;
    throw error;
  });
  return found?.rows[0]?.identity ?? null;
}

async function hasCommitted(journal: RestoreJournal, connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, application_name: "stoa-restore" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const database = await identifyDatabase(client);
    if (database !== null && journal.database !== null && database !== journal.database) throw anotherDatabase();
    await client.query("begin");
    await client.query(`set local statement_timeout = 0; set local lock_timeout = '${PATIENCE}'`);
    // The killed restore's connection may still be committing: it holds this lock until it has or hasn't.
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    const { rows } = await client.query<{ mark: string | null }>(
      "select obj_description(to_regclass('public.kysely_migration'), 'pg_class') as mark",
    );
    await client.query("commit");
    return rows[0]?.mark === MARK + journal.id;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function anotherDatabase(): StartError {
  return new StartError(
    "A restore was interrupted in this data directory, and it was into another database than this one.",
    "Start once, or restore again, with the DATABASE_URL of that restore: it is then finished or put back.",
  );
}

function undecided(dataDir: string, cause: unknown): StartError {
  return new StartError(
    `A restore into ${dataDir} was interrupted, and the database can't say whether it took place: ${cause instanceof Error ? cause.message : cause}.`,
    "See that the database answers, then start or restore again: it is then finished or put back.",
    { cause, passing: true },
  );
}
