import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { StoaError } from "../errors/stoa-error.ts";
import { asStoaError } from "./as-stoa-error.ts";
import { dialectOf } from "./dialects.ts";
import { renderError } from "./error-shapes.ts";

/** Takes a raw request before anything of ours looks at it (sessions' own origins); true: taken. */
export interface Intercept {
  request(req: IncomingMessage, res: ServerResponse): boolean;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * Node's server with the limits that keep a slow or broken client from holding it. Bodies have no time
 * limit here (an upload may take hours): `body-pace.ts` sees that they go on.
 */
export function createNodeServer(handler: Handler, intercept: Intercept | undefined): Server {
  const server = createServer({
    headersTimeout: 15_000,
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: 16 * 1024,
    insecureHTTPParser: false,
    noDelay: true,
  });
  server.on("request", (req: IncomingMessage, res: ServerResponse) => {
    if (intercept?.request(req, res) !== true) handler(req, res);
  });
  return server;
}

/** llhttp gave up on the connection: smuggling, garbage, headers too large or too slow. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex, log: Logger): void {
  log.debug({ err: error }, "a connection was not HTTP");
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statuses[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify({ message: "This is not a request that can be understood." });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** An address that can't be decoded never reaches a route: answered without Fastify's hooks. */
export function rawErrorAnswer(
  error: unknown,
  url: string,
  requestId: string,
): { status: number; type: string; body: string } {
  const refusal = error instanceof StoaError ? error : asStoaError(error, { contentType: "", bodyLimit: 0 });
  const context = { dialect: dialectOf(url), locale: "en", requestId, method: "GET", wantsPage: false } as const;
  const { status, contentType, body } = renderError(refusal, context);
  return { status, type: contentType, body: typeof body === "string" ? body : JSON.stringify(body) };
}
