import { StoaError } from "../../platform/errors/stoa-error.ts";

/**
 * A tree of files as one stream of bytes, from one person's files to another's. A frame is a letter, the length of
 * what follows (four bytes, the highest first) and that many bytes: JSON, or a file's own. Names are bytes on a
 * disk, so they come in base64; nothing says how long a file is before it ends, since it may change while it is read.
 */
export type Frame =
  | { readonly kind: "folder"; readonly name: Buffer; readonly mtimeMs: number }
  /** Back to the folder above. */
  | { readonly kind: "leave" }
  | { readonly kind: "file"; readonly name: Buffer; readonly mtimeMs: number; readonly executable: boolean }
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "fileEnd" }
  | { readonly kind: "link"; readonly name: Buffer; readonly target: Buffer }
  /** Stands last: without it the stream was cut off. */
  | { readonly kind: "end"; readonly leftOut: LeftOutCounts };

/** What was met and not sent, counted. */
export interface LeftOutCounts {
  readonly links: number;
  readonly special: number;
  readonly deep: number;
  readonly changed: number;
}

const letters = { folder: "d", leave: "u", file: "f", bytes: "b", fileEnd: "e", link: "l", end: "z" } as const;
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter.charCodeAt(0), kind as Frame["kind"]]));
const HEAD = 5;
/** Bytes of one frame: nobody sends longer ones, and who does shall not fill our memory. */
const LONGEST = 1 << 20;
/** Small frames travel together. */
const BATCH = 64 * 1024;

export async function* encodeFrames(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  let batch: Buffer[] = [];
  let size = 0;
  for await (const frame of frames) {
    const payload = payloadOf(frame);
    const head = Buffer.alloc(HEAD);
    head.write(letters[frame.kind], "latin1");
    head.writeUInt32BE(payload.length, 1);
    batch.push(head, payload);
    size += HEAD + payload.length;
    if (size < BATCH) continue;
    yield Buffer.concat(batch);
    batch = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(batch);
}

function payloadOf(frame: Frame): Buffer {
  switch (frame.kind) {
    case "folder":
      return json({ n: text(frame.name), m: frame.mtimeMs });
    case "file":
      return json({ n: text(frame.name), m: frame.mtimeMs, x: frame.executable });
    case "link":
      return json({ n: text(frame.name), t: text(frame.target) });
    case "bytes":
      return frame.bytes;
    case "end":
      return json(frame.leftOut);
    default:
      return Buffer.alloc(0);
  }
}

/** @throws StoaError upstream_failed for what is no such stream, or one that was cut off */
export async function* decodeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? bytesOf(chunk) : Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD) {
      const length = rest.readUInt32BE(1);
      if (length > LONGEST) throw broken("a part of it is too long");
      if (rest.length < HEAD + length) break;
      const frame = readFrame(rest[0] ?? 0, rest.subarray(HEAD, HEAD + length));
      rest = rest.subarray(HEAD + length);
      yield frame;
      if (frame.kind === "end") return;
    }
  }
  throw broken("it ended too early");
}

function readFrame(letter: number, payload: Buffer): Frame {
  const kind = kinds.get(letter);
  switch (kind) {
    case "bytes":
      return { kind, bytes: payload };
    case "leave":
    case "fileEnd":
      return { kind };
    case undefined:
      throw broken("it has a part of no known kind");
    default:
      return readDescription(kind, payload);
  }
}

function readDescription(kind: "folder" | "file" | "link" | "end", payload: Buffer): Frame {
  const fields = parse(payload);
  if (kind === "end") {
    const count = (value: unknown) => (typeof value === "number" && value >= 0 ? Math.floor(value) : 0);
    const { links, special, deep, changed } = fields;
    const leftOut = { links: count(links), special: count(special), deep: count(deep), changed: count(changed) };
    return { kind, leftOut };
  }
  const name = checkedName(fields.n);
  if (kind === "link") return { kind, name, target: bytesOfText(fields.t) };
  const mtimeMs = typeof fields.m === "number" && Number.isFinite(fields.m) ? fields.m : 0;
  return kind === "folder" ? { kind, name, mtimeMs } : { kind, name, mtimeMs, executable: fields.x === true };
}

/** Whoever sends may be a program gone bad: a name is one part of a path, or nothing is written. */
function checkedName(value: unknown): Buffer {
  const name = bytesOfText(value);
  const shown = name.toString("latin1");
  if (name.length === 0 || name.length > 255 || shown === "." || shown === ".." || /[/\0]/.test(shown)) {
    throw broken("a name in it is none");
  }
  return name;
}

function bytesOfText(value: unknown): Buffer {
  if (typeof value !== "string") throw broken("a part of it lacks its name");
  return Buffer.from(value, "base64");
}

function parse(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(payload.toString());
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw broken("a part of it can't be read");
}

function bytesOf(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function text(name: Buffer): string {
  return name.toString("base64");
}

function broken(why: string): StoaError {
  return new StoaError("upstream_failed", { message: `The copy did not come through: ${why}.` });
}
