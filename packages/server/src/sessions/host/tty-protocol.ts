/**
 * The terminal's WebSocket: binary frames are the terminal's bytes both ways, text frames are these. After
 * `hello` come `replay` bytes of what was printed before (a client must not answer terminal queries in them),
 * then what is printed from now on.
 */
export type FromClient =
  | { readonly type: "resize"; readonly cols: number; readonly rows: number }
  | { readonly type: "ping" }
  /** So many bytes have been shown. Who sends it once is never sent more than it can show. */
  | { readonly type: "ack"; readonly bytes: number };

export type FromHost =
  | {
      readonly type: "hello";
      readonly job_id: number;
      readonly cols: number;
      readonly rows: number;
      readonly replay: number;
      /** Bytes printed so far. */
      readonly printed: number;
    }
  /** This client was too slow: output was left out. Clear the screen; `replay` bytes follow. */
  | { readonly type: "resync"; readonly replay: number; readonly printed: number }
  /** The smallest of the windows that look at it decides. */
  | { readonly type: "size"; readonly cols: number; readonly rows: number }
  | { readonly type: "pong" }
  | { readonly type: "exit"; readonly status: number | null; readonly signal: string | null; readonly cause: string };

/** In the query of who only looks: their keys and their window's size count for nothing. */
export const LOOK_ONLY = "look-only";

/** @returns null for anything that is not one of ours. */
export function parseFromClient(text: string): FromClient | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const frame = value as Record<string, unknown>;
  if (frame.type === "ping") return { type: "ping" };
  if (frame.type === "ack" && isCount(frame.bytes)) return { type: "ack", bytes: frame.bytes };
  if (frame.type !== "resize" || !isSide(frame.cols) || !isSide(frame.rows)) return null;
  return { type: "resize", cols: frame.cols, rows: frame.rows };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A terminal's width or height in characters. */
function isSide(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2000;
}
