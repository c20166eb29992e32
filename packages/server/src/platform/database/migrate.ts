import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { type MigrationUp, migrations } from "../../migrations/index.ts";
import { StartError } from "../errors/start-error.ts";

/**
 * Brings the database up to this code's migrations, all in one transaction and, by an advisory lock, in one
 * process at a time. Nothing to do: nothing is written.
 * @throws StartError when one fails, or when the database is newer than this code.
 */
export async function migrateToLatest<T>(
  db: Kysely<T>,
  map: Readonly<Record<string, MigrationUp>> = migrations,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => asKysely(map) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error");
  throw new StartError(
    `The database could not be brought up to date${failed ? ` (migration ${failed.migrationName})` : ""}: ${reason(error)}`,
    "Nothing was changed. Mend what it says and start again, or go back to the release that ran before.",
    { cause: error },
  );
}

function asKysely(map: Readonly<Record<string, MigrationUp>>): Record<string, Migration> {
  const withoutTimeout = (up: MigrationUp): Migration => ({
    async up(db) {
      await sql`set local statement_timeout = 0`.execute(db);
      await up(db);
    },
  });
  return Object.fromEntries(Object.entries(map).map(([name, up]) => [name, withoutTimeout(up)]));
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
