import type { Socket } from "node:net";

/**
 * What a server and a file agent say to each other: frames of one byte of type, four of the call's number, four of
 * the payload's length, big-endian, then the payload. Any number of calls are under way at once.
 */
export const FRAME = {
  /** To the agent, first of all: JSON, whose folders. */
  setup: 1,
  /** From the agent: it takes calls. */
  ready: 2,
  /** To the agent: JSON, what to do. */
  call: 3,
  /** From the agent: JSON, the command is done. */
  result: 4,
  /** From the agent: JSON, what comes before an answer's bytes. */
  head: 5,
  /** Either way: the input's or the answer's bytes. */
  bytes: 6,
  /** Either way: no more bytes. */
  end: 7,
  /** Either way: JSON, the input or the command failed. */
  fail: 8,
  /** From the agent: JSON. */
  progress: 9,
  /** Either way: four bytes, how many more bytes the other side may send. */
  credit: 10,
  /** To the agent: nobody wants the call any more. */
  cancel: 11,
  /** To the agent, which answers with the same. */
  ping: 12,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** JSON of one call at most, in bytes. */
export const LARGEST_JSON = 64 * 2 ** 20;
/** The same of an answer: an agent is as good as its person, and parsing tens of millions of `{}` takes gigabytes. */
export const LARGEST_RESULT = 16 * 2 ** 20;
const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];
/** Of all else: heads, errors, progress. */
const LARGEST_WORD = 256 * 1024;
/** Values in one JSON: what is read at once, nobody else is served meanwhile. */
const MOST_VALUES = 500_000;
/** Bytes of one direction of one call that may be on their way, unread. */
export const WINDOW = 2 ** 20;

const HEADER = 9;

/** The other side does not keep to the protocol: nothing more of it can be believed. */
export class BrokenProtocol extends Error {}

/** A whole frame, or of `bytes` a part of one as it came. */
export type OnFrame = (type: number, call: number, payload: Buffer) => void;

/** Takes a connection's bytes in any pieces and gives the frames in them. @throws BrokenProtocol */
export function createFrameReader(onFrame: OnFrame): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let frame: { type: number; call: number; left: number } | null = null;

  const take = (chunk: Buffer, wanted: number): Buffer | null => {
    if (heldBytes + chunk.length < wanted) {
      if (chunk.length > 0) held.push(chunk);
      heldBytes += chunk.length;
      return null;
    }
    const piece = chunk.subarray(0, wanted - heldBytes);
    const whole = heldBytes === 0 ? piece : Buffer.concat([...held, piece]);
    held = [];
    heldBytes = 0;
    return whole;
  };

  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0 || frame?.left === 0) {
      const before = heldBytes;
      if (frame === null) {
        const header = take(rest, HEADER);
        if (header === null) return;
        rest = rest.subarray(HEADER - before);
        frame = { type: header.readUInt8(0), call: header.readUInt32BE(1), left: header.readUInt32BE(5) };
        if (frame.left > mostOf(frame.type)) throw new BrokenProtocol(`a frame of ${frame.left} bytes`);
      } else if (frame.type === FRAME.bytes) {
        const piece = rest.subarray(0, frame.left);
        rest = rest.subarray(piece.length);
        frame.left -= piece.length;
        if (piece.length > 0) onFrame(FRAME.bytes, frame.call, piece);
        if (frame.left === 0) frame = null;
      } else {
        const payload = take(rest, frame.left);
        if (payload === null) return;
        rest = rest.subarray(frame.left - before);
        const { type, call } = frame;
        frame = null;
        onFrame(type, call, payload);
      }
    }
  };
}

function mostOf(type: number): number {
  if (type === FRAME.bytes) return WINDOW;
  if (type === FRAME.result) return LARGEST_RESULT;
  return type === FRAME.call || type === FRAME.setup ? LARGEST_JSON : LARGEST_WORD;
}

const NOTHING = new Uint8Array(0);

/**
 * Sends one frame. What is sent to a connection that has ended goes nowhere.
 * @param sent called when the payload has gone out, or could not
 */
export function sendFrame(
  socket: Socket,
  type: FrameType,
  call: number,
  payload: Uint8Array = NOTHING,
  sent?: () => void,
): void {
  if (!socket.writable) return;
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(call, 1);
  header.writeUInt32BE(payload.byteLength, 5);
  if (payload.byteLength === 0) {
    socket.write(header);
    return;
  }
  socket.cork();
  socket.write(header);
  socket.write(payload, sent);
  socket.uncork();
}

export function sendJson(socket: Socket, type: FrameType, call: number, value: unknown): void {
  sendFrame(socket, type, call, Buffer.from(JSON.stringify(value ?? null)));
}

export function sendCredit(socket: Socket, call: number, bytes: number): void {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(bytes, 0);
  sendFrame(socket, FRAME.credit, call, payload);
}

/** @throws BrokenProtocol */
export function readCredit(payload: Buffer): number {
  if (payload.length !== 4) throw new BrokenProtocol("a credit that is no number");
  return payload.readUInt32BE(0);
}

/** @throws BrokenProtocol */
export function readJson(payload: Buffer): unknown {
  if (payload.length > MOST_VALUES && hasTooManyValues(payload)) throw new BrokenProtocol("JSON of too many values");
  try {
    return JSON.parse(payload.toString("utf8")) as unknown;
  } catch (cause) {
    throw new BrokenProtocol("what should be JSON is not", { cause });
  }
}

/** Counts what stands outside of strings: a text may hold as many commas as it likes. */
function hasTooManyValues(json: Buffer): boolean {
  let values = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) inText = !inText;
    else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) values += 1;
  }
  return values > MOST_VALUES;
}
