import type { Changes } from "./changes.ts";
import { isHere, type SessionsContext } from "./context.ts";
import type { SessionTarget, SessionTargets } from "./passthrough/contract.ts";
import { findJob } from "./queries.ts";
import type { JobRow } from "./tables.ts";
import type { Use } from "./time/use.ts";
import type { Guests } from "./viewers/guests.ts";
import { messageOf } from "./words.ts";

const FRESH_MS = 1000;
const CACHED_AT_MOST = 10_000;

export interface KeptTargets extends SessionTargets {
  stop(): void;
}

/** Where sessions listen, from memory for a second; while the database is away, as it was last known. */
export function createTargets(
  context: SessionsContext,
  changes: Changes,
  use: Pick<Use, "note">,
  guests: Pick<Guests, "actors" | "watch">,
): KeptTargets {
  const known = new Map<number, { target: SessionTarget | null; readAt: number }>();
  const asking = new Map<number, Promise<SessionTarget | null>>();
  const unsubscribe = changes.any((jobId) => {
    const entry = known.get(jobId);
    if (entry !== undefined) entry.readAt = 0;
  });

  async function read(jobId: number): Promise<SessionTarget | null> {
    const readAt = Date.now(); // before the question: what changes meanwhile counts as newer
    try {
      const job = await findJob(context.db, jobId);
      const target = job === null ? null : targetOf(context, job, await guests.actors(job));
      if (known.size >= CACHED_AT_MOST) known.clear();
      known.set(jobId, { target, readAt });
      return target;
    } catch (error) {
      const last = known.get(jobId);
      if (last === undefined) throw error;
      last.readAt = readAt; // asked again in a second, not at each request
      return last.target;
    }
  }

  return {
    find(jobId) {
      const entry = known.get(jobId);
      if (entry !== undefined && Date.now() - entry.readAt < FRESH_MS) return entry.target;
      const running = asking.get(jobId);
      if (running !== undefined) return running;
      const answer = read(jobId).finally(() => asking.delete(jobId));
      asking.set(jobId, answer);
      return answer;
    },
    watchGuest({ jobId, ownerId }, accountId, end) {
      return accountId === ownerId ? () => {} : guests.watch({ jobId, ownerId, accountId, use: "act" }, end);
    },
    noteActivity: (jobId, what) => use.note(jobId, known.get(jobId)?.target?.jobType ?? null, what),
    stop: unsubscribe,
  };
}

function targetOf(context: SessionsContext, job: JobRow, actors: ReadonlySet<number>): SessionTarget {
  const web = context.jobTypes.get(job.job_type)?.web ?? "none";
  const here = isHere(context, job) && job.ended_at === null;
  return {
    jobId: job.id,
    ownerId: job.owner_id,
    // A terminal's own page takes what is typed: only its owner's.
    guests: web === "program" ? actors : new Set(),
    nodeId: job.node_id,
    jobType: job.job_type,
    state: job.status,
    ready: job.ready && web !== "none",
    message: messageOf(job, web),
    reason: job.reason,
    connect: here ? context.local.connect(job, web) : null,
  };
}
