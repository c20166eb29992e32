import { type Kysely, sql, type Transaction } from "kysely";
import { DEFAULT_MIGRATION_TABLE, Migrator } from "kysely/migration";
import { type MigrationUp, migrations } from "../../migrations/index.ts";
import { StartError } from "../errors/start-error.ts";

/** Any number that nothing else on the database uses. */
export const MIGRATION_LOCK = 3_564_260_001;

export type MigrationMap = Readonly<Record<string, MigrationUp>>;

export interface MigrationState {
  /** In this database, in the order they ran. */
  readonly executed: readonly string[];
  /** In this code but not yet in the database. */
  readonly pending: readonly string[];
  /** In the database but not in this code: a newer release was here. */
  readonly unknown: readonly string[];
}

/**
 * Brings the database up to this code's migrations, all in one transaction and, by an advisory lock, in one
 * process at a time. Nothing to do: nothing is written.
 * @throws StartError when one fails, or when the database is newer than this code.
 */
export async function migrateToLatest<T>(db: Kysely<T>, map: MigrationMap = migrations): Promise<void> {
  const state = await migrationState(db, map);
  refuseNewer(state);
  if (state.pending.length === 0) return;
  await db.transaction().execute(async (trx) => {
    await lockMigrations(trx);
    // While this process waited another may have been faster, and newer.
    refuseNewer(await migrationState(trx, map));
    await migrateWithin(trx, map);
  });
}

/**
 * The same in a transaction of the caller's, which holds `lockMigrations`.
 * @throws StartError when one fails; the transaction is then aborted.
 */
export async function migrateWithin<T>(trx: Transaction<T>, map: MigrationMap): Promise<void> {
  const steps = Object.fromEntries(Object.entries(map).map(([name, up]) => [name, { up }]));
  const migrator = new Migrator({ db: trx, provider: { getMigrations: async () => steps } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error");
  throw new StartError(
    `The database could not be brought up to date${failed ? ` (migration ${failed.migrationName})` : ""}: ${reason(error)}`,
    "Nothing was changed. Mend what it says and start again, or go back to the release that ran before.",
    { cause: error },
  );
}

/** One process at a time, until the transaction ends; neither this wait nor a migration is timed out. */
export async function lockMigrations<T>(trx: Transaction<T>): Promise<void> {
  await sql`set local statement_timeout = 0`.execute(trx);
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
}

/** What has run in this database and what hasn't. Changes nothing. */
export async function migrationState<T>(db: Kysely<T>, map: MigrationMap = migrations): Promise<MigrationState> {
  const executed = await executedMigrations(db);
  return {
    executed,
    pending: Object.keys(map).filter((name) => !executed.includes(name)),
    unknown: executed.filter((name) => !(name in map)),
  };
}

async function executedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const table = sql.table(DEFAULT_MIGRATION_TABLE);
  const { rows: found } = await sql`select 1 where to_regclass(${DEFAULT_MIGRATION_TABLE}) is not null`.execute(db);
  if (found.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(db);
  return rows.map((row) => row.name);
}

function refuseNewer(state: MigrationState): void {
  if (state.unknown.length === 0) return;
  throw new StartError(
    `The database is newer than this release: it has ${state.unknown.join(", ")}, which this release does not know.`,
    "Start the newer release, or restore a backup that this release made (npx stoa restore).",
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
