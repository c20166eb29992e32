/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header (RFC 9110 §14) for something of `size` bytes. Null: send the whole, as the standard
 * has it for units we don't know, several ranges and what can't be read.
 */
export function readRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? "");
  if (match === null) return null;
  const [, first = "", final = ""] = match;
  if (first === "" && final === "") return null;
  if (first === "") return suffix(Number(final), size);
  const start = Number(first);
  const end = final === "" ? size - 1 : Math.min(Number(final), size - 1);
  if (final !== "" && Number(final) < start) return null;
  if (start >= size) return "unsatisfiable";
  return { start, end };
}

function suffix(length: number, size: number): ByteRange | "unsatisfiable" {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(0, size - length), end: size - 1 };
}
