import type { SessionsContext } from "../context.ts";
import { liveJobsOf } from "../queries.ts";
import { idleStopSeconds, idleWarningSeconds } from "./idle-policy.ts";
import { countIdleTime, type IdleCount, stopForIdleness, warnOfIdleStop } from "./idle-stop.ts";
import type { Use } from "./use.ts";

/** How often idle time is counted; shorter where it is short itself. */
const TICK_MS = 15_000;
/** Counts that are missed in a row without loss. */
const MISSED_COUNTS = 4;

/** Looks after the sessions of this node that nobody uses. */
export interface IdleSweep {
  /** Until the next one; follows the settings, which may change while it runs. */
  readonly everyMs: number;
  /** Safe to run on several servers at once. @throws when the database can't be asked */
  sweep(): Promise<void>;
}

export function createIdleSweep(context: SessionsContext, use: Use): IdleSweep {
  const { sessions } = context.platform.config;
  warnOfUnknownTypes(context);
  const printed = new Map<number, number>();

  /** A session's first look says nothing: it may have printed that long ago. */
  async function lookAtOutput(limits: Limits): Promise<void> {
    if (!sessions.idle.signals.includes("output")) return;
    const jobs = await liveJobsOf(context.db, context.local.place);
    const ids = new Set(jobs.map((job) => job.id));
    for (const id of printed.keys()) if (!ids.has(id)) printed.delete(id);
    for (const job of jobs) {
      if (!limits.has(job.job_type)) continue;
      await alone(job.id, async () => {
        const { total } = await context.local.output(job, 0, 0);
        if (printed.has(job.id) && printed.get(job.id) !== total) use.notePrinted(job.id);
        printed.set(job.id, total);
      });
    }
  }

  /** What one session's owner puts in our way keeps no other from being looked at. */
  async function alone(jobId: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      context.platform.log.warn({ err: error, jobId }, "sessions: whether one is idle could not be seen to");
    }
  }

  /** @returns whether its owner is warned by now */
  async function settle(count: IdleCount, limits: Limits): Promise<boolean> {
    const stopSeconds = limits.get(count.jobType);
    if (stopSeconds === undefined) return false;
    const warnSeconds = idleWarningSeconds(stopSeconds, sessions);
    const isWarned = count.warned || warnSeconds >= stopSeconds;
    if (!isWarned && count.idleMs >= warnSeconds * 1000) {
      await warnOfIdleStop(context, count.jobId, { stopSeconds, warnSeconds });
      return true;
    }
    // Another server of this node writes what it has seen within a count's time.
    if (isWarned && count.idleMs >= stopSeconds * 1000 + tickMs(limits)) {
      await stopForIdleness(context, count.jobId, stopSeconds);
    }
    return isWarned;
  }

  return {
    get everyMs() {
      return tickMs(limitsOf(context));
    },
    async sweep() {
      const limits = limitsOf(context);
      if (limits.size === 0) return;
      await lookAtOutput(limits);
      await use.flush();
      const counts = await countIdleTime(context, [...limits.keys()], tickMs(limits) * MISSED_COUNTS);
      const warned: number[] = [];
      for (const count of counts) {
        await alone(count.jobId, async () => {
          if (await settle(count, limits)) warned.push(count.jobId);
        });
      }
      use.warned(warned);
    },
  };
}

/** Seconds without use after which a session is stopped, by job type; those that never are are left out. */
type Limits = ReadonlyMap<string, number>;

function limitsOf({ jobTypes, platform }: SessionsContext): Limits {
  const limits = new Map<string, number>();
  for (const type of jobTypes.values()) {
    const seconds = idleStopSeconds(type, platform.config.sessions);
    if (seconds !== null) limits.set(type.id, seconds);
  }
  return limits;
}

const tickMs = (limits: Limits): number => Math.min(TICK_MS, Math.max(100, (Math.min(...limits.values()) * 1000) / 4));

function warnOfUnknownTypes({ jobTypes, platform }: SessionsContext): void {
  for (const { name } of platform.config.sessions.idle.stopSecondsByType) {
    if (jobTypes.has(name)) continue;
    platform.log.warn({ jobType: name }, "STOA_SESSION_IDLE_STOP_BY_TYPE names a job type that isn't there");
  }
}
