import type { SessionsContext } from "./context.ts";
import { describeLaunch } from "./describe-launch.ts";
import type { Ended } from "./resources/contract.ts";
import type { JobRow } from "./tables.ts";

/** Seconds from a launch to its program, besides what is prepared: nobody pays for them, whatever is told. */
const BEGINS_WITHIN = 15;
/** Seconds that it may be prepared where its steps are not known. */
const PREPARED_WITHIN = 7200;

/**
 * When its program began, by what is told of it. Its owner may have held its host still while they worked, and have it
 * told afterwards that nothing ran, or only just began: what took longer than a start may, ran since it was launched.
 * @param lastMoment until when it was there, by what is known
 */
export async function beganAt(
  context: SessionsContext,
  job: JobRow,
  told: string | null,
  lastMoment: Date,
): Promise<string | null> {
  const { launched_at: launchedAt } = job;
  if (job.started_at !== null || launchedAt === null) return told;
  const begun = told === null ? lastMoment : new Date(told);
  const took = (begun.getTime() - launchedAt.getTime()) / 1000 - BEGINS_WITHIN;
  if (took <= 0 || took <= (await preparedWithin(context, job))) return told;
  return launchedAt.toISOString();
}

/** Seconds that the steps before its program may take together. */
async function preparedWithin(context: SessionsContext, job: JobRow): Promise<number> {
  const type = context.jobTypes.get(job.job_type);
  if (type?.prepare === undefined) return 0;
  // Who can't be asked any more (its owner's account is gone) doesn't keep it from being settled.
  const prepare = (await describeLaunch(context, job).catch(() => null))?.prepare ?? null;
  if (prepare === null) return PREPARED_WITHIN;
  return prepare.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
}

/** What its end tells, with the beginning that is believed. */
export async function believedEnd(
  context: SessionsContext,
  job: JobRow,
  end: Ended,
  seen: Date | null,
): Promise<Ended> {
  // Told never to have been started, and never seen: its machine could not, for however long it was tried.
  if (end.cause === "never_started" && seen === null) return end;
  return { ...end, startedAt: await beganAt(context, job, end.startedAt, new Date(end.endedAt)) };
}
