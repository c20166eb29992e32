import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import type { Activity } from "../passthrough/contract.ts";
import { publishStatus } from "../transitions.ts";
import type { UseSignal } from "./idle-policy.ts";
import { signalOf } from "./use-signals.ts";

/** Who was seen to use which session in this process: kept in memory, written in batches. */
export interface Use {
  /** Never waits. @param jobType null: not known here */
  note(jobId: number, jobType: string | null, what: Activity): void;
  /** The program printed something. */
  notePrinted(jobId: number): void;
  /** Whose owners were warned: their use is written at once. */
  warned(jobIds: readonly number[]): void;
  /** Writes what counts against being idle. @throws when the database can't be asked; nothing is forgotten then */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const WRITE_LAST_USED_MS = 30_000;

export function createUse(context: SessionsContext): Use {
  const { config, log } = context.platform;
  const counting: ReadonlySet<UseSignal> = new Set(config.sessions.idle.signals);
  const used = new Set<number>();
  const counted = new Set<number>();
  let warned: ReadonlySet<number> = new Set();
  const timer = setInterval(() => void writeLastUsed(), WRITE_LAST_USED_MS);
  timer.unref();

  async function writeLastUsed(): Promise<void> {
    const ids = [...used];
    used.clear();
    if (ids.length === 0) return;
    try {
      // Other servers saw others use them: all lock them in one order.
      const inOrder = context.db.selectFrom("jobs").select("id").where("id", "in", ids).orderBy("id").forNoKeyUpdate();
      await context.db.updateTable("jobs").set({ last_used_at: new Date() }).where("id", "in", inOrder).execute();
    } catch (error) {
      log.warn({ err: error }, "sessions: last use could not be written");
    }
  }

  async function flush(): Promise<void> {
    const ids = [...counted];
    counted.clear();
    if (ids.length === 0) return;
    try {
      await endIdleness(context, ids);
    } catch (error) {
      for (const id of ids) counted.add(id);
      throw error;
    }
  }

  function count(jobId: number): void {
    if (counted.has(jobId)) return;
    counted.add(jobId);
    if (!warned.has(jobId)) return;
    warned = new Set([...warned].filter((id) => id !== jobId));
    flush().catch((error: unknown) => log.warn({ err: error, jobId }, "sessions: a use could not be written yet"));
  }

  return {
    flush,
    note(jobId, jobType, what) {
      used.add(jobId);
      const signal = signalOf(what, jobType === null ? undefined : context.jobTypes.get(jobType));
      if (signal !== null && counting.has(signal)) count(jobId);
    },
    notePrinted(jobId) {
      if (counting.has("output")) count(jobId);
    },
    warned(jobIds) {
      warned = new Set(jobIds);
    },
    async stop() {
      clearInterval(timer);
      await writeLastUsed();
      await flush().catch((error: unknown) => log.warn({ err: error }, "sessions: last uses could not be written"));
    },
  };
}

/** Their idle time begins anew; pages that show a warning hear of it. */
async function endIdleness(context: SessionsContext, jobIds: readonly number[]): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom("session_idle")
      .select(["job_id", "warned_at"])
      .where("job_id", "in", jobIds)
      .orderBy("job_id") // as everybody locks them: two at once wait for each other in one order
      .forUpdate()
      .execute();
    if (rows.length === 0) return;
    await trx
      .updateTable("session_idle")
      .set({ idle_ms: 0, counted_at: sql`now()`, warned_at: null })
      .where(
        "job_id",
        "in",
        rows.map((row) => row.job_id),
      )
      .execute();
    for (const row of rows) {
      if (row.warned_at === null) continue;
      const job = trx.selectFrom("jobs").selectAll().where("id", "=", row.job_id);
      await publishStatus(context, trx, await job.executeTakeFirstOrThrow());
    }
  });
}
