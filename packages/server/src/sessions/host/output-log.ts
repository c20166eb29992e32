import { closeSync, constants, fstatSync, opendirSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * What a session printed, on disk, never more than `capBytes`: the newest two files of half of that each, named
 * by the offset of their first byte (`output-0.log`). Writes are synchronous on purpose: a disk that is slower
 * than the program then slows the program down, instead of filling our memory.
 */
export interface OutputLog {
  append(chunk: Uint8Array): void;
  close(): void;
}

const NAME = /^output-(\d+)\.log$/;
/** There are two, and for a moment three. */
const MOST_FILES = 4;
/** Names that are looked at: a session's folder has a dozen, and its owner may fill it. */
const MOST_NAMES = 1000;
/** Dropped meanwhile, or put there by the folder's owner: a link, a socket, a file that is closed to us. */
const ABSENT = new Set(["ENOENT", "ELOOP", "ENXIO", "EACCES"]);

export function createOutputLog(folder: string, capBytes: number): OutputLog {
  const half = Math.max(1, Math.floor(capBytes / 2));
  let start = 0;
  let length = 0;
  let file: number | null = null;

  const next = (): number => {
    if (file !== null) closeSync(file);
    start += length;
    length = 0;
    for (const old of segments(folder).slice(0, -1)) unlinkSync(join(folder, old.name));
    return openSync(join(folder, `output-${start}.log`), "a", 0o640);
  };

  return {
    append(chunk) {
      try {
        for (let rest = chunk; rest.length > 0; ) {
          if (file === null || length >= half) file = next();
          const part = rest.subarray(0, half - length);
          writeAll(file, part);
          length += part.length;
          rest = rest.subarray(part.length);
        }
      } catch {
        // No room, no log: the terminal itself must go on. What follows is tried again.
      }
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

export interface LogPart {
  /** Where the first byte of `bytes` stands in all that was printed; later than asked when older output was dropped. */
  readonly offset: number;
  readonly nextOffset: number;
  /** Bytes printed so far. */
  readonly total: number;
  readonly bytes: Buffer;
}

/** At most `maxBytes` from `offset` on (negative: counted from the end). Nothing printed yet: empty. */
export function readOutputLog(folder: string, offset: number, maxBytes: number): LogPart {
  const sized: { start: number; file: number; size: number }[] = [];
  try {
    for (const { name, start } of segments(folder).slice(-MOST_FILES)) {
      const file = openPlain(join(folder, name));
      if (file !== null) sized.push({ start, file, size: sizeOf(file) });
    }
    const last = sized.at(-1);
    const total = last === undefined ? 0 : last.start + last.size;
    const from = Math.max(offset < 0 ? total + offset : offset, sized[0]?.start ?? 0);
    const parts: Buffer[] = [];
    let at = from;
    for (const segment of sized) {
      const want = Math.min(segment.start + segment.size - at, from + maxBytes - at);
      if (want <= 0 || at < segment.start) continue;
      const buffer = Buffer.alloc(want);
      const read = readSync(segment.file, buffer, 0, want, at - segment.start);
      parts.push(buffer.subarray(0, read));
      at += read;
    }
    return { offset: from, nextOffset: at, total, bytes: Buffer.concat(parts) };
  } finally {
    for (const { file } of sized) closeSync(file);
  }
}

/** The folder's owner may have put a link or a FIFO there: neither is followed nor waited for. */
function openPlain(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (ABSENT.has(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
}

function sizeOf(file: number): number {
  const found = fstatSync(file);
  return found.isFile() ? found.size : 0;
}

function segments(folder: string): { name: string; start: number }[] {
  return namesIn(folder)
    .map((name) => ({ name, start: Number(NAME.exec(name)?.[1] ?? Number.NaN) }))
    .filter((segment) => Number.isSafeInteger(segment.start))
    .sort((a, b) => a.start - b.start);
}

/** None: the session never began. */
function namesIn(folder: string): string[] {
  try {
    using items = opendirSync(folder);
    const names: string[] = [];
    for (let left = MOST_NAMES; left > 0; left -= 1) {
      const item = items.readSync();
      if (item === null) break;
      names.push(item.name);
    }
    return names;
  } catch {
    return [];
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
