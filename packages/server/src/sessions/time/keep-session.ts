import { sql } from "kysely";
import { nameOfDoer } from "../../platform/principal.ts";
import type { Caller, SessionsContext } from "../context.ts";
import { SessionRefused } from "../policy.ts";
import { lockJob, withStep } from "../queries.ts";
import { say } from "../sentences.ts";
import type { JobRow } from "../tables.ts";
import { publishStatus } from "../transitions.ts";

/**
 * Somebody says that they still want it: as good as using it.
 * @param known a session that the caller may keep
 * @throws SessionRefused conflict for one that doesn't run
 */
export function keepSession(context: SessionsContext, caller: Caller, known: JobRow): Promise<JobRow> {
  return context.db.transaction().execute(async (trx) => {
    const job = await lockJob(trx, known.id);
    if (job === null || job.status !== "running") throw notRunning();
    const fresh = { idle_ms: 0, warned_at: null };
    const before = await trx.selectFrom("session_idle").select("warned_at").where("job_id", "=", job.id).forUpdate();
    const warned = (await before.executeTakeFirst())?.warned_at ?? null;
    await trx
      .insertInto("session_idle")
      .values({ job_id: job.id, ...fresh })
      .onConflict((conflict) => conflict.column("job_id").doUpdateSet({ ...fresh, counted_at: sql`now()` }))
      .execute();
    const changed = await trx
      .updateTable("jobs")
      .set({
        last_used_at: new Date(),
        // Only what ends a warning is worth a line.
        ...(warned === null ? {} : { steps: withStep(say("kept", { actor: nameOfDoer(caller.actor) })) }),
      })
      .where("id", "=", job.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await publishStatus(context, trx, changed);
    await context.platform.audit.record(trx, {
      action: "session.keep",
      actor: caller.actor,
      subject: { kind: "session", id: String(job.id), label: job.job_type },
      about: [job.owner_id],
      requestId: caller.requestId,
      address: caller.address,
    });
    return changed;
  });
}

function notRunning(): SessionRefused {
  return new SessionRefused(
    "conflict",
    "This session does not run: there is nothing to keep.",
    "این نشست در حال اجرا نیست: چیزی برای نگه داشتن نیست.",
  );
}
