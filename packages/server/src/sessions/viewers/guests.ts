import type { Changes } from "../changes.ts";
import type { SessionsContext } from "../context.ts";
import { findJob } from "../queries.ts";
import type { JobRow } from "../tables.ts";
import { viewersOf } from "./queries.ts";

/** What somebody may do at another person's session. */
export type GuestUse = "look" | "act";

/** Who is at a session that is another's, and as what. */
export interface Guest {
  readonly jobId: number;
  readonly accountId: number;
  readonly use: GuestUse;
}

/** Those with whom running sessions are shared, as the doors to them know them. */
export interface Guests {
  /** Whether a person may do that there now; the owner is no guest. */
  mayEnter(guest: Guest): Promise<boolean>;
  /** Everybody who may use the session's program besides its owner. */
  actors(job: JobRow): Promise<ReadonlySet<number>>;
  /**
   * For a connection that stays: ends it within a second of its guest's right, whatever took that away.
   * @returns call it once when the connection is over
   */
  watch(guest: Guest & { readonly ownerId: number }, end: () => void): () => void;
  stop(): void;
}

interface Entry extends Guest {
  readonly ownerId: number;
  readonly end: () => void;
}

/** After a guest was let in by what was known for a moment already; and when the database could not be asked. */
const LOOK_AGAIN_MS = 250;

export function createGuests(context: SessionsContext, changes: Pick<Changes, "any">): Guests {
  const { platform } = context;
  const entries = new Map<number, Set<Entry>>();
  const due = new Map<number, NodeJS.Timeout>();

  const lookAgain = (jobId: number): void => {
    if (due.has(jobId)) return;
    const timer = setTimeout(() => {
      due.delete(jobId);
      void look(jobId);
    }, LOOK_AGAIN_MS);
    due.set(jobId, timer);
  };

  async function look(jobId: number): Promise<void> {
    const here = [...(entries.get(jobId) ?? [])];
    if (here.length === 0) return;
    try {
      const job = await findJob(context.db, jobId);
      const rights = job === null ? new Map<number, GuestUse>() : await rightsAt(context, job);
      for (const entry of here) if (!suffices(rights.get(entry.accountId), entry.use)) entry.end();
    } catch {
      // While the database is away what is open stays open; nobody could take a right away then.
      lookAgain(jobId);
    }
  }

  const stopChanges = changes.any((jobId) => {
    if (entries.has(jobId)) void look(jobId);
  });
  const stopRevocations = platform.revocations.onAny((what) => {
    if (!("accountId" in what)) return;
    for (const [jobId, all] of entries)
      if ([...all].some(({ ownerId }) => ownerId === what.accountId)) void look(jobId);
  });

  return {
    async mayEnter({ jobId, accountId, use }) {
      const job = await findJob(context.db, jobId);
      return job !== null && suffices((await rightsAt(context, job)).get(accountId), use);
    },
    async actors(job) {
      if (platform.config.sessions.sharing !== "act") return new Set();
      const rights = await rightsAt(context, job);
      return new Set([...rights].flatMap(([id, use]) => (use === "act" ? [id] : [])));
    },
    watch(guest, end) {
      const entry: Entry = { ...guest, end };
      const all = entries.get(guest.jobId) ?? new Set();
      entries.set(guest.jobId, all.add(entry));
      lookAgain(guest.jobId);
      return () => {
        all.delete(entry);
        if (all.size === 0 && entries.get(guest.jobId) === all) entries.delete(guest.jobId);
      };
    },
    stop() {
      stopChanges();
      stopRevocations();
      for (const timer of due.values()) clearTimeout(timer);
    },
  };
}

/** By account; nobody at a session that doesn't run, or whose owner is not active. */
async function rightsAt(context: SessionsContext, job: JobRow): Promise<ReadonlyMap<number, GuestUse>> {
  const { sharing } = context.platform.config.sessions;
  const nobody = new Map<number, GuestUse>();
  if (sharing === "off" || job.desired !== "running" || !isRunning(job)) return nobody;
  const viewers = await viewersOf(context.db, job.id);
  if (viewers.length === 0) return nobody;
  const owner = (await context.people.byIds([job.owner_id])).get(job.owner_id);
  if (owner?.active !== true) return nobody;
  return new Map(viewers.map((row) => [row.account_id, row.may_act && sharing === "act" ? "act" : "look"]));
}

function isRunning(job: JobRow): boolean {
  return job.ended_at === null && (job.status === "pending" || job.status === "running");
}

function suffices(has: GuestUse | undefined, use: GuestUse): boolean {
  return has === "act" || (has === "look" && use === "look");
}
