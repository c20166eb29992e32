import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { faultOf } from "./faults.ts";
import { responseHeaders, trailerFields } from "./forwarded-headers.ts";
import type { ShownAt } from "./own-addresses.ts";
import { type Refusal, refusals } from "./refusals.ts";

/** The client's side of an exchange. */
export interface Answer {
  /** The final status is on its way to the client. */
  readonly started: boolean;
  /** An interim answer (103, 102). */
  information(status: number, raw: readonly (string | Buffer)[]): void;
  start(status: number, message: string, raw: readonly (string | Buffer)[], close?: boolean): void;
  data(chunk: Buffer): void;
  end(rawTrailers: readonly (string | Buffer)[]): void;
  fail(refusal: Refusal): void;
  /** Nobody waits for the rest. */
  readonly abort: () => void;
  /** The request has a body that may take long. */
  watchUpload(): void;
}

interface AnswerOptions {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly shown: ShownAt;
  readonly refuse: (refusal: Refusal) => void;
  readonly onTransfer: () => void;
  readonly onEnd: (status: number) => void;
}

/** The program's side. */
export interface Source {
  readonly pause: () => void;
  readonly resume: () => void;
  readonly abort: () => void;
}

const TOLD_EACH_MS = 10_000;
const SHORT_UPLOAD = 1_000_000;
/** For what a client still sends when its answer is there; then the connection ends. */
const LINGER_MS = 2_000;

export function createAnswer(options: AnswerOptions, source: Source): Answer {
  const { req, res } = options;
  // Node takes it away from a request that is over.
  const { socket } = req;
  let status = 0;
  let ended = false;
  let isTransfer = false;
  let toldAt = 0;
  // The newest piece of the answer waits for the end of this turn of the loop: a small answer then leaves as one
  // write, headers and all, instead of three (a third of the CPU of such a request).
  let held: Buffer | null = null;
  let flushing = false;
  let watching: NodeJS.Timeout | undefined;

  const finish = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(watching);
    options.onEnd(status);
  };
  const abort = (): void => {
    source.abort();
    finish();
  };
  res.on("close", () => {
    if (!res.writableFinished) return abort();
    finish();
    if (!req.complete) linger(req, socket);
  });
  res.on("drain", source.resume);

  const told = (): void => {
    const now = Date.now();
    if (now - toldAt < TOLD_EACH_MS) return;
    if (toldAt !== 0) options.onTransfer();
    toldAt = now;
  };
  const write = (chunk: Buffer): void => {
    if (isTransfer) told();
    if (!res.write(chunk)) source.pause();
  };
  const flush = (): void => {
    flushing = false;
    if (res.destroyed || res.writableEnded) return;
    if (held === null) res.flushHeaders();
    else write(held);
    held = null;
  };
  const flushSoon = (): void => {
    if (flushing) return;
    flushing = true;
    setImmediate(flush);
  };
  const fail = (refusal: Refusal): void => {
    // Half an answer must look broken to the client, never complete.
    if (res.headersSent) res.destroy();
    else options.refuse(refusal);
    finish();
  };

  return {
    get started() {
      return status !== 0;
    },
    information(interim, raw) {
      // RFC 9110, 15.2: none for HTTP/1.0. A 100 is passed on only to who waits for one.
      if (res.headersSent || req.httpVersion === "1.0" || interim === 101) return;
      // Hints may be lost. A program that never stops giving them would fill our memory for a client that never reads.
      if (socket.writableNeedDrain) return;
      if (interim !== 100) res.writeInformation(interim, responseHeaders(raw, options.shown, interim));
      else if (req.headers.expect !== undefined) res.writeContinue();
    },
    start(code, message, raw, close = false) {
      // The parsers know chunks alone, and the client is not told of codings: its body would be something else.
      if (isCoded(raw)) {
        source.abort();
        fail(refusals.notHttp);
        return;
      }
      status = code;
      const headers = responseHeaders(raw, options.shown, code);
      if (close) headers.push("Connection", "close");
      try {
        res.writeHead(code, message, headers);
      } catch (error) {
        // A status line or header that would not be one any more when it is written again.
        status = 0;
        source.abort();
        fail(faultOf(error as Error));
        return;
      }
      isTransfer = hasLength(headers);
      // Headers go without a body too: an event stream may be silent for minutes.
      flushSoon();
    },
    data(chunk) {
      if (held !== null) write(held);
      held = chunk;
      flushSoon();
    },
    end(rawTrailers) {
      if (rawTrailers.length > 0) res.addTrailers(trailerFields(rawTrailers));
      if (held === null) res.end();
      else res.end(held);
      held = null;
    },
    fail,
    abort,
    // By the connection's count: a listener would make the body flow before somebody takes it.
    watchUpload() {
      if (Number(req.headers["content-length"] ?? Infinity) < SHORT_UPLOAD || watching !== undefined) return;
      let seen = socket.bytesRead;
      watching = setInterval(() => {
        if (req.complete) return clearInterval(watching);
        if (socket.bytesRead > seen) options.onTransfer();
        seen = socket.bytesRead;
      }, TOLD_EACH_MS);
      watching.unref();
    },
  };
}

/** The program answered without reading all of the request, and the client goes on sending. */
function linger(req: IncomingMessage, socket: Socket): void {
  req.resume();
  const timer = setTimeout(() => {
    if (!req.complete) socket.destroy();
  }, LINGER_MS);
  timer.unref();
}

function isCoded(raw: readonly (string | Buffer)[]): boolean {
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.length !== 17 || String(raw[i]).toLowerCase() !== "transfer-encoding") continue;
    if (
      String(raw[i + 1])
        .trim()
        .toLowerCase() !== "chunked"
    )
      return true;
  }
  return false;
}

function hasLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length === 14 && name.toLowerCase() === "content-length") return true;
  }
  return false;
}
