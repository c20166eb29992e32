import { type AccountPart, paged } from "../accounts/accounts.ts";
import type { WebhooksContext } from "./context.ts";

const PAGE = 200;
const BATCH = 2_000;

/** What this domain keeps of a person: their webhooks, without the secrets, and what was sent. All of it goes with the account. */
export function accountPart({ db }: Pick<WebhooksContext, "db">): AccountPart {
  const webhooks = (accountId: number) =>
    paged(
      (after: number | null) =>
        db
          .selectFrom("webhook_endpoints")
          .select(["id", "name", "url", "types", "description", "everybody", "active", "disabled_at", "disabled_why"])
          .select(["delivered_at", "created_at"])
          .where("account_id", "=", accountId)
          .where("id", ">", after ?? 0)
          .orderBy("id")
          .limit(PAGE)
          .execute(),
      ({ id }) => id,
    );
  // What concerns others was theirs to see as administrators, and isn't theirs to take along.
  const deliveries = (accountId: number) =>
    paged(
      (after: number | null) =>
        db
          .selectFrom("webhook_deliveries as d")
          .innerJoin("webhook_endpoints as e", "e.id", "d.endpoint_id")
          .select(["d.id", "d.endpoint_id", "d.event_id", "d.type", "d.body", "d.state", "d.attempts", "d.created_at"])
          .where("e.account_id", "=", accountId)
          .where("d.for_admin", "=", false)
          .where("d.id", ">", after ?? 0)
          .orderBy("d.id")
          .limit(PAGE)
          .execute(),
      ({ id }) => id,
    );
  return {
    name: "webhooks",
    async owned(accountId) {
      const { count } = await db
        .selectFrom("webhook_endpoints")
        .select((e) => e.fn.countAll<string>().as("count"))
        .where("account_id", "=", accountId)
        .executeTakeFirstOrThrow();
      return { webhooks: Number(count) };
    },
    rows: { webhooks, "webhook-deliveries": deliveries },
    async remove(accountId) {
      return db.transaction().execute(async (trx) => {
        // First the endpoints, by their numbers, then their deliveries, as whoever reads events or notes an attempt
        // meanwhile holds them: two orders would deadlock.
        const all = trx.selectFrom("webhook_endpoints").select("id").where("account_id", "=", accountId);
        const ids = (await all.orderBy("id").forUpdate().execute()).map(({ id }) => id);
        if (ids.length === 0) return true;
        const some = trx.selectFrom("webhook_deliveries").select("id").where("endpoint_id", "in", ids).limit(BATCH);
        const gone = await trx.deleteFrom("webhook_deliveries").where("id", "in", some).executeTakeFirst();
        if (gone.numDeletedRows === BigInt(BATCH)) return false;
        await trx.deleteFrom("webhook_endpoints").where("id", "in", ids).execute();
        return true;
      });
    },
  };
}
