import { sql } from "kysely";
import type { Account } from "../../accounts/accounts.ts";
import type { StoredEvent } from "../../platform/events/contract.ts";
import { isTold, type WebhooksContext } from "../context.ts";
import type { EndpointRow, WebhooksTrx } from "../tables.ts";
import { type EventType, groupOf } from "./event-types.ts";

type Endpoint = Pick<EndpointRow, "id" | "account_id" | "types" | "everybody" | "created_at" | "full_since">;

/** Who may be told of some events: endpoints that are sent to, each with its owner as they are now. */
export interface Candidate {
  readonly endpoint: Endpoint;
  readonly owner: Account;
}

/**
 * Endpoints that want any of these types, and that any of these events could be for. They stay as they are until the
 * transaction ends: who pauses one meanwhile finds its deliveries.
 */
export async function candidates(
  { people }: Pick<WebhooksContext, "people">,
  trx: WebhooksTrx,
  events: readonly { readonly type: EventType; readonly event: StoredEvent }[],
): Promise<Candidate[]> {
  const types = [...new Set(events.flatMap(({ type }) => [type, groupOf(type)]))];
  const audience = [
    ...new Set(events.flatMap(({ event }) => (typeof event.audience === "string" ? [] : event.audience))),
  ];
  const forAll = events.some(({ event }) => event.audience === "everyone");
  const { rows } = await sql<Endpoint>`
    select id, account_id, types, everybody, created_at, full_since from webhook_endpoints
    where active and disabled_at is null and types && ${types}::text[]
      and (everybody or ${forAll} or account_id = any(${audience}::bigint[]))
    order by id for share`.execute(trx);
  const owners = await people.byIds([...new Set(rows.map((row) => row.account_id))], trx);
  return rows.flatMap((endpoint) => {
    const owner = owners.get(endpoint.account_id);
    return owner === undefined ? [] : [{ endpoint, owner }];
  });
}

/** Whether an endpoint is told of an event, and whether only because its owner is an administrator. Null: it isn't. */
export function isFor(
  { endpoint, owner }: Candidate,
  type: EventType,
  event: StoredEvent,
): { readonly forAdmin: boolean } | null {
  if (!isTold(owner) || !wants(endpoint, type)) return null;
  // What happened before is not what was asked for.
  if (new Date(event.at) < endpoint.created_at) return null;
  if (event.audience === "internal") return null;
  if (event.audience === "everyone" || event.audience.includes(owner.id)) return { forAdmin: false };
  return endpoint.everybody && owner.isAdmin && event.isPrivate !== true ? { forAdmin: true } : null;
}

function wants({ types }: Pick<Endpoint, "types">, type: EventType): boolean {
  return types.includes(type) || types.includes(groupOf(type));
}
