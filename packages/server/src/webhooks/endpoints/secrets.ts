import { sql } from "kysely";
import type { WebhooksContext } from "../context.ts";
import { newSecret } from "../deliveries/signature.ts";
import { WebhookRefusal } from "../refusals.ts";
import type { WebhooksDb, WebhooksTrx } from "../tables.ts";

/** Sealed anew by `stoa secret rotate` (sealed-columns.ts). */
const SECRET_PURPOSE = "webhooks.secret";
/** Hours in which the replaced secret signs beside the new one. */
export const OVERLAP_HOURS = 24;

/**
 * Refuses a second rotation while the first one's old secret still signs: it may be a double click, and would end at once
 * the one that the receiver has. The caller holds the endpoint.
 * @throws WebhookRefusal old_secret_signs
 */
export async function refuseWhileOldSigns(context: Pick<WebhooksContext, "now">, trx: WebhooksTrx, endpointId: number) {
  const until = (await overlapEnds({ db: trx, now: context.now }, [endpointId])).get(endpointId);
  if (until !== undefined) throw new WebhookRefusal("old_secret_signs", { until: until.toISOString() });
}

/** Makes an endpoint's secret, and shows it this once. One that was good until now signs for a day longer. */
export async function makeSecret(
  { platform }: Pick<WebhooksContext, "platform">,
  trx: WebhooksTrx,
  endpointId: number,
  now: Date,
): Promise<string> {
  const ends_at = new Date(now.getTime() + OVERLAP_HOURS * 3_600_000);
  // Whoever rotates twice has two keys good at most: the oldest has no receiver left.
  await trx
    .deleteFrom("webhook_secrets")
    .where("endpoint_id", "=", endpointId)
    .where("ends_at", "is not", null)
    .execute();
  await trx
    .updateTable("webhook_secrets")
    .set({ ends_at })
    .where("endpoint_id", "=", endpointId)
    .where("ends_at", "is", null)
    .execute();
  const secret = newSecret();
  const sealed = platform.secrets.seal(SECRET_PURPOSE, secret);
  await trx.insertInto("webhook_secrets").values({ endpoint_id: endpointId, sealed, ends_at: null }).execute();
  return secret;
}

/** The secrets that sign now, the newest first. */
export async function goodSecrets(
  { db, platform, now }: Pick<WebhooksContext, "db" | "platform" | "now">,
  endpointId: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("webhook_secrets")
    .select("sealed")
    .where("endpoint_id", "=", endpointId)
    .where((e) => e.or([e("ends_at", "is", null), e("ends_at", ">", now())]))
    .orderBy(sql`id`, "desc")
    .execute();
  return rows.map(({ sealed }) => platform.secrets.open(SECRET_PURPOSE, sealed).toString("utf8"));
}

/** When the replaced secret stops signing; null: there is none. */
export async function overlapEnds(
  { db, now }: { readonly db: WebhooksDb | WebhooksTrx; readonly now: () => Date },
  endpointIds: readonly number[],
): Promise<ReadonlyMap<number, Date>> {
  if (endpointIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("webhook_secrets")
    .select(["endpoint_id", "ends_at"])
    .where("endpoint_id", "in", [...endpointIds])
    .where("ends_at", ">", now())
    .execute();
  return new Map(
    rows.flatMap(({ endpoint_id, ends_at }) => (ends_at === null ? [] : [[endpoint_id, ends_at] as const])),
  );
}
