import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import { StartError } from "../errors/start-error.ts";
import { type Check, fail, ok, warn } from "./doctor/check.ts";
import { databaseChecks } from "./doctor/database-checks.ts";
import { checkDirectory } from "./doctor/directory-checks.ts";
import { checkLeftovers, checkTrash } from "./doctor/leftover-checks.ts";
import { checkListener } from "./doctor/listener-check.ts";
import { clusterVersion } from "./embedded/cluster.ts";
import { clusterLayout } from "./embedded/layout.ts";
import { type OpenDatabase, openDatabase } from "./open-database.ts";

export type { Check } from "./doctor/check.ts";

/**
 * Looks at the data directory and the database, beside a running server or without one (the embedded database
 * is then started for the time of the look). Changes nothing. Never throws: what it can't look at is a finding.
 */
export async function diagnoseDatabase(
  config: Pick<Config, "database" | "dataDir" | "nodeId">,
  log: Logger,
): Promise<Check[]> {
  const directory = await checkDirectory(config.dataDir).catch((error) => [unexpected("data directory", error)]);
  directory.push(...(await checkLeftovers(config.dataDir)));
  if (await isYetToBeMade(config)) {
    return [...directory, warn("database", "there is none yet", "The first start makes it.")];
  }
  const database = await openDatabase(config, log, { tool: "beside" }).catch((error: unknown) =>
    error instanceof StartError ? fail("database", error.message, error.remedy) : unexpected("database", error),
  );
  if ("state" in database) return [...directory, database];
  try {
    return [...directory, ...(await checkDatabase(database, config.dataDir))];
  } finally {
    await database.close();
  }
}

async function isYetToBeMade({ database, dataDir }: Pick<Config, "database" | "dataDir">): Promise<boolean> {
  return database.url === null && (await clusterVersion(clusterLayout(dataDir))) === null;
}

async function checkDatabase(database: OpenDatabase, dataDir: string): Promise<Check[]> {
  const { db, connectionString, directConnectionString } = database;
  const reached = await db
    .selectNoFrom((select) => select.lit(1).as("one"))
    .execute()
    .then(
      () => ok("database", "answers"),
      (error) => fail("database", `it does not answer: ${said(error)}`, "Start it, or correct DATABASE_URL."),
    );
  if (reached.state !== "ok") return [reached];
  const checks = await Promise.all(
    databaseChecks.map((check) => check(db).catch((error) => unexpected("database", error))),
  );
  const trash = await checkTrash(db, dataDir).catch((error) => [unexpected("leftovers", error)]);
  return [reached, ...checks, ...trash, await checkListener(connectionString, directConnectionString)];
}

function unexpected(name: string, error: unknown): Check {
  return fail(name, said(error), "Look at the log for more; if it isn't clear, report it.");
}

/** The driver's own words stand in the cause. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? said(error.cause) : error.message;
}
