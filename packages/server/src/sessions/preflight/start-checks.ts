import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Room } from "../../storage/storage.ts";
import { type Check, holds, refuses } from "../admission/check.ts";
import { freeMemoryChecks, memoryOf } from "../admission/free-memory.ts";
import type { Caller, SessionsContext, SessionWorkspace } from "../context.ts";
import { startRefusals } from "../contract/messages.ts";
import { coreHoursOf } from "../core-hours.ts";
import type { JobType } from "../job-types/contract.ts";
import { whyMissing } from "../job-types/environment.ts";
import { checkHostTakes, checkMayStartHere, checkMayStartType, checkPortIsKept, checkSessionCount } from "../policy.ts";
import { coreHourChecks } from "../quotas/core-hours-check.ts";
import { type ResourceOptions, readResourceOptions } from "../resource-options/validate.ts";
import type { SessionsTrx } from "../tables.ts";
import { movingCheck, storageCheck } from "./storage-check.ts";

/** A start that is asked for, with all that was looked up for it. */
export interface StartAsk {
  readonly caller: Caller;
  readonly workspaceId: number;
  /** As its name was given, or the workspace's default. */
  readonly jobType: string | null;
  readonly resourceOptions: Readonly<Record<string, unknown>>;
  /** That the caller is in. */
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  /** Of the caller's storage; null: nothing is known, or they have no quota. */
  readonly room: Room | null;
  /** Sessions of the caller's that have not ended; others can't become more meanwhile. */
  readonly live: number;
}

/** What a start needs, once nothing stands in its way. */
export interface StartPlan {
  readonly jobType: string;
  readonly options: ResourceOptions;
  readonly cpus: number;
  readonly timeLimitSeconds: number;
  /** Core hours that it sets aside. */
  readonly reserved: string;
}

type Look = (view: View) => Promise<readonly Check[]> | readonly Check[];

/** One list for the start and for the preflight, in the order in which a start is refused. */
const looks: readonly Look[] = [
  ({ context, type, ask }) => [tried("job_type", () => mayChoose(context, type, ask))],
  ({ context }) => [tried("host", () => checkHostTakes(context.platform.config))],
  ({ options }) => [options.check],
  ({ context, ask }) => [
    tried("isolation", () => checkMayStartHere(ask.caller, context.platform.config, context.local)),
  ],
  ({ context, type }) => (type === undefined ? [] : [tried("port", () => checkPortIsKept(type, context.local))]),
  ({ context, type }) => (type === undefined ? [] : [installed(context, type)]),
  ({ context, ask }) => [sessionCount(context, ask.live)],
  ({ trx, ask, plan }) =>
    plan === null
      ? []
      : coreHourChecks(trx, { accountId: ask.caller.accountId, groups: ask.groups, hours: plan.reserved }),
  ({ context, ask }) => [storageCheck(context, ask.room)],
  async ({ context, trx, ask }) => [movingCheck(await context.isMoving(trx, ask.caller.accountId))],
  ({ context, trx, plan }) => (plan === null ? [] : freeMemoryChecks(context, trx, memoryOf(plan.options))),
];

interface View {
  readonly context: SessionsContext;
  readonly trx: SessionsTrx;
  readonly ask: StartAsk;
  readonly type: JobType | undefined;
  readonly options: { readonly check: Check; readonly chosen: ResourceOptions | null };
  /** Null: there is no telling what it would take. */
  readonly plan: StartPlan | null;
}

/**
 * Looks at everything that decides whether this may start now. What it counts stays so until the transaction ends.
 * @returns the plan, unless a check refuses
 */
export async function lookAtStart(
  context: SessionsContext,
  trx: SessionsTrx,
  ask: StartAsk,
): Promise<{ readonly checks: readonly Check[]; readonly plan: StartPlan | null }> {
  const type = ask.jobType === null ? undefined : context.jobTypes.get(ask.jobType);
  const options = readOptions(context, ask, type);
  const plan = type === undefined || options.chosen === null ? null : planOf(type, options.chosen);
  const checks: Check[] = [];
  for (const look of looks) checks.push(...(await look({ context, trx, ask, type, options, plan })));
  return { checks, plan: checks.every((check) => check.ok) ? plan : null };
}

/** What the request names, or else the workspace's default. */
export function chosenJobType(asked: string | null, workspace: SessionWorkspace | null): string | null {
  return asked ?? workspace?.default_job_type ?? null;
}

function planOf(type: JobType, options: ResourceOptions): StartPlan {
  const cpus = Number(options.num_cpus);
  const timeLimitSeconds = Number(options.time_limit_min) * 60;
  return { jobType: type.id, options, cpus, timeLimitSeconds, reserved: coreHoursOf(cpus, timeLimitSeconds) };
}

/** @throws StoaError in the contract's words, or because administrators keep it from this person */
function mayChoose({ platform }: SessionsContext, type: JobType | undefined, { caller, jobType }: StartAsk): void {
  if (jobType === null) throw startRefusals.missingJobType();
  if (type === undefined) throw startRefusals.unknownJobType(jobType);
  checkMayStartType(type, caller, platform.config);
}

function readOptions(context: SessionsContext, ask: StartAsk, type: JobType | undefined): View["options"] {
  let chosen: ResourceOptions | null = null;
  const check = tried("options", () => {
    chosen = readResourceOptions(ask.resourceOptions, [...context.parameters, ...(type?.ownParameters ?? [])]);
  });
  return { check, chosen };
}

function installed(context: SessionsContext, type: JobType): Check {
  const why = whyMissing(type, context.local);
  return why === null ? holds("installed") : refuses("installed", new NotInstalled(why));
}

/** Told otherwise in contract 3. */
export class NotInstalled extends StoaError {
  constructor(why: string) {
    super("conflict", { message: why });
  }
}

function sessionCount(context: SessionsContext, live: number): Check {
  const { config } = context.platform;
  return tried("sessions", () => checkSessionCount(live, config), {
    used: String(live),
    allowed: String(config.limits.sessionsPerPerson),
    unit: "sessions",
    setBy: "STOA_SESSIONS_PER_PERSON",
  });
}

/** A rule that throws its refusal, as a check. */
export function tried(id: string, rule: () => void, figures: Parameters<typeof holds>[1] = {}): Check {
  try {
    rule();
    return holds(id, figures);
  } catch (error) {
    if (!(error instanceof StoaError)) throw error;
    return refuses(id, error, figures);
  }
}
