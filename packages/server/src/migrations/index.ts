import type { Kysely } from "kysely";

export type MigrationUp = (db: Kysely<unknown>) => Promise<void>;

/**
 * Every migration, by name, in order. One that has landed is never edited nor renamed: add another
 * (`landed.json` holds their hashes, and a test compares).
 */
export const migrations: Readonly<Record<string, MigrationUp>> = {};
