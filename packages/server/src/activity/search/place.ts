import { StoaError } from "../../platform/errors/stoa-error.ts";
import { readTimestamp } from "../ingest/read-timestamp.ts";

/** A place in the order of executions, newest first: what comes next lies before it in time. */
export interface Place {
  /** As PostgreSQL writes it, to the microsecond. */
  readonly at: string;
  readonly id: number;
}

/** Opaque to callers: a page's end, or one execution. */
export function placeText({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString("base64url");
}

/** Null for what is none of ours. */
export function readPlace(text: string): Place | null {
  const read = parsed(Buffer.from(text, "base64url").toString());
  if (!Array.isArray(read) || read.length !== 2) return null;
  const [at, id] = read as unknown[];
  // PostgreSQL leaves the offset's minutes out where there are none.
  const moment = typeof at === "string" ? readTimestamp(at.replace(/([+-]\d\d)$/, "$1:00")) : null;
  if (moment === null) return null;
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? { at: moment.text, id } : null;
}

/** @throws StoaError invalid */
export function placeOfCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined || cursor === "") return null;
  const place = readPlace(cursor);
  if (place === null) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return place;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
