import { StoaError } from "../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../platform/operations/contract.ts";
import { isHere, type SessionsContext } from "./context.ts";
import { converge } from "./converge.ts";
import { describeLaunch } from "./describe-launch.ts";
import { findJob, withStep } from "./queries.ts";
import { storableText } from "./resource-options/storable.ts";
import { ResourceError } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import { type JobRow, widen } from "./tables.ts";
import { recordFailure } from "./transitions.ts";

export const START_KIND = "session.start";
export const STOP_KIND = "session.stop";
/** What is left of one that was given up. */
export const CLEAR_KIND = "session.clear";

/** Seconds without a word from its worker until another takes over: people wait, and doing it twice does no harm. */
const HEARTBEAT = 6;

/** Starts what was ordered. Every step can be repeated: the resource starts nothing twice. */
export function startKind(context: SessionsContext): OperationKind {
  return {
    kind: START_KIND,
    attempts: 4,
    heartbeatSeconds: HEARTBEAT,
    expireSeconds: 120,
    concurrency: 8,
    exclusive: true,
    async run(run) {
      const jobId = jobOf(run);
      const job = await launchable(context, run, jobId);
      if (job === null) return statusOf(await findJob(context.db, jobId));
      try {
        await context.local.start(await describeLaunch(context, job));
      } catch (error) {
        throw answerable(error);
      }
      return statusOf(await converge(context, jobId));
    },
    async settle(run, outcome) {
      const why = outcome === "cancelled" ? say("start_cancelled") : (run.operation.error?.message ?? "");
      const jobId = jobOf(run);
      const reason = why === "" ? say("not_started") : say("not_started_because", { reason: why });
      // Whoever looks between the two writes the end down, with this reason.
      await context.db
        .updateTable("jobs")
        .set({ reason })
        .where("id", "=", jobId)
        .where("ended_at", "is", null)
        .execute();
      await context.local.stop((await findJob(context.db, jobId)) ?? jobId, reason);
      await recordFailure(context, jobId, reason);
    },
  };
}

/** Ends what should not run. Tried for as long as it takes. */
export function stopKind(context: SessionsContext): OperationKind {
  return {
    kind: STOP_KIND,
    attempts: 20,
    heartbeatSeconds: HEARTBEAT,
    expireSeconds: 120,
    concurrency: 8,
    exclusive: true,
    async run(run) {
      try {
        return statusOf(await converge(context, jobOf(run)));
      } catch (error) {
        throw answerable(error);
      }
    },
  };
}

/** Ends what is left of a session that was given up, on its own server once that is back. */
export function clearKind(context: SessionsContext): OperationKind {
  return {
    kind: CLEAR_KIND,
    attempts: 20,
    heartbeatSeconds: HEARTBEAT,
    expireSeconds: 120,
    concurrency: 2,
    exclusive: true,
    async run(run) {
      const job = await findJob(context.db, jobOf(run));
      if (job === null || job.ended_at === null || !isHere(context, job)) return { left: false };
      try {
        return { left: await context.local.stop(job, job.reason ?? say("stopped")) };
      } catch (error) {
        throw answerable(error);
      }
    },
  };
}

/** The job, marked as one that may be running from now on; null when it should not, or is already, started. */
async function launchable(context: SessionsContext, run: OperationRun, jobId: number): Promise<JobRow | null> {
  return run.step(say("starting"), async (trx) => {
    const { place } = context.local;
    const row = await widen(trx)
      .updateTable("jobs")
      .set((eb) => ({
        launched_at: eb.fn.coalesce("launched_at", eb.val(new Date())),
        place,
        ...(run.attempt === 1 ? { steps: withStep(say("starting")) } : {}),
      }))
      .where("id", "=", jobId)
      .where("desired", "=", "running")
      .where("ended_at", "is", null)
      .where((eb) => eb.or([eb("place", "is", null), eb("place", "=", place)]))
      .returningAll()
      .executeTakeFirst();
    return row ?? null;
  });
}

/** What another try can't mend fails at once; the rest is tried again. */
function answerable(error: unknown): unknown {
  if (!(error instanceof ResourceError) || error.fault === "transient") return error;
  return new StoaError("conflict", { message: storableText(error.message), cause: error });
}

function jobOf(run: OperationRun): number {
  return Number(run.operation.subject.id);
}

function statusOf(job: JobRow | null): JsonObject {
  return { status: job?.status ?? "gone" };
}
