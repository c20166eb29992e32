import { randomUUID } from "node:crypto";
import { type SqlBool, sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { StoredEvent } from "../../platform/events/contract.ts";
import type { WebhooksContext } from "../context.ts";
import { MOST_WAITING, roomOf } from "../deliveries/bounds.ts";
import { noteFull, noteRoom } from "../deliveries/full.ts";
import type { EndpointRow, WebhooksTrx } from "../tables.ts";
import { toWebhookEvent, type WebhookEvent } from "./event-map.ts";
import { candidates, isFor } from "./receivers.ts";

/** A server that has not been heard of for so long doesn't read any more: another does. */
const LEASE_SECONDS = 15;
const BATCH = 500;
/** Of one statement: what one insert carries. */
const ROWS = 500;

export interface OutboxReader {
  /** Makes deliveries of all events that are committed, if it is this server's turn. @returns how many it made */
  read(): Promise<number>;
  /** Lets another server read at once. */
  release(): Promise<void>;
}

/**
 * From the platform's outbox to deliveries. The place up to which it was read moves in the transaction that writes the
 * deliveries: killed at any moment, both have happened or neither has, and the next server goes on from there. One
 * server reads at a time; two that both believed it was their turn can't write the same part.
 */
export function createOutboxReader(context: WebhooksContext): OutboxReader {
  const { db, platform } = context;
  const holder = `${platform.config.nodeId}/${randomUUID()}`;

  async function takeTurn(): Promise<{ readonly cursor: string | null } | null> {
    const row = await db
      .updateTable("webhook_reading")
      .set({ holder, held_until: sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})` })
      .where(sql<SqlBool>`holder is null or holder = ${holder} or held_until < now()`)
      .returning("cursor")
      .executeTakeFirst();
    return row ?? null;
  }

  async function readPart(cursor: string | null): Promise<Part> {
    // First the place, then the question who is there: an endpoint made in between misses nothing that comes after.
    const head = await platform.events.head();
    if (cursor === null || !(await anybodyThere(context))) return { events: [], next: head, isLast: true };
    try {
      const events = await platform.events.since(cursor, BATCH);
      const next = events.at(-1)?.cursor ?? cursor;
      return { events, next, isLast: events.length < BATCH };
    } catch (error) {
      if (!(error instanceof StoaError && error.code === "gone")) throw error;
      platform.log.warn({ cursor }, "events for webhooks are no longer kept; going on with what comes from now on");
      return { events: [], next: head, isLast: true };
    }
  }

  return {
    async read() {
      for (let made = 0; ; ) {
        const turn = await takeTurn();
        if (turn === null) return made;
        const part = await readPart(turn.cursor);
        if (part.next !== turn.cursor) made += await settle(context, { holder, from: turn.cursor, part });
        if (part.isLast) return made;
      }
    },
    async release() {
      await db
        .updateTable("webhook_reading")
        .set({ holder: null, held_until: null })
        .where("holder", "=", holder)
        .execute();
    },
  };
}

interface Part {
  readonly events: readonly StoredEvent[];
  readonly next: string;
  readonly isLast: boolean;
}

async function anybodyThere({ db }: Pick<WebhooksContext, "db">): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from webhook_endpoints where active and disabled_at is null) as any`.execute(db);
  return rows[0]?.any === true;
}

/** Deliveries of one part, and the place after it, or nothing where another server was faster. */
function settle(
  context: WebhooksContext,
  { holder, from, part }: { readonly holder: string; readonly from: string | null; readonly part: Part },
): Promise<number> {
  return context.db.transaction().execute(async (trx) => {
    const moved = await trx
      .updateTable("webhook_reading")
      .set({ cursor: part.next })
      .where("holder", "=", holder)
      .where(sql<SqlBool>`cursor is not distinct from ${from}`)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return 0;
    const told = part.events.flatMap((event) => {
      const webhook = toWebhookEvent(event);
      return webhook === null ? [] : [{ type: webhook.type, webhook, event }];
    });
    return told.length === 0 ? 0 : write(context, trx, told);
  });
}

async function write(
  context: WebhooksContext,
  trx: WebhooksTrx,
  told: readonly { readonly type: WebhookEvent["type"]; readonly webhook: WebhookEvent; readonly event: StoredEvent }[],
): Promise<number> {
  const all = await candidates(context, trx, told);
  const now = context.now();
  const rows = told.flatMap(({ webhook, event }) =>
    all.flatMap((candidate) => {
      const receives = isFor(candidate, webhook.type, event);
      if (receives === null) return [];
      const { id: event_id, type, body } = webhook;
      const endpoint_id = candidate.endpoint.id;
      return [
        { endpoint_id, event_id, type, body, for_admin: receives.forAdmin, state: "waiting" as const, next_at: now },
      ];
    }),
  );
  const kept = await withinBounds(
    context,
    trx,
    all.map(({ endpoint }) => endpoint),
    rows,
  );
  let made = 0;
  for (let start = 0; start < kept.length; start += ROWS) {
    const { numInsertedOrUpdatedRows = 0n } = await trx
      .insertInto("webhook_deliveries")
      .values(
        kept
          .slice(start, start + ROWS)
          .map((row) => ({ ...row, replay_of: null, claimed_by: null, claimed_until: null, finished_at: null })),
      )
      .onConflict((conflict) =>
        conflict.columns(["endpoint_id", "event_id"]).where("replay_of", "is", null).doNothing(),
      )
      .executeTakeFirst();
    made += Number(numInsertedOrUpdatedRows);
  }
  return made;
}

/** Without what is too much for an endpoint: of events that never end, and of a receiver that is slower than they come. */
async function withinBounds<Row extends { readonly endpoint_id: number }>(
  context: Pick<WebhooksContext, "platform" | "now">,
  trx: WebhooksTrx,
  endpoints: readonly Pick<EndpointRow, "id" | "full_since">[],
  rows: readonly Row[],
): Promise<Row[]> {
  const room = new Map(await roomOf(trx, [...new Set(rows.map(({ endpoint_id }) => endpoint_id))]));
  await noteRoom(trx, endpoints, room);
  const left = new Map<number, number>();
  const kept = rows.filter(({ endpoint_id: id }) => {
    const free = room.get(id) ?? 0;
    if (free <= 0) left.set(id, (left.get(id) ?? 0) + 1);
    else room.set(id, free - 1);
    return free > 0;
  });
  for (const [webhook, events] of left) {
    const about = { webhook, events, waiting: MOST_WAITING };
    context.platform.log.warn(about, "too much waits for a webhook: events were left out");
  }
  await noteFull(context, trx, [...left.keys()]);
  return kept;
}
