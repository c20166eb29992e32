import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { WebhooksDb, WebhooksTrx } from "../tables.ts";

/** Deliveries that wait for one endpoint at most; what happens beyond is not kept for it. */
export const MOST_WAITING = 5_000;
/** What is sent again to one endpoint within an hour: one by one, and all that was given up. */
const ONE_BY_ONE_AN_HOUR = 300;
const ALL_AN_HOUR = 5_000;

/** How many more may wait for each of these endpoints. */
export async function roomOf(
  db: WebhooksDb | WebhooksTrx,
  endpointIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (endpointIds.length === 0) return new Map();
  const { rows } = await sql<{ id: number; waiting: number }>`
    select e.id, (
      select count(*)::int from (
        select from webhook_deliveries where endpoint_id = e.id and state = 'waiting' limit ${MOST_WAITING}
      ) as those
    ) as waiting from unnest(${[...endpointIds]}::bigint[]) as e (id)`.execute(db);
  return new Map(rows.map(({ id, waiting }) => [id, MOST_WAITING - waiting]));
}

/**
 * How many may be sent again now. The caller holds the endpoint.
 * @throws StoaError rate_limited: none
 */
export async function replaysLeft(trx: WebhooksTrx, endpointId: number, how: "one" | "all"): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from webhook_deliveries
    where endpoint_id = ${endpointId} and replay_of is not null and created_at > now() - interval '1 hour'`.execute(
    trx,
  );
  const anHour = (how === "one" ? ONE_BY_ONE_AN_HOUR : ALL_AN_HOUR) - (rows[0]?.count ?? 0);
  const room = (await roomOf(trx, [endpointId])).get(endpointId) ?? 0;
  const left = Math.min(anHour, room);
  if (left <= 0) throw new StoaError("rate_limited", { details: { seconds: 600 } });
  return left;
}
