import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher, Pool } from "undici";
import { createAnswer, type Source } from "./answer.ts";
import { faultOf, mayBeStale } from "./faults.ts";
import { type ForwardOptions, requestHeaders } from "./forwarded-headers.ts";
import type { ShownAt } from "./own-addresses.ts";
import type { Refusal } from "./refusals.ts";
import { callAlone, needsOwnConnection, runSingleExchange } from "./single-exchange.ts";
import type { Connect } from "./upstreams.ts";

/** One request and its answer, streamed both ways with back-pressure. */
export interface HttpExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly pool: Pool;
  readonly connect: Connect;
  readonly path: string;
  readonly forward: ForwardOptions;
  readonly shown: ShownAt;
  readonly refuse: (refusal: Refusal) => void;
  /** Called as a transfer goes on, each few seconds at most. */
  readonly onTransfer: () => void;
  /** Called exactly once, whatever happens. 0: no answer. */
  readonly onEnd: (status: number) => void;
}

/** @returns ends the exchange from our side (revoked, shut down). */
export function runHttpExchange(exchange: HttpExchange): () => void {
  return needsOwnConnection(exchange) ? runSingleExchange(exchange) : runPooledExchange(exchange);
}

function runPooledExchange(exchange: HttpExchange): () => void {
  const { req, res, pool } = exchange;
  let controller: Dispatcher.DispatchController | null = null;
  let other: Source | null = null;
  let gone = false;
  const answer = createAnswer(exchange, {
    resume: () => (other ?? controller)?.resume(),
    pause: () => (other ?? controller)?.pause(),
    abort() {
      gone = true;
      if (other !== null) other.abort();
      else if (controller !== null && !controller.aborted) controller.abort(new Error("the client went away"));
    },
  });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (gone) started.abort(new Error("the client went away"));
    },
    onResponseStart(started, statusCode, headers, statusMessage) {
      const raw = Array.isArray(started.rawHeaders) ? started.rawHeaders : flat(headers);
      if (statusCode < 200) answer.information(statusCode, raw);
      else answer.start(statusCode, statusMessage ?? "", raw);
    },
    onResponseData: (_started, chunk) => answer.data(chunk),
    onResponseEnd: (started) => answer.end(Array.isArray(started.rawTrailers) ? started.rawTrailers : []),
    onResponseError(_started, error) {
      if (gone) return;
      // A connection that lay idle may end as it is taken up again; nobody else can tell that from a fault.
      if (!answer.started && mayBeStale(error)) {
        other = callAlone(exchange, answer);
      } else answer.fail(faultOf(error));
    },
  };

  // Gone while its access was looked up: nobody will tell us again, and the program must not be kept busy.
  if (res.closed || req.socket.destroyed) {
    answer.abort();
    return answer.abort;
  }
  pool.dispatch(
    {
      method: req.method as Dispatcher.HttpMethod,
      path: exchange.path,
      headers: requestHeaders(req.rawHeaders, exchange.forward),
      body: null,
    },
    handler,
  );
  return () => {
    res.destroy();
    answer.abort();
  };
}

function flat(headers: NodeJS.Dict<string | string[]>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).flatMap((one) => [name, one]),
  );
}
