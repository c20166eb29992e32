import type { Kysely } from "kysely";
import { up as platformUp } from "./0001-platform-operations-events-audit.ts";

export type MigrationUp = (db: Kysely<unknown>) => Promise<void>;

/**
 * Every migration, by name, in order. One that has landed is never edited nor renamed: add another
 * (`landed.json` holds their hashes, and a test compares).
 */
export const migrations: Readonly<Record<string, MigrationUp>> = {
  "0001-platform-operations-events-audit": platformUp,
};
