import { sql } from "kysely";
import type { MigrationUp } from "../migrations/index.ts";

/** Who holds this advisory lock lets no restore commit. */
export const BARRIER = 4_711;

/** A table that a restore empties (it ends credentials), whose deferred trigger then waits within COMMIT itself. */
const barrier: MigrationUp = async (db) => {
  await sql`create table signing_keys (id int)`.execute(db);
  await sql`create table notes (text text)`.execute(db);
  await sql`create function wait_at_commit() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock(${sql.lit(BARRIER)}); return null; end'`.execute(db);
  await sql`create constraint trigger barrier after delete on signing_keys deferrable initially deferred
    for each row execute function wait_at_commit()`.execute(db);
};

export const barrierMigrations = { "0001-barrier": barrier };
