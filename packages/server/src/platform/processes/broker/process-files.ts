import { closeSync, openSync, readSync } from "node:fs";

/** Bytes. What the kernel tells of a process can be of any length: whose it is moves the bounds of its environment. */
const MOST = 131_072;
const buffer = Buffer.allocUnsafe(MOST);

/** The first bytes of a file of another's process, until the next call. None: it is gone, or not ours to look at. */
export function startOf(file: string): Buffer {
  let length = 0;
  try {
    const held = openSync(file, "r");
    try {
      for (let read = -1; read !== 0 && length < MOST; length += read) {
        read = readSync(held, buffer, length, MOST - length, length);
      }
    } finally {
      closeSync(held);
    }
  } catch {
    // what was read before is what there is
  }
  return buffer.subarray(0, length);
}

/** Whether this environment holds `NAME=value`, whole, in what is read of it: who has grown it has left its mark. */
export function holdsEntry(environ: Buffer, entry: string): boolean {
  for (let at = environ.indexOf(entry); at !== -1; at = environ.indexOf(entry, at + 1)) {
    const begins = at === 0 || environ[at - 1] === 0;
    if (begins && (environ[at + Buffer.byteLength(entry)] ?? 0) === 0) return true;
  }
  return false;
}
