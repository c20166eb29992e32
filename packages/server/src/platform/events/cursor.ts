import { StoaError } from "../errors/stoa-error.ts";

/** A place in the outbox: everything up to `id` has been seen. The epoch changes when the database is restored. */
export interface Place {
  readonly epoch: string;
  readonly id: number;
}

/** What clients carry (`Last-Event-ID`): opaque to them. */
export function formatCursor(place: Place): string {
  return `${place.epoch}.${place.id}`;
}

/** @throws StoaError gone when it is not a cursor of ours. */
export function parseCursor(cursor: string): Place {
  const [, epoch, digits] = /^([0-9a-z-]{1,40})\.(\d{1,16})$/.exec(cursor) ?? [];
  const id = Number(digits);
  if (!epoch || !Number.isSafeInteger(id)) throw cursorGone();
  return { epoch, id };
}

export function cursorGone(): StoaError {
  return new StoaError("gone", { details: { what: "event cursor" } });
}
