import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { publishChange, record, SYSTEM, type WebhooksContext } from "../context.ts";
import type { DeliveryRow, DisabledWhy, EndpointRow, WebhooksTrx } from "../tables.ts";
import type { Attempted } from "./attempt.ts";
import type { Claim } from "./claim.ts";
import { nextAttempt } from "./retry-schedule.ts";

/** With nothing delivered for so long, the next delivery that is given up is the last. */
const FAILING_DAYS = 3;
/** So many deliveries given up in a row are enough, however fast. */
const MOST_GIVEN_UP = 20;

export function isSentTo({ active, disabled_at }: Pick<EndpointRow, "active" | "disabled_at">): boolean {
  return active && disabled_at === null;
}

/**
 * Writes down how an attempt went, and what follows: done, tried again, given up, or the endpoint switched off. Whoever
 * has lost the claim meanwhile changes nothing.
 */
export async function noteAttempt(context: WebhooksContext, claim: Claim, attempted: Attempted): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const endpoint = await lockEndpoint(trx, claim.endpoint_id);
    const delivery = await lockClaimed(trx, claim);
    if (endpoint === null || delivery === null) return;
    const { at, durationMs, status, problem, answer } = attempted;
    const number = delivery.attempts + 1;
    await trx
      .insertInto("webhook_attempts")
      .values({
        ...{ delivery_id: delivery.id, number, at, duration_ms: durationMs, status, answer },
        ...{ problem: problem?.code ?? null, detail: problem?.detail ?? null },
      })
      .execute();
    const next = problem === null ? null : nextOf(context, delivery, attempted, number);
    await finish(trx, delivery.id, {
      state: problem === null ? "delivered" : next === null ? "failed" : isSentTo(endpoint) ? "waiting" : "held",
      attempts: number,
      next_at: next ?? delivery.next_at,
      finished_at: next === null ? context.now() : null,
    });
    // A test says nothing of how deliveries fare, but for a receiver that wants nothing more.
    if (problem?.code === "gone") await disable(context, trx, endpoint, "gone");
    else if (delivery.type !== "ping")
      await fare(context, trx, endpoint, { arrived: problem === null, last: next === null });
  });
}

/** What is not to be sent any more: its owner may not be told. */
export async function cancelClaimed(
  { db, now }: Pick<WebhooksContext, "db" | "now">,
  claim: Claim,
  problem: "account_inactive" | "not_admin",
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const delivery = await lockClaimed(trx, claim);
    if (delivery === null) return;
    const number = delivery.attempts + 1;
    const nothing = { duration_ms: 0, status: null, detail: null, answer: null };
    await trx
      .insertInto("webhook_attempts")
      .values({ delivery_id: delivery.id, number, at: now(), problem, ...nothing })
      .execute();
    await finish(trx, delivery.id, { state: "cancelled", attempts: number, finished_at: now() });
  });
}

function nextOf({ now }: WebhooksContext, delivery: DeliveryRow, { problem, retryAfter }: Attempted, number: number) {
  if (delivery.type === "ping" || problem?.code === "gone") return null;
  return nextAttempt(number, now(), retryAfter);
}

/** Counts towards giving the endpoint up, or starts the count anew. @param last: this delivery is not tried again */
async function fare(
  context: WebhooksContext,
  trx: WebhooksTrx,
  endpoint: EndpointRow,
  { arrived, last }: { readonly arrived: boolean; readonly last: boolean },
): Promise<void> {
  const now = context.now();
  const failing_since = arrived ? null : (endpoint.failing_since ?? now);
  const given_up = arrived ? 0 : endpoint.given_up + (last ? 1 : 0);
  await trx
    .updateTable("webhook_endpoints")
    .set({ failing_since, given_up, ...(arrived ? { delivered_at: now } : {}) })
    .where("id", "=", endpoint.id)
    .execute();
  const tooLong = failing_since !== null && now.getTime() - failing_since.getTime() >= FAILING_DAYS * 86_400_000;
  if (last && !arrived && (given_up >= MOST_GIVEN_UP || tooLong)) await disable(context, trx, endpoint, "failing");
}

/** Sends nothing more there, keeps what waits, and tells its owner. */
async function disable(
  context: WebhooksContext,
  trx: WebhooksTrx,
  endpoint: EndpointRow,
  why: DisabledWhy,
): Promise<void> {
  if (endpoint.disabled_at !== null) return;
  const now = context.now();
  await trx
    .updateTable("webhook_endpoints")
    .set({ disabled_at: now, disabled_why: why, updated_at: now })
    .where("id", "=", endpoint.id)
    .execute();
  await holdWaiting(trx, endpoint.id);
  await publishChange(context, trx, endpoint);
  await record(context, trx, { actor: SYSTEM }, "webhook.disable", endpoint, { why });
  await tell(trx, {
    kind: "webhook.disabled",
    to: endpoint.account_id,
    key: `${endpoint.id} ${now.toISOString()}`,
    subject: { kind: "webhook", id: endpoint.id },
    values: { name: endpoint.name, why },
  });
}

/** What waits for an endpoint that nothing is sent to any more is kept out of the way of the others. */
export async function holdWaiting(trx: WebhooksTrx, endpointId: number): Promise<void> {
  await sql`update webhook_deliveries set state = 'held'
    where endpoint_id = ${endpointId} and state = 'waiting' and type <> 'ping'`.execute(trx);
}

/** The other way round: all at once, however long their next attempt was put off. */
export async function releaseHeld(trx: WebhooksTrx, endpointId: number, now: Date): Promise<void> {
  await sql`update webhook_deliveries set state = 'waiting', next_at = ${now}
    where endpoint_id = ${endpointId} and state = 'held'`.execute(trx);
}

async function lockEndpoint(trx: WebhooksTrx, id: number): Promise<EndpointRow | null> {
  const row = await trx.selectFrom("webhook_endpoints").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
  return row ?? null;
}

async function lockClaimed(trx: WebhooksTrx, { id, token }: Claim): Promise<DeliveryRow | null> {
  const row = await trx
    .selectFrom("webhook_deliveries")
    .selectAll()
    .where("id", "=", id)
    .where("claimed_by", "=", token)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

async function finish(trx: WebhooksTrx, id: number, changes: Partial<DeliveryRow>): Promise<void> {
  const { state, attempts, next_at, finished_at } = changes;
  await trx
    .updateTable("webhook_deliveries")
    .set({
      ...{ claimed_by: null, claimed_until: null },
      ...(state === undefined ? {} : { state }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(next_at === undefined ? {} : { next_at }),
      ...(finished_at === undefined ? {} : { finished_at }),
    })
    .where("id", "=", id)
    .execute();
}
