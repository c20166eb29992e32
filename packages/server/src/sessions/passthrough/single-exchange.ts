import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { type Answer, createAnswer, type Source } from "./answer.ts";
import { faultOf } from "./faults.ts";
import { requestHeaders, trailerFields } from "./forwarded-headers.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { refusals } from "./refusals.ts";
import { hasBody } from "./request-rules.ts";
import { ANSWER_HEADERS } from "./upstreams.ts";

/**
 * Whatever can't be asked again: a connection that lay idle may end as it is taken up, and only a GET or HEAD without
 * a body may then be sent once more. And what the pool can't carry: a body that waits for a 100 or has trailers, a
 * head that must not wait for its body, an interim 100 that nobody asked for, a question to the whole server.
 */
export function needsOwnConnection({ req, path }: Pick<HttpExchange, "req" | "path">): boolean {
  const asksAgain = req.method === "GET" || req.method === "HEAD";
  return !asksAgain || hasBody(req) || req.headers.expect !== undefined || path === "*";
}

/** @returns ends the exchange from our side. */
export function runSingleExchange(exchange: HttpExchange): () => void {
  const { req, res } = exchange;
  let source: Source | null = null;
  const answer = createAnswer(exchange, {
    pause: () => source?.pause(),
    resume: () => source?.resume(),
    abort: () => source?.abort(),
  });
  if (res.closed || req.socket.destroyed) {
    answer.abort();
    return answer.abort;
  }
  answer.watchUpload();
  source = callAlone(exchange, answer);
  return () => {
    res.destroy();
    answer.abort();
  };
}

/** Asks the program as the pool does, on a connection that is used once. */
export function callAlone(exchange: HttpExchange, answer: Answer): Source {
  const { req, connect } = exchange;
  let isGone = false;
  let wentOn = false;
  let incoming: IncomingMessage | null = null;
  const upstream = request({
    ...("socketPath" in connect ? { socketPath: connect.socketPath } : { host: connect.host, port: connect.port }),
    method: req.method,
    path: exchange.path,
    headers: headersAlone(exchange) as unknown as string[],
    setHost: false,
    agent: false,
    maxHeaderSize: ANSWER_HEADERS,
  });
  upstream.on("information", ({ statusCode, rawHeaders }) => {
    if (statusCode === 100) wentOn = true;
    if (!isGone) answer.information(statusCode, rawHeaders);
  });
  upstream.on("response", (response) => {
    if (isGone) return;
    incoming = response;
    // A 101 without a protocol is no upgrade to node, and no answer to anybody.
    if (response.statusCode === 101) {
      isGone = true;
      upstream.destroy();
      answer.fail(refusals.notHttp);
      return;
    }
    // Not told to go on, the client may send the body or not: only the connection's end says where it stops.
    const refusedBody = req.headers.expect !== undefined && !wentOn;
    answer.start(response.statusCode ?? 502, response.statusMessage ?? "", response.rawHeaders, refusedBody);
    response.on("data", (chunk: Buffer) => answer.data(chunk));
    response.on("end", () => {
      answer.end(response.rawTrailers);
      upstream.destroy();
    });
    response.on("error", (error) => isGone || answer.fail(faultOf(error)));
  });
  upstream.on("upgrade", (_response, socket) => {
    socket.destroy();
    if (!isGone) answer.fail(refusals.notHttp);
  });
  upstream.on("error", (error) => isGone || answer.started || answer.fail(faultOf(error)));
  sendBody(req, upstream);
  return {
    pause: () => incoming?.pause(),
    resume: () => incoming?.resume(),
    abort() {
      isGone = true;
      upstream.destroy();
    },
  };
}

function headersAlone({ req, forward }: HttpExchange): string[] {
  const headers = requestHeaders(req.rawHeaders, forward);
  // Said by us, as node does not for every method: a body without it would be read as the next request.
  if (req.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  if (req.headers.expect !== undefined) headers.push("Expect", "100-continue");
  // We close it ourselves: a program that is asked to closes at once, and what it answered without reading the body is
  // lost when the body meets that.
  headers.push("Connection", "keep-alive");
  return headers;
}

function sendBody(req: IncomingMessage, upstream: ClientRequest): void {
  // Not `complete`: it is so as soon as all has come, read or not.
  if (!hasBody(req)) {
    upstream.end();
    return;
  }
  upstream.flushHeaders();
  req.on("end", () => {
    if (req.headers["transfer-encoding"] !== undefined && req.rawTrailers.length > 0) {
      upstream.addTrailers(trailerFields(req.rawTrailers));
    }
  });
  req.on("error", () => upstream.destroy());
  req.pipe(upstream);
}
