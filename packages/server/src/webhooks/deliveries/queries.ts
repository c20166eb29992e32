import { sql } from "kysely";
import type { Static } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { AttemptRow, DeliveryRow, DeliveryState, WebhooksDb } from "../tables.ts";
import { type DeliveryPage, presentAttempt, presentSummary, type Reader, type WholeDelivery } from "./schema.ts";

export interface LogPage {
  readonly endpointId: number;
  readonly state?: DeliveryState | undefined;
  readonly type?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** What was sent to an endpoint, newest first, each with its last attempt. */
export async function logOf(db: WebhooksDb, page: LogPage, reader: Reader): Promise<Static<typeof DeliveryPage>> {
  const { endpointId, state, type, cursor, limit } = page;
  let query = db.selectFrom("webhook_deliveries").selectAll().where("endpoint_id", "=", endpointId);
  if (state !== undefined) query = query.where("state", "=", state);
  if (type !== undefined) query = query.where("type", "=", type);
  if (cursor !== undefined) query = query.where("id", "<", Number(cursor));
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = await lastAttempts(db, shown);
  return {
    items: shown.map((row) => {
      const attempt = last.get(row.id);
      return { ...presentSummary(row), last: attempt === undefined ? null : presentAttempt(attempt, reader) };
    }),
    next_cursor: rows.length > limit ? String(shown.at(-1)?.id) : null,
  };
}

async function lastAttempts(db: WebhooksDb, rows: readonly DeliveryRow[]): Promise<ReadonlyMap<number, AttemptRow>> {
  if (rows.length === 0) return new Map();
  const attempts = await db
    .selectFrom("webhook_attempts")
    .distinctOn("delivery_id")
    .selectAll()
    .where(
      "delivery_id",
      "in",
      rows.map(({ id }) => id),
    )
    .orderBy("delivery_id")
    .orderBy("number", "desc")
    .execute();
  return new Map(attempts.map((attempt) => [attempt.delivery_id, attempt]));
}

/** How an endpoint's last deliveries stand. */
const RECENT = 20;
export interface RecentDelivery {
  readonly endpoint_id: number;
  readonly id: number;
  readonly state: DeliveryState;
  readonly created_at: Date;
}

/** The last 20 of each of these endpoints, the newest first. */
export async function recentOf(db: WebhooksDb, endpointIds: readonly number[]): Promise<RecentDelivery[]> {
  const { rows } = await sql<RecentDelivery>`
    select e.id as endpoint_id, d.id, d.state, d.created_at
    from unnest(${[...endpointIds]}::bigint[]) as e (id)
    cross join lateral (
      select id, state, created_at from webhook_deliveries where endpoint_id = e.id order by id desc limit ${RECENT}
    ) d
    order by e.id, d.id desc`.execute(db);
  return rows;
}

/** @throws StoaError not_found */
export async function findDelivery(db: WebhooksDb, endpointId: number, id: number): Promise<DeliveryRow> {
  const row = await db
    .selectFrom("webhook_deliveries")
    .selectAll()
    .where("endpoint_id", "=", endpointId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new StoaError("not_found", { details: { what: "delivery" } });
  return row;
}

/** One with its body and every attempt. */
export async function wholeDelivery(
  db: WebhooksDb,
  row: DeliveryRow,
  reader: Reader,
): Promise<Static<typeof WholeDelivery>> {
  const attempts = await db
    .selectFrom("webhook_attempts")
    .selectAll()
    .where("delivery_id", "=", row.id)
    .orderBy("number")
    .execute();
  const attempts_made = attempts.map((attempt) => presentAttempt(attempt, reader));
  return { ...presentSummary(row), body: row.body, attempts_made };
}
