import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { configurationDirectory } from "../checkout.ts";
import { configurationChecks } from "../checks/configuration-checks.ts";
import { hubChecks } from "../checks/hub-checks.ts";
import { hubPeopleChecks } from "../checks/hub-people-check.ts";
import { installationChecks } from "../checks/installation-checks.ts";
import { secretKeyCheck } from "../checks/secret-key-check.ts";
import { storageCheck } from "../checks/storage-check.ts";
import { systemAccountsCheck } from "../checks/system-accounts-check.ts";
import { commandConfig, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

interface Options {
  readonly json?: boolean;
}

const SIGNS = { ok: "ok   ", warn: "warn ", fail: "FAIL " } as const;

/** `stoa doctor` */
export function addDoctor(program: Command, context: Context): void {
  program
    .command("doctor")
    .description("Look at everything, and name each fault with its fix. Changes nothing; the server may run")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit code 1 when something doesn't work; warnings alone end in 0.\n\nExample:\n  npx stoa doctor",
    )
    .action((options: Options) => act(context, options.json === true, () => examine(context, options)));
}

async function examine({ terminal }: Context, options: Options) {
  const config = commandConfig(terminal);
  const checks = directoryFirst(config, [
    ...(await installationChecks(config)),
    ...(await configurationChecks(config, configurationDirectory(terminal.cwd))),
    ...(await databaseChecks(terminal, config)),
    await storageCheck(config),
    ...(await hubChecks(config)),
  ]);
  terminal.out(options.json ? JSON.stringify({ ok: !hasFault(checks), checks }, null, 2) : report(checks));
  return hasFault(checks) ? exitCodes.fault : exitCodes.done;
}

const DIRECTORY = "data directory";

/** Whoever looks at another directory than the server's sees nothing of the server's faults. */
function directoryFirst(config: Config, checks: readonly Check[]): Check[] {
  const fault = checks.find(({ name, state }) => name === DIRECTORY && state === "fail");
  return [fault ?? directoryCheck(config), ...checks.filter(({ name }) => name !== DIRECTORY)];
}

function directoryCheck({ dataDir }: Config): Check {
  if (existsSync(dataDir)) return ok(DIRECTORY, dataDir);
  const fix =
    "Before the first start that is as it should be. Else give stoa the same STOA_* settings " +
    "(environment, .env or STOA_CONFIG) and the same account as the server.";
  return warn(DIRECTORY, `${dataDir} is not there, or this account may not see it`, fix);
}

async function databaseChecks(terminal: Terminal, config: Config): Promise<Check[]> {
  // To look at a database that was never set up would set it up.
  if (config.database.url === null && !existsSync(join(config.dataDir, "postgres"))) {
    return [ok("database", `none yet: the first start makes it in ${config.dataDir}`)];
  }
  const { diagnoseDatabase } = await import("@stoa/server/platform/database/doctor.ts");
  const { createLog } = await import("@stoa/server/platform/telemetry/log.ts");
  const checks = await diagnoseDatabase(config, createLog({ logLevel: "silent" }));
  const reachable = checks.some((check) => check.name === "database" && check.state === "ok");
  if (!reachable) return checks;
  return withDatabase(terminal, "beside", async ({ database }) => [
    ...checks,
    await secretKeyCheck(config, database),
    await systemAccountsCheck(config, database),
    ...(await hubPeopleChecks(config, database)),
  ]);
}

function hasFault(checks: readonly Check[]): boolean {
  return checks.some((check) => check.state === "fail");
}

function report(checks: readonly Check[]): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  const lines = checks.flatMap(({ name, state, found, fix }) => {
    const line = `${SIGNS[state]} ${name.padEnd(width)}  ${found}`;
    return fix === null ? [line] : [line, `${" ".repeat(width + 8)}→ ${fix}`];
  });
  const faults = checks.filter((check) => check.state === "fail").length;
  const warnings = checks.filter((check) => check.state === "warn").length;
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return [
    ...lines,
    "",
    faults + warnings === 0 ? "All is well." : `${count(faults, "fault")}, ${count(warnings, "warning")}.`,
  ].join("\n");
}
