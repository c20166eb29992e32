import { createHash } from "node:crypto";
import { ByteReader } from "./byte-reader.ts";
import { damaged } from "./damaged.ts";

/**
 * The backup's inner format, before gzip. A part is: a line of JSON (its header); chunks, each a line with its
 * length in bytes followed by the bytes; the line `0`; a line of JSON with the SHA-256 of header and bytes.
 * The last part is the manifest, which holds the SHA-256 of all before it: nothing can be missing, added or moved.
 */
export type PartHeader = { readonly part: string } & Readonly<Record<string, unknown>>;

export interface Part {
  readonly header: PartHeader;
  /** Whoever leaves some of it unread skips it. */
  readonly content: AsyncIterable<Buffer>;
}

export interface Written {
  readonly bytes: number;
  /** Line feeds in the content: the rows of a table in COPY's text format. */
  readonly lines: number;
}

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** Writes parts one after another and remembers what the manifest must say. */
export function createFrameWriter() {
  const whole = createHash("sha256");
  return {
    /** The bytes of one part. */
    async *part(
      header: PartHeader,
      content: AsyncIterable<Buffer> | Iterable<Buffer> = [],
      onEnd: (written: Written) => void = () => undefined,
    ): AsyncGenerator<Buffer> {
      const line = Buffer.from(`${JSON.stringify(header)}\n`);
      const hash = createHash("sha256").update(line);
      yield line;
      let [bytes, lines] = [0, 0];
      for await (const chunk of gather(content)) {
        hash.update(chunk);
        bytes += chunk.length;
        lines += countLines(chunk);
        yield Buffer.from(`${chunk.length}\n`);
        yield chunk;
      }
      const sha256 = hash.digest("hex");
      whole.update(sha256);
      yield Buffer.from(`0\n${JSON.stringify({ sha256 })}\n`);
      onEnd({ bytes, lines });
    },
    /** SHA-256 over the hashes of all parts so far. */
    digest: () => whole.copy().digest("hex"),
  };
}

/**
 * Reads parts and checks each one's hash when it has been read. Ends after the part `manifest`, which must be
 * the last.
 * @throws StartError when the backup is damaged, cut off or goes on after its end.
 */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Part & { digest: string }> {
  const reader = new ByteReader(source);
  const whole = createHash("sha256");
  for (;;) {
    const line = await reader.line();
    const hash = createHash("sha256").update(line);
    const header = parseHeader(line);
    const content = readContent(reader, hash);
    yield { header, content, digest: whole.copy().digest("hex") };
    // The consumer may have stopped early; what is left is still hashed.
    for await (const _ of content);
    const sha256 = hash.digest("hex");
    if (parseJson(await reader.line()).sha256 !== sha256)
      throw damaged(`the hash of its part "${header.part}" differs`);
    whole.update(sha256);
    if (header.part === "manifest") break;
  }
  if (!(await reader.atEnd())) throw damaged("it goes on after its end");
}

/** An iterator that goes on where an earlier loop over it stopped. */
function readContent(reader: ByteReader, hash: { update(chunk: Buffer): unknown }): AsyncIterable<Buffer> {
  let ended = false;
  const iterator: AsyncIterator<Buffer> = {
    async next() {
      if (ended) return { done: true, value: undefined };
      const length = Number((await reader.line()).toString("latin1"));
      if (!Number.isInteger(length) || length < 0 || length > CHUNK_BYTES * 64) throw damaged("a length is wrong");
      ended = length === 0;
      if (ended) return { done: true, value: undefined };
      const value = await reader.take(length);
      hash.update(value);
      return { done: false, value };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** Small pieces (COPY gives one a row) become chunks of a sensible size. */
async function* gather(content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let [pieces, size]: [Buffer[], number] = [[], 0];
  for await (const piece of content) {
    pieces.push(piece);
    size += piece.length;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.concat(pieces);
    [pieces, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(pieces);
}

function countLines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}

function parseHeader(line: Buffer): PartHeader {
  const header = parseJson(line);
  if (typeof header.part !== "string") throw damaged("a header is not one");
  return header as PartHeader;
}

function parseJson(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw damaged("a header is not one");
}
