import { pipeline } from "node:stream";
import { crc32, createDeflateRaw, deflateRawSync } from "node:zlib";
import { dataDescriptor, directoryRecord, endRecords, localHeader, type ZipEntry } from "./zip-records.ts";

/** What is said about an entry before its bytes come. */
export interface NewZipEntry {
  /** Without a closing slash. */
  readonly name: Buffer;
  readonly isUtf8: boolean;
  readonly modifiedAt: Date;
  readonly mode: number;
}

/**
 * Writes a zip as it goes: nothing is known beforehand, and only the directory's records are kept.
 *
 * Of the libraries for it, yazl looks through all entries at each of them (a selection of 200,000 files takes
 * minutes), client-zip writes no zip64 end for 65,535 small entries, both compute checksums in JavaScript, and
 * neither takes names that are no UTF-8.
 */
export interface ZipWriter {
  folder(entry: NewZipEntry): Buffer;
  /** @param most bytes that will come at most: from 4 GiB on the entry is written in zip64 */
  file(entry: NewZipEntry, bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array>;
  /** The directory, last of all. */
  end(): Generator<Uint8Array>;
}

/** What grows a little by being packed has to stay below 4 GiB as well. */
const LARGE = 0xff00_0000;
/** A file is compressed when its first piece shrinks to less than so much of it. */
const WORTH_IT = 0.9;
const SAMPLE = 32 * 1024;
/** Fast, since the person waits for it. */
const LEVEL = 1;
const DIRECTORY_AT_ONCE = 1_000;

export function createZipWriter(): ZipWriter {
  let at = 0;
  const records: Buffer[] = [];
  const sent = <T extends Uint8Array>(bytes: T): T => {
    at += bytes.byteLength;
    return bytes;
  };
  const begin = (entry: NewZipEntry, isLarge: boolean): ZipEntry => ({
    ...entry,
    isLarge,
    offset: at,
    crc: 0,
    packed: 0,
    size: 0,
  });
  return {
    folder(entry) {
      const begun = begin({ ...entry, name: Buffer.concat([entry.name, Buffer.from("/")]) }, false);
      records.push(directoryRecord(begun));
      return sent(localHeader(begun));
    },
    async *file(entry, bytes, most) {
      const begun = begin(entry, most >= LARGE);
      let waiting: Uint8Array = sent(localHeader(begun));
      for await (const piece of pack(watch(bytes, begun))) {
        begun.packed += piece.byteLength;
        yield waiting;
        waiting = sent(piece);
      }
      records.push(directoryRecord(begun));
      // A small file goes out in few pieces.
      yield Buffer.concat([waiting, sent(dataDescriptor(begun))]);
    },
    *end() {
      const start = at;
      for (let from = 0; from < records.length; from += DIRECTORY_AT_ONCE) {
        yield sent(Buffer.concat(records.slice(from, from + DIRECTORY_AT_ONCE)));
      }
      yield endRecords(records.length, start, at - start);
    },
  };
}

async function* watch(bytes: AsyncIterable<Uint8Array>, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    entry.crc = crc32(chunk, entry.crc);
    entry.size += chunk.byteLength;
    yield chunk;
  }
}

/** As deflate has it: compressed where that is worth it, else in its own stored blocks, which cost nothing. */
async function* pack(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return yield END_OF_STORED;
  const rest = async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (!shrinks(first.value)) return yield* store(rest());
  const packed = pipeline(rest(), createDeflateRaw({ level: LEVEL, chunkSize: 64 * 1024 }), () => undefined);
  yield* packed as AsyncIterable<Uint8Array>;
}

function shrinks(chunk: Uint8Array): boolean {
  const sample = chunk.subarray(0, SAMPLE);
  return deflateRawSync(sample, { level: LEVEL }).byteLength < sample.byteLength * WORTH_IT;
}

/** RFC 1951 §3.2.4: blocks of at most 65,535 bytes, each with its length and that length's complement. */
const BLOCK = 0xffff;
const END_OF_STORED = Uint8Array.of(1, 0, 0, 0xff, 0xff);

async function* store(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < chunk.byteLength; from += BLOCK) {
      const block = chunk.subarray(from, from + BLOCK);
      const { byteLength: length } = block;
      pieces.push(Uint8Array.of(0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff), block);
    }
    yield Buffer.concat(pieces);
  }
  yield END_OF_STORED;
}
