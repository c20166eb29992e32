import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { originOf, type WebhooksContext } from "../context.ts";
import { isSentTo } from "../deliveries/note.ts";
import { recentOf } from "../deliveries/queries.ts";
import { WebhookRefusal } from "../refusals.ts";
import type { EndpointRow, WebhooksDb, WebhooksTrx } from "../tables.ts";
import type { Endpoint } from "./schema.ts";
import { overlapEnds } from "./secrets.ts";

export interface EndpointsPage {
  /** Null: everybody's. */
  readonly accountId: number | null;
  readonly state?: "on" | "paused" | "off" | undefined;
  readonly after: number;
  readonly limit: number;
}

/** In the order in which they were made. */
export function pageOfEndpoints(
  db: WebhooksDb,
  { accountId, state, after, limit }: EndpointsPage,
): Promise<EndpointRow[]> {
  let query = db.selectFrom("webhook_endpoints").selectAll().where("id", ">", after);
  if (accountId !== null) query = query.where("account_id", "=", accountId);
  if (state === "off") query = query.where("disabled_at", "is not", null);
  if (state === "paused") query = query.where("disabled_at", "is", null).where("active", "=", false);
  if (state === "on") query = query.where("disabled_at", "is", null).where("active", "=", true);
  return query.orderBy("id").limit(limit).execute();
}

/** @param accountId whose it must be; null: anybody's. @throws StoaError not_found */
export async function findEndpoint(db: WebhooksDb, id: number, accountId: number | null): Promise<EndpointRow> {
  let query = db.selectFrom("webhook_endpoints").selectAll().where("id", "=", id);
  if (accountId !== null) query = query.where("account_id", "=", accountId);
  return (await query.executeTakeFirst()) ?? notFound();
}

/** The same, held until the transaction ends. */
export async function lockOwn(trx: WebhooksTrx, id: number, accountId: number | null): Promise<EndpointRow> {
  let query = trx.selectFrom("webhook_endpoints").selectAll().where("id", "=", id);
  if (accountId !== null) query = query.where("account_id", "=", accountId);
  return (await query.forUpdate().executeTakeFirst()) ?? notFound();
}

/** Whoever makes several at once makes them one after another. Any number of ours. */
const COUNT_LOCK = 356_436;

/** How many somebody has, in a transaction that is about to add one. */
export async function countOwn(trx: WebhooksTrx, accountId: number): Promise<number> {
  await sql`select pg_advisory_xact_lock(${COUNT_LOCK}, ${accountId}::int)`.execute(trx);
  const { count } = await trx
    .selectFrom("webhook_endpoints")
    .select((e) => e.fn.countAll<string>().as("count"))
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** As somebody sees them. @param viewerId whose are shown whole (`ownEyes`); of others' the host only */
export async function presentEndpoints(
  context: WebhooksContext,
  rows: readonly EndpointRow[],
  { viewerId, locale }: { readonly viewerId: number | null; readonly locale: "en" | "fa" },
): Promise<Endpoint[]> {
  const owners = await context.people.byIds([...new Set(rows.map((row) => row.account_id))]);
  const ids = rows.map(({ id }) => id);
  const ends = await overlapEnds(context, ids);
  const recent = Map.groupBy(await recentOf(context.db, ids), ({ endpoint_id }) => endpoint_id);
  return rows.map((row) => {
    const problem = context.targets.problemOf(row.url);
    return {
      id: row.id,
      owner: { id: row.account_id, username: owners.get(row.account_id)?.username ?? "" },
      name: row.name,
      url: row.account_id === viewerId ? row.url : originOf(row.url),
      types: row.types,
      description: row.description,
      everybody: row.everybody,
      active: row.active,
      state: stateOf(row),
      disabled_at: row.disabled_at?.toISOString() ?? null,
      disabled_why: row.disabled_why,
      failing_since: row.failing_since?.toISOString() ?? null,
      delivered_at: row.delivered_at?.toISOString() ?? null,
      old_secret_until: ends.get(row.id)?.toISOString() ?? null,
      recent: (recent.get(row.id) ?? []).map(({ id, state, created_at: at }) => ({ id, state, at: at.toISOString() })),
      problem: problem === null ? null : new WebhookRefusal(problem).inLocale(locale).message,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  });
}

function stateOf(row: EndpointRow): "on" | "paused" | "off" {
  if (isSentTo(row)) return "on";
  return row.disabled_at === null ? "paused" : "off";
}

function notFound(): never {
  throw new StoaError("not_found", { details: { what: "webhook" } });
}
