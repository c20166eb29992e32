import { resolve } from "node:path";
import type { AccountTables } from "@stoa/server/accounts/tables.ts";
import type { Stoa } from "@stoa/server/app.ts";
import type { Context } from "../action.ts";
import type { SharedImportOptions } from "../commands/import-options.ts";
import { type Opened, requireCurrentSchema } from "../database.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readChoices } from "../importing/choices.ts";
import { asTheOnlyOne } from "../importing/only-one.ts";
import { operator } from "../operator.ts";
import type { Ground } from "./ground.ts";
import { findMapping, type Mapping } from "./mapping/find-mapping.ts";
import { readOverrides } from "./mapping/overrides.ts";
import { showMapping, tellMapping } from "./mapping/tell-mapping.ts";
import { boundsAt } from "./plan/bounds.ts";
import { makePlan, type Plan } from "./plan/make-plan.ts";
import { printable, shown } from "./shown.ts";
import { type OldPortal, openOldPortal } from "./source/old-portal.ts";
import { readRelations } from "./source/relations.ts";
import { type LinkedHubUsers, linkHubUsers } from "./take/hub-users.ts";
import { bringLog } from "./take/log.ts";
import { type BroughtPeople, bringPeople } from "./take/people.ts";
import { showPlan, tellPlan } from "./tell-plan.ts";

export interface ImportOptions extends SharedImportOptions {
  readonly database: string;
  readonly usersTable?: string;
  readonly logTable?: string;
  /** False: `--no-log`. */
  readonly log: boolean;
  readonly column: readonly string[];
  readonly timeZone: string;
  readonly all?: boolean;
  readonly linkHubUsers?: boolean;
}

interface CarriedOut {
  readonly people: number;
  readonly executions: number;
  readonly hubUsers: LinkedHubUsers | null;
  readonly failed: BroughtPeople["failed"];
}

/** Looks at the old portal's database, tells how it is read and what comes, and with `--go` brings it. */
export async function runImport(context: Context, opened: Opened, options: ImportOptions): Promise<ExitCode> {
  await requireCurrentSchema(opened);
  const portal = await openOldPortal(options.database);
  try {
    const mapping = findMapping(await readRelations(portal), {
      usersTable: options.usersTable ?? null,
      logTable: options.logTable ?? null,
      withLog: options.log,
      columns: readOverrides(options.column),
    });
    // Before anything is read by it, and long before anything is written.
    if (!options.json) context.terminal.out(printable(tellMapping(mapping, options.timeZone)));
    return await withStoa(opened, (stoa) =>
      planAndGo(context, opened, options, groundOf(context, options, { stoa, portal, mapping })),
    );
  } finally {
    await portal.close();
  }
}

async function withStoa<T>({ config, database, log }: Opened, work: (stoa: Stoa) => Promise<T>): Promise<T> {
  const { createStoa } = await import("@stoa/server/app.ts");
  const stoa = await createStoa({ config, database, log, broker: null });
  try {
    return await work(stoa);
  } finally {
    await stoa.storage.driver.close();
  }
}

function groundOf(
  { terminal }: Context,
  options: ImportOptions,
  { stoa, portal, mapping }: { readonly stoa: Stoa; readonly portal: OldPortal; readonly mapping: Mapping },
): Ground {
  const { platform, accounts } = stoa;
  const file = options.map === undefined ? null : resolve(terminal.cwd, options.map);
  return {
    platform,
    taking: { platform, db: platform.db.withTables<AccountTables>(), welcome: accounts.welcome },
    portal,
    mapping,
    timeZone: options.timeZone,
    source: options.source,
    choices: readChoices({ link: options.link, rename: options.rename, file }),
    bounds: boundsAt(new Date(), options.all === true ? 0 : platform.config.activity.keptMonths),
    linkHubUsers: options.linkHubUsers === true,
    by: operator(),
    say: (text) => terminal.err(text),
  };
}

async function planAndGo(context: Context, opened: Opened, options: ImportOptions, ground: Ground): Promise<ExitCode> {
  if (!options.go) {
    const plan = await makePlan(ground);
    tell(context, options, ground, plan, null);
    return isWhole(plan, null) ? exitCodes.done : exitCodes.fault;
  }
  return asTheOnlyOne(opened.database.directConnectionString, async () => {
    const plan = await makePlan(ground);
    const done = await carryOut(ground, plan);
    tell(context, options, ground, plan, done);
    return isWhole(plan, done) ? exitCodes.done : exitCodes.fault;
  });
}

/** People first: their executions need an account. Each step can be repeated. */
async function carryOut(ground: Ground, plan: Plan): Promise<CarriedOut> {
  const { mapping } = ground;
  const people = await bringPeople(ground, plan.people);
  const hubUsers = plan.hub === null ? null : await linkHubUsers(ground, plan.hub, people.here);
  let executions = 0;
  if (mapping.log !== null && plan.log !== null) {
    const { by, reading } = plan.log;
    const who = new Map(
      plan.people.flatMap(({ old }) => {
        const person = people.here.get(old.key);
        return person === undefined ? [] : [[by === "key" ? old.key : old.username, person] as const];
      }),
    );
    executions = await bringLog(ground, mapping.log, { by, reading, who });
  }
  return { people: people.came, executions, hubUsers, failed: people.failed };
}

function tell({ terminal }: Context, options: ImportOptions, ground: Ground, plan: Plan, done: CarriedOut | null) {
  const { timeZone, mapping, platform } = ground;
  if (options.json) {
    terminal.out(JSON.stringify({ mapping: showMapping(mapping, timeZone), plan: showPlan(plan), done }));
    return;
  }
  const { keptMonths } = platform.config.activity;
  terminal.out(printable(tellPlan(plan, { keptMonths, all: options.all === true })));
  if (done === null) {
    terminal.out("Nothing was changed. With --go it is done.");
    return;
  }
  terminal.out(`Came: ${done.people} people, ${done.executions} executions.`);
  for (const { username, why } of done.failed) terminal.err(`${shown(username)} did not come: ${why}`);
  if (done.hubUsers === null) return;
  terminal.out(`Linked: ${done.hubUsers.linked} users of the hub.`);
  for (const { username, why } of done.hubUsers.left) terminal.out(`  ${username} is not linked: ${why}`);
}

/** Executions that stay behind are counted; only people have to be decided about. */
function isWhole(plan: Plan, done: CarriedOut | null): boolean {
  const refused = plan.people.some(({ fate }) => fate === "refuse");
  return !refused && (done === null || done.failed.length === 0);
}
