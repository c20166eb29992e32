import { type Kysely, sql, type Transaction } from "kysely";
import type { NewEvent, StoredEvent } from "./contract.ts";
import { cursorGone, formatCursor, type Place } from "./cursor.ts";
import type { EventTables, EventVisibility } from "./tables.ts";

/** An event as the process holds it: with its number beside the opaque cursor. */
export interface NumberedEvent extends StoredEvent {
  readonly id: number;
}

/** Appends events in one statement; the trigger on `events` sends the wake-up at commit. */
export async function appendEvents(trx: Transaction<EventTables>, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await trx
    .insertInto("events")
    .values(
      events.map((event) => ({
        type: event.type,
        subject_kind: event.subject.kind,
        subject_id: event.subject.id,
        visibility: visibilityOf(event),
        audience: typeof event.audience === "string" ? [] : [...event.audience],
        data: JSON.stringify(event.data),
      })),
    )
    .execute();
}

function visibilityOf(event: NewEvent): EventVisibility {
  if (typeof event.audience === "string") return event.audience;
  return event.isPrivate ? "private" : "accounts";
}

/** How far the outbox may be read now, and from where it still can be. */
export interface Horizon {
  /** The newest id given out to anybody, committed or not. */
  readonly newest: number;
  /** No transaction that is still open can add a row with an id up to this. */
  readonly horizon: number;
  readonly thinnedTo: number;
  readonly epoch: string;
}

export async function readHorizon(db: Kysely<EventTables>): Promise<Horizon> {
  const { rows } = await sql<Horizon>`
    select h.newest, h.horizon, l.thinned_to as "thinnedTo", l.epoch
    from event_horizon() h cross join event_log l`.execute(db);
  const [row] = rows;
  if (!row) throw new Error("event_log has no row: the database was not migrated");
  return row;
}

/**
 * Events after `place`, oldest first, none skipped: the horizon must have been read before (its own statement).
 * @throws StoaError gone when the place is of another epoch, thinned away, or ahead of the outbox.
 */
export async function readEvents(
  db: Kysely<EventTables>,
  place: Place,
  horizon: Horizon,
  limit: number,
): Promise<NumberedEvent[]> {
  if (place.epoch !== horizon.epoch || place.id < horizon.thinnedTo || place.id > horizon.newest) throw cursorGone();
  if (place.id >= horizon.horizon) return [];
  const rows = await db
    .selectFrom("events")
    .selectAll()
    .where("id", ">", place.id)
    .where("id", "<=", horizon.horizon)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    cursor: formatCursor({ epoch: horizon.epoch, id: row.id }),
    at: row.at.toISOString(),
    type: row.type,
    subject: { kind: row.subject_kind, id: row.subject_id },
    audience: row.visibility === "everyone" || row.visibility === "internal" ? row.visibility : row.audience,
    ...(row.visibility === "private" ? { isPrivate: true as const } : {}),
    data: row.data,
  }));
}
