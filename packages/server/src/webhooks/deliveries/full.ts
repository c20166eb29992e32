import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { publishChange, type WebhooksContext } from "../context.ts";
import type { EndpointRow, WebhooksTrx } from "../tables.ts";
import { MOST_WAITING } from "./bounds.ts";

/** It has room again when so many more may wait: one that is sent now and then makes no end and no beginning. */
const ROOM_AGAIN = MOST_WAITING / 2;

/** Tells the owners of these that events are left out: once, until there has been room again. */
export async function noteFull(
  context: Pick<WebhooksContext, "platform" | "now">,
  trx: WebhooksTrx,
  endpointIds: readonly number[],
): Promise<void> {
  if (endpointIds.length === 0) return;
  const now = context.now();
  const full = await trx
    .updateTable("webhook_endpoints")
    .set({ full_since: now })
    .where("id", "in", [...endpointIds])
    .where("full_since", "is", null)
    .returningAll()
    .execute();
  for (const endpoint of full) {
    await tell(trx, {
      kind: "webhook.full",
      to: endpoint.account_id,
      key: `${endpoint.id} ${now.toISOString()}`,
      subject: { kind: "webhook", id: endpoint.id },
      values: { name: endpoint.name, waiting: MOST_WAITING },
    });
    await publishChange(context, trx, endpoint);
  }
}

/** @param room how many more may wait for each */
export async function noteRoom(
  trx: WebhooksTrx,
  endpoints: readonly Pick<EndpointRow, "id" | "full_since">[],
  room: ReadonlyMap<number, number>,
): Promise<void> {
  const ids = endpoints.flatMap(({ id, full_since }) =>
    full_since !== null && (room.get(id) ?? 0) > ROOM_AGAIN ? [id] : [],
  );
  if (ids.length === 0) return;
  await sql`update webhook_endpoints set full_since = null where id = any(${ids}::bigint[])`.execute(trx);
}
