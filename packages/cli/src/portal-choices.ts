import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config, Overrides } from "@stoa/server/config/schema.ts";
import { overridesOf } from "@stoa/server/platform/live-settings/live-settings.ts";
import type { LiveSettingTables } from "@stoa/server/platform/live-settings/tables.ts";
import { withDatabase } from "./database.ts";
import type { Terminal } from "./terminal.ts";

/** What administrators chose in the portal, as far as it can be read here. */
export interface PortalChoices {
  readonly overrides: Overrides;
  /** Why nobody can say what they chose; null: it was read. */
  readonly unread: string | null;
}

/** Asks the database, and makes none: where there is none yet, nothing was chosen. */
export async function portalChoices(terminal: Terminal, config: Config): Promise<PortalChoices> {
  try {
    if (config.database.url === null && !(await isThere(join(config.dataDir, "postgres")))) return none;
    return { overrides: await withDatabase(terminal, "beside", ({ database }) => read(database.db)), unread: null };
  } catch (error) {
    return { ...none, unread: error instanceof Error ? error.message : String(error) };
  }
}

/** PostgreSQL's code. */
const NO_SUCH_TABLE = "42P01";
const none: PortalChoices = { overrides: new Map(), unread: null };

type Db = Parameters<Parameters<typeof withDatabase>[2]>[0]["database"]["db"];

async function read(db: Db): Promise<Overrides> {
  try {
    return overridesOf(await db.withTables<LiveSettingTables>().selectFrom("live_settings").selectAll().execute());
  } catch (error) {
    // An older version's database, or one that is still empty, has no such table.
    if (codeOf(error) === NO_SUCH_TABLE) return none.overrides;
    throw error;
  }
}

/** @throws where one may not even look */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(String(codeOf(error)))) return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
