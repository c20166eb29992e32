import { createHash } from "node:crypto";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { nameOfDoer } from "../../platform/principal.ts";
import { type Caller, isHere, type SessionsContext } from "../context.ts";
import { coreHoursOf, textOf, unitsOf } from "../core-hours.ts";
import { inPersianDigits } from "../persian-digits.ts";
import { mayTime, SessionRefused } from "../policy.ts";
import { lockJob, withStep } from "../queries.ts";
import { coreHourChecks } from "../quotas/core-hours-check.ts";
import { groupsOfJob } from "../quotas/queries.ts";
import { say } from "../sentences.ts";
import type { JobRow, JobStep, SessionsTrx } from "../tables.ts";
import { publishStatus } from "../transitions.ts";
import { mostMinutes } from "./extension.ts";

/** Other processes of its node tell its host then. */
export const LIMIT_EVENT = "session.limit";

export interface Wish {
  /** Null: what one click gives. */
  readonly minutes: number | null;
  /** The limit that the caller knows of, in seconds: nothing is added when it is another by now. Null: whatever it is. */
  readonly seenLimit: number | null;
  /** The same one again adds nothing. Null: each request counts. */
  readonly idempotencyKey: string | null;
}

/**
 * Gives a running session more time, and sets its core hours aside. The row is what counts: its host is told at once,
 * and again until it keeps to it.
 * @param known a session that the caller may extend
 * @throws SessionRefused with the figures; StoaError idempotency_mismatch
 */
export async function extendSession(
  context: SessionsContext,
  caller: Caller,
  known: JobRow,
  wish: Wish,
): Promise<JobRow> {
  const groups = await namesOf(context, await groupsOfJob(context.db, known.id));
  const changed = await context.db.transaction().execute(async (trx) => {
    const job = await lockJob(trx, known.id);
    if (job === null || !mayTime(caller, job)) throw notRunning();
    const by = requestOf(wish);
    if (wasDone(job, by)) return job;
    if (wish.seenLimit !== null && wish.seenLimit !== job.time_limit_seconds) return job;
    const added = minutesFor(context, job, wish.minutes);
    const seconds = (job.time_limit_seconds ?? 0) + added * 60;
    const reserved = coreHoursOf(job.cpus, seconds);
    const more = unitsOf(reserved) - unitsOf(job.core_hours_reserved);
    const hours = textOf(more > 0n ? more : 0n);
    const wanted = { accountId: job.owner_id, groups, hours, since: job.created_at };
    for (const { refusal } of await coreHourChecks(trx, wanted)) if (refusal !== null) throw refusal;
    return write(context, trx, caller, job, { added, seconds, reserved, by });
  });
  await tellHost(context, changed);
  return changed;
}

function requestOf({ idempotencyKey, minutes, seenLimit }: Wish): JobStep["by"] {
  if (idempotencyKey === null) return undefined;
  const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return { key: hash(idempotencyKey), asked: hash([minutes, seenLimit]) };
}

/** @throws StoaError idempotency_mismatch */
function wasDone({ steps }: JobRow, by: JobStep["by"]): boolean {
  const earlier = by === undefined ? undefined : steps.find((step) => step.by?.key === by.key);
  if (earlier !== undefined && earlier.by?.asked !== by?.asked) throw new StoaError("idempotency_mismatch");
  return earlier !== undefined;
}

/** Silent ones are told again when they are looked at next. */
async function tellHost(context: SessionsContext, job: JobRow): Promise<void> {
  if (!isHere(context, job)) return;
  try {
    await context.local.limit(job, job.time_limit_seconds);
  } catch (error) {
    context.platform.log.warn({ err: error, jobId: job.id }, "sessions: a host could not be told its new time limit");
  }
}

async function write(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Caller,
  job: JobRow,
  { added, seconds, reserved, by }: { added: number; seconds: number; reserved: string; by: JobStep["by"] },
): Promise<JobRow> {
  const changed = await trx
    .updateTable("jobs")
    .set({
      time_limit_seconds: seconds,
      core_hours_reserved: reserved,
      steps: withStep(say("extended", { actor: nameOfDoer(caller.actor), minutes: added }), by),
    })
    .where("id", "=", job.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await publishStatus(context, trx, changed);
  await context.platform.events.publish(trx, {
    type: LIMIT_EVENT,
    subject: { kind: "session", id: String(job.id) },
    audience: "internal",
    data: { node_id: job.node_id },
  });
  await context.platform.audit.record(trx, {
    action: "session.extend",
    actor: caller.actor,
    subject: { kind: "session", id: String(job.id), label: job.job_type },
    about: [job.owner_id],
    requestId: caller.requestId,
    address: caller.address,
    details: { minutes: added, time_limit_seconds: seconds },
  });
  return changed;
}

/** @throws SessionRefused */
function minutesFor(context: SessionsContext, job: JobRow, asked: number | null): number {
  if (job.status !== "running") throw notRunning();
  if (!job.extendable || job.time_limit_seconds === null) throw hostRefuses();
  const { sessions } = context.platform.config;
  const most = mostMinutes(job, sessions);
  const wanted = asked ?? Math.min(Math.floor(sessions.extendSeconds / 60), most);
  if (wanted < 1 || wanted > most) throw tooLong(job.time_limit_seconds, sessions.longestSeconds, most);
  return wanted;
}

async function namesOf(context: SessionsContext, groupIds: readonly number[]) {
  const groups = await Promise.all(groupIds.map((id) => context.people.groups.get(id)));
  return groups.flatMap((group) => (group === null ? [] : [{ id: group.id, name: group.name }]));
}

function notRunning(): SessionRefused {
  return new SessionRefused(
    "conflict",
    "This session does not run: only one that runs can be given more time.",
    "این نشست در حال اجرا نیست: فقط به نشست در حال اجرا می‌توان زمان بیشتری داد.",
  );
}

function hostRefuses(): SessionRefused {
  return new SessionRefused(
    "conflict",
    "Its time limit can't be changed while it runs: it was started by an earlier version of the server, or its host has not answered yet. Save your work, and start it again before it ends.",
    "مهلت این نشست را نمی‌توان حین اجرا تغییر داد: با نسخهٔ پیشین سرور آغاز شده، یا میزبانش هنوز پاسخ نداده است. کارتان را ذخیره کنید و پیش از پایان، آن را از نو آغاز کنید.",
  );
}

function tooLong(limitSeconds: number, longestSeconds: number, most: number): SessionRefused {
  const [now, longest] = [Math.round(limitSeconds / 60), Math.floor(longestSeconds / 60)];
  return new SessionRefused(
    "conflict",
    `It may run for ${now} min already, and ${longest} min are the most for a session (STOA_SESSION_LONGEST): ${most} min can be added.`,
    `مهلت این نشست اکنون ${inPersianDigits(now)} دقیقه است و حداکثر مهلت هر نشست ${inPersianDigits(longest)} دقیقه است (STOA_SESSION_LONGEST): ${inPersianDigits(most)} دقیقهٔ دیگر می‌توان افزود.`,
  );
}
