import { isUtf8 } from "node:buffer";

/** A name in a folder: as text where we chose it or a person gave it, as bytes where the disk gave it. */
export type EntryName = string | Buffer;

/**
 * A name from the disk for people to read. Linux takes any bytes for a name; those that are no UTF-8 are
 * written `\xe9`, and the whole names nothing: no path leads to it.
 */
export function readName(name: Buffer): { text: string; openable: boolean } {
  return isUtf8(name) ? { text: name.toString(), openable: true } : { text: escapeBytes(name), openable: false };
}

function escapeBytes(name: Buffer): string {
  let text = "";
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((size) => at + size <= name.length && isUtf8(name.subarray(at, at + size)));
    text += length ? name.toString("utf8", at, at + length) : `\\x${name.toString("hex", at, at + 1)}`;
    at += length ?? 1;
  }
  return text;
}
