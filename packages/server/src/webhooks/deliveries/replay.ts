import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { record, type WebhooksContext } from "../context.ts";
import type { By } from "../endpoints/change-endpoints.ts";
import { lockOwn } from "../endpoints/queries.ts";
import { bodyOf } from "../events/event-map.ts";
import { WebhookRefusal } from "../refusals.ts";
import type { DeliveryRow, EndpointRow, WebhooksTrx } from "../tables.ts";
import { replaysLeft } from "./bounds.ts";
import { isSentTo } from "./note.ts";
import { findDelivery } from "./queries.ts";

/** Of one request; whoever has more asks again. */
const MOST_REPLAYED = 1_000;

/** Which endpoint, whose it must be (null: anybody's), and who asks. */
export interface Asked {
  readonly id: number;
  readonly whose: number | null;
  readonly by: By;
}

/** Queues a test: also to an endpoint that is paused or off, to see whether it works again. @throws WebhookRefusal ping_waits */
export function ping(context: WebhooksContext, { id, whose, by }: Asked): Promise<DeliveryRow> {
  return context.db.transaction().execute(async (trx) => {
    const endpoint = await lockOwn(trx, id, whose);
    const waiting = await trx
      .selectFrom("webhook_deliveries")
      .select("id")
      .where("endpoint_id", "=", id)
      .where("state", "=", "waiting")
      .where("type", "=", "ping")
      .executeTakeFirst();
    if (waiting !== undefined) throw new WebhookRefusal("ping_waits");
    const about = { id: `evt_ping_${randomUUID()}`, type: "ping", at: context.now().toISOString() } as const;
    const body = bodyOf({ ...about, subject: { kind: "webhook", id: String(id) } }, { name: endpoint.name });
    await record(context, trx, by, "webhook.ping", endpoint);
    return insert(context, trx, {
      endpoint_id: id,
      event_id: about.id,
      type: about.type,
      body,
      for_admin: false,
      replay_of: null,
    });
  });
}

/**
 * Sends one delivery again, whatever became of it, as a delivery of its own. What was itself sent again stands for what
 * was sent first: each event is on its way once.
 * @throws WebhookRefusal not_sent_to, still_waits; StoaError rate_limited
 */
export function replayOne(context: WebhooksContext, asked: Asked, deliveryId: number): Promise<DeliveryRow> {
  return context.db.transaction().execute(async (trx) => {
    const endpoint = await lockSentTo(trx, asked);
    const delivery = await findDelivery(trx, asked.id, deliveryId);
    const { endpoint_id, event_id, type, body, for_admin, id } = delivery;
    const first = delivery.replay_of ?? id;
    if (await isUnderWay(trx, first)) throw new WebhookRefusal("still_waits");
    await replaysLeft(trx, endpoint.id, "one");
    await record(context, trx, asked.by, "webhook.replay", endpoint, { delivery: id });
    return insert(context, trx, { endpoint_id, event_id, type, body, for_admin, replay_of: first });
  });
}

/**
 * Sends again what was given up since then and has not been sent again since, the oldest first; tests are left out.
 * @throws WebhookRefusal not_sent_to; StoaError rate_limited
 */
export function replayFailed(
  context: WebhooksContext,
  asked: Asked,
  since: Date,
): Promise<{ count: number; more: boolean }> {
  return context.db.transaction().execute(async (trx) => {
    const endpoint = await lockSentTo(trx, asked);
    const most = Math.min(MOST_REPLAYED, await replaysLeft(trx, endpoint.id, "all"));
    const { rows } = await sql<{ id: number }>`
      insert into webhook_deliveries (endpoint_id, event_id, type, body, for_admin, replay_of, state, next_at)
      select endpoint_id, event_id, type, body, for_admin, coalesce(replay_of, id), 'waiting', ${context.now()}
      from webhook_deliveries d
      where endpoint_id = ${asked.id} and state = 'failed' and type <> 'ping' and created_at >= ${since}
        and not exists (select from webhook_deliveries r where r.replay_of = coalesce(d.replay_of, d.id) and r.id > d.id)
      order by id limit ${most} returning id`.execute(trx);
    await record(context, trx, asked.by, "webhook.replay", endpoint, {
      since: since.toISOString(),
      count: rows.length,
    });
    return { count: rows.length, more: rows.length === most };
  });
}

async function lockSentTo(trx: WebhooksTrx, { id, whose }: Asked): Promise<EndpointRow> {
  const endpoint = await lockOwn(trx, id, whose);
  if (!isSentTo(endpoint)) throw new WebhookRefusal("not_sent_to");
  return endpoint;
}

/** @param first what was sent before anybody asked for it again */
async function isUnderWay(trx: WebhooksTrx, first: number): Promise<boolean> {
  const row = await trx
    .selectFrom("webhook_deliveries")
    .select("id")
    .where((e) => e.or([e("replay_of", "=", first), e("id", "=", first)]))
    .where("state", "in", ["waiting", "held"])
    .executeTakeFirst();
  return row !== undefined;
}

type NewDelivery = Pick<DeliveryRow, "endpoint_id" | "event_id" | "type" | "body" | "for_admin" | "replay_of">;

function insert({ now }: WebhooksContext, trx: WebhooksTrx, delivery: NewDelivery): Promise<DeliveryRow> {
  const fresh = { state: "waiting", next_at: now(), claimed_by: null, claimed_until: null, finished_at: null } as const;
  return trx
    .insertInto("webhook_deliveries")
    .values({ ...delivery, ...fresh })
    .returningAll()
    .executeTakeFirstOrThrow();
}
