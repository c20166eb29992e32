import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher, Pool } from "undici";
import { type ForwardOptions, requestHeaders, responseHeaders } from "./forwarded-headers.ts";
import { type Refusal, refuse } from "./refusal.ts";

export const NO_ANSWER: Refusal = {
  status: 502,
  title: "The session's program did not answer.",
  remedy: "It may still be starting, or have stopped: look at the session's page, then try again.",
};

/** One request and its answer, streamed both ways with back-pressure. */
export interface HttpExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly pool: Pool;
  readonly path: string;
  readonly forward: ForwardOptions;
  /** Called exactly once, whatever happens. 0: no answer. */
  readonly onEnd: (status: number) => void;
}

/** @returns ends the exchange from our side (revoked, shut down). */
export function runHttpExchange(exchange: HttpExchange): () => void {
  const { req, res, pool } = exchange;
  let controller: Dispatcher.DispatchController | null = null;
  let status = 0;
  let ended = false;
  let gone = false;
  // The newest piece of the answer waits for the end of this turn of the loop: a small answer then leaves as one
  // write, headers and all, instead of three (a third of the CPU of such a request).
  let held: Buffer | null = null;
  let flushing = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    exchange.onEnd(status);
  };
  const abort = (): void => {
    gone = true;
    if (controller !== null && !controller.aborted) controller.abort(new Error("the client went away"));
    end();
  };
  res.on("close", () => {
    if (!res.writableFinished) abort();
    else end();
  });
  res.on("drain", () => controller?.resume());

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
  const write = (chunk: Buffer): void => {
    if (!res.write(chunk)) controller?.pause();
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (gone) started.abort(new Error("the client went away"));
    },
    onResponseStart(started, statusCode, headers, statusMessage) {
      if (statusCode < 200) return; // 100 and 103 are answered by the hop that needs them
      status = statusCode;
      const raw = Array.isArray(started.rawHeaders) ? started.rawHeaders : flat(headers);
      res.writeHead(statusCode, statusMessage ?? "", responseHeaders(raw));
      // Headers go without a body too: an event stream may be silent for minutes.
      flushSoon();
    },
    onResponseData(_started, chunk) {
      if (held !== null) write(held);
      held = chunk;
      flushSoon();
    },
    onResponseEnd(started) {
      const trailers = started.rawTrailers;
      if (Array.isArray(trailers) && trailers.length > 0) res.addTrailers(pairs(trailers));
      if (held === null) res.end();
      else res.end(held);
      held = null;
    },
    onResponseError() {
      if (gone) return;
      // Half an answer must look broken to the client, never complete.
      if (res.headersSent) res.destroy();
      else refuse(req, res, NO_ANSWER);
      end();
    },
  };

  // Gone while its access was looked up: nobody will tell us again, and the program must not be kept busy.
  if (res.closed || req.socket.destroyed) {
    abort();
    return abort;
  }
  pool.dispatch(
    {
      method: req.method as Dispatcher.HttpMethod,
      path: exchange.path,
      headers: requestHeaders(req.rawHeaders, exchange.forward),
      body: hasBody(req) ? req : null,
    },
    handler,
  );
  return () => {
    res.destroy();
    abort();
  };
}

function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || (req.headers["content-length"] ?? "0") !== "0";
}

function flat(headers: NodeJS.Dict<string | string[]>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).flatMap((one) => [name, one]),
  );
}

function pairs(raw: readonly (string | Buffer)[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) out.push([String(raw[i]), String(raw[i + 1])]);
  return out;
}
