import { type AccountPart, paged } from "../accounts/accounts.ts";
import type { SessionsContext } from "./context.ts";
import { liveJobsOfOwner } from "./queries.ts";
import { giveFirstQuota } from "./quotas/first-quota.ts";
import { findQuota } from "./quotas/queries.ts";
import { quotaOfMany } from "./quotas/quota-of-many.ts";
import { useOf } from "./quotas/use.ts";
import { say } from "./sentences.ts";
import { stopUnasked } from "./stop-session.ts";
import { sharedPage } from "./viewers/queries.ts";

const PAGE = 200;

/** What this domain keeps of a person: sessions that run, and the history of those that ran. */
export function accountPart(context: SessionsContext): AccountPart {
  const { db } = context;
  const running = async (ownerId: number): Promise<number> => {
    const row = await db
      .selectFrom("jobs")
      .select((e) => e.fn.countAll<string>().as("count"))
      .where("owner_id", "=", ownerId)
      .where("ended_at", "is", null)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };

  const page = (ownerId: number) => (after: number | null) =>
    db
      .selectFrom("jobs")
      .select([
        ...(["id", "workspace_id", "job_type", "resource", "status", "reason", "steps", "options", "cpus"] as const),
        ...(["created_at", "started_at", "ready_at", "ended_at", "exit_code", "exit_signal", "core_hours"] as const),
        ...(["last_used_at", "time_limit_seconds", "core_hours_reserved"] as const),
      ])
      .where("owner_id", "=", ownerId)
      .where("id", ">", after ?? 0)
      .orderBy("id")
      .limit(PAGE)
      .execute();

  /** One at most. Who set it is another person's matter. */
  const ownQuota = (ownerId: number) => async (after: number | null) => {
    const quota = after === null ? await findQuota(db, { accountId: ownerId }) : null;
    if (quota === null) return [];
    const { allowed, period, set_at } = quota;
    return [{ allowed, period, set_at, ...(await useOf(db, { accountId: ownerId }, period)) }];
  };

  return {
    name: "sessions",
    async owned(accountId) {
      const { count } = await db
        .selectFrom("jobs")
        .select((e) => e.fn.countAll<string>().as("count"))
        .where("owner_id", "=", accountId)
        .executeTakeFirstOrThrow();
      return { running: await running(accountId), history: Number(count) };
    },
    async glance(accountIds) {
      const rows = await db
        .selectFrom("jobs")
        .select((e) => ["owner_id", e.fn.countAll<string>().as("count")])
        .where("owner_id", "in", accountIds)
        .where("ended_at", "is", null)
        .groupBy("owner_id")
        .execute();
      return new Map(rows.map(({ owner_id, count }) => [owner_id, { sessions_running: Number(count) }]));
    },
    welcome: (trx, person) => giveFirstQuota(context, trx, person),
    verbs: { "core-hours": quotaOfMany(context) },
    rows: {
      sessions: (accountId) => paged(page(accountId), (job) => job.id),
      "shared-sessions": (accountId) => paged(sharedPage(db, accountId), ({ id }) => id),
      "core-hours": (accountId) => paged(ownQuota(accountId), () => accountId),
    },
    async remove(accountId) {
      for (const job of await liveJobsOfOwner(db, accountId)) {
        await stopUnasked(context, job, say("owner_deactivated"));
      }
      await db.deleteFrom("core_hour_quotas").where("account_id", "=", accountId).execute();
      await db.deleteFrom("session_viewers").where("account_id", "=", accountId).execute();
      // Those that are being stopped are waited for: their workspaces are in use until then.
      return (await running(accountId)) === 0;
    },
  };
}
