import { sql } from "kysely";
import type { OperationKind } from "../../platform/operations/contract.ts";
import type { WebhooksContext } from "../context.ts";
import type { WebhooksDb } from "../tables.ts";

const THIN = "webhooks.thin";
const BATCH = 2_000;

/** Nightly: deliveries that are older than STOA_WEBHOOK_LOG_DAYS go, what waits for a webhook to be switched on among them. */
export function thinKind({ db, platform }: WebhooksContext): OperationKind {
  return {
    ...{ kind: THIN, attempts: 3, heartbeatSeconds: 60, expireSeconds: 1_800, concurrency: 1, exclusive: true },
    async run({ signal }) {
      let removed = 0;
      for (let batch = BATCH; batch === BATCH && !signal.aborted; ) {
        batch = await thin(db, platform.config.webhooks.keptDays);
        removed += batch;
      }
      return { removed };
    },
  };
}

/** One batch. @returns how many went */
export async function thin(db: WebhooksDb, keptDays: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries
      where created_at < now() - make_interval(days => ${keptDays}) and (claimed_until is null or claimed_until < now())
      order by created_at limit ${BATCH} for update skip locked)`.execute(db);
  // Replaced secrets that sign no more.
  await sql`delete from webhook_secrets where ends_at < now()`.execute(db);
  return Number(numAffectedRows);
}

/** In UTC: before the day begins where most of our people are. */
export function scheduleThin({ platform: { operations } }: WebhooksContext): void {
  const subject = { kind: "webhooks", id: "all" };
  const actor = { accountId: null, label: "schedule" };
  operations.schedule(THIN, "37 2 * * *", { kind: THIN, subject, actor, input: {} });
}
