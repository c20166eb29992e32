import { statSync } from "node:fs";
import { resolve } from "node:path";
import { findService, type PresentService } from "@stoa/server/accounts/import/link-to-service.ts";
import type { AccountTables } from "@stoa/server/accounts/tables.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Platform } from "@stoa/server/platform/platform.ts";
import { createFileWork } from "@stoa/server/workspaces/file-work/file-work.ts";
import { createDirectories } from "@stoa/server/workspaces/files/directories.ts";
import type { Context } from "../action.ts";
import type { SharedImportOptions } from "../commands/import-options.ts";
import { type Opened, requireCurrentSchema } from "../database.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readChoices } from "../importing/choices.ts";
import { asTheOnlyOne } from "../importing/only-one.ts";
import { operator } from "../operator.ts";
import type { Ground } from "./ground.ts";
import { makePlan, type Plan } from "./plan/make-plan.ts";
import { showPlan } from "./show-plan.ts";
import type { OldDatabase } from "./source/old-database.ts";
import type { OldService } from "./source/old-rows.ts";
import { openPostgres } from "./source/postgres-database.ts";
import { readOldService } from "./source/read-old-service.ts";
import { type CarriedOut, carryOut, reserveAll } from "./take/carry-out.ts";
import { tellPlan } from "./tell-plan.ts";

export interface ImportOptions extends SharedImportOptions {
  readonly database: string;
  readonly root: string;
  readonly keepTokens?: boolean;
  readonly client?: string;
  readonly emptyWhereMissing?: boolean;
}

/** Looks at the old service, tells the plan, and with `--go` carries it out. */
export async function runImport(context: Context, opened: Opened, options: ImportOptions): Promise<ExitCode> {
  await requireCurrentSchema(opened);
  const old = await readOld(options.database, context.terminal.cwd);
  const ground = await openGround(context, opened, options);
  try {
    if (!options.go) {
      const plan = await makePlan(ground, old);
      tell(context, options, plan, null);
      return isWhole(plan, null) ? exitCodes.done : exitCodes.fault;
    }
    return await asTheOnlyOne(opened.database.directConnectionString, async () => {
      await reserveAll(ground, old);
      const plan = await makePlan(ground, old);
      const done = await carryOut(ground, plan);
      tell(context, options, plan, done);
      return isWhole(plan, done) ? exitCodes.done : exitCodes.fault;
    });
  } finally {
    await ground.files.stop();
  }
}

async function readOld(where: string, cwd: string): Promise<OldService> {
  const database = await openOld(where, cwd);
  try {
    return await readOldService(database);
  } finally {
    await database.close();
  }
}

async function openOld(where: string, cwd: string): Promise<OldDatabase> {
  if (/^postgres(ql)?:\/\//.test(where)) return openPostgres(where);
  // Lazily: Node says in each run of every command that this part of it is new.
  const { openSqlite } = await import("./source/sqlite-database.ts");
  return openSqlite(resolve(cwd, where.replace(/^sqlite:(\/\/)?/, "")));
}

async function openGround({ terminal }: Context, opened: Opened, options: ImportOptions) {
  const { config, database, log } = opened;
  const root = resolve(terminal.cwd, options.root);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StartError(`${root} is no folder.`, "Give the root_dir of the old config.json's main storage as --root.");
  }
  const file = options.map === undefined ? null : resolve(terminal.cwd, options.map);
  const choices = readChoices({ link: options.link, rename: options.rename, file });
  const { createStoa } = await import("@stoa/server/app.ts");
  // Only looking needs nobody's rights but the operator's.
  const broker = options.go ? await (await import("../people-broker.ts")).peopleBroker(opened) : null;
  const { platform } = await createStoa({ config, database, log, broker });
  // A mark of its own: a server that starts meanwhile clears only what is its own.
  const directories = createDirectories(config.dataDir, `${config.nodeId} import`);
  const ground: Ground = {
    platform,
    files: createFileWork(platform, directories),
    stagingMark: directories.stagingMark,
    source: options.source,
    root,
    choices,
    emptyWhereMissing: options.emptyWhereMissing === true,
    keepTokens: options.keepTokens === true,
    client: options.client === undefined ? null : await serviceCalled(platform, options.client),
    by: operator(),
    say: (text) => terminal.err(text),
    signal: new AbortController().signal,
  };
  return ground;
}

async function serviceCalled(platform: Platform, name: string): Promise<PresentService> {
  const service = await findService(platform.db.withTables<AccountTables>(), name);
  if (service !== null) return service;
  throw new StartError(`There is no active service account ${name}.`, "Make it first: POST /api/stoa/v1/services.");
}

function tell({ terminal }: Context, options: ImportOptions, plan: Plan, done: CarriedOut | null): void {
  if (options.json) {
    terminal.out(JSON.stringify({ plan: showPlan(plan), done }));
    return;
  }
  terminal.out(tellPlan(plan).join("\n"));
  if (done === null) {
    terminal.out("Nothing was changed. With --go it is done.");
    return;
  }
  const { people, workspaces, shares, jobs, failed } = done;
  terminal.out(`Came: ${people} people, ${workspaces} workspaces, ${shares} shares, ${jobs} jobs.`);
  for (const { oldId, why } of failed) terminal.err(`Workspace ${oldId} did not come: ${why}`);
}

function isWhole(plan: Plan, done: CarriedOut | null): boolean {
  const refused = [...plan.people, ...plan.workspaces].some(({ fate }) => fate === "refuse");
  return !refused && (done === null || done.failed.length === 0);
}
