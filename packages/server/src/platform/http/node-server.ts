import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import type { Lifecycle } from "./lifecycle.ts";
import { sayLast } from "./sockets/last-words.ts";
import { type UnreadRequest, unreadRequest } from "./unread-request.ts";

/** Takes a raw request before anything of ours looks at it (sessions' own origins); true: taken. */
export interface Intercept {
  request(req: IncomingMessage, res: ServerResponse): boolean;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** The whole answer to one of its own whose headers were too large to be read; null: not its own. */
  tooLarge?(request: UnreadRequest): string | null;
}

/** Of a request's address and headers, bytes. */
export const MOST_HEADERS = 16 * 1024;

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * Node's server with the limits that keep a slow or broken client from holding it. Bodies have no time
 * limit here (an upload may take hours): `body-pace.ts` sees that they go on.
 */
export function createNodeServer(handler: Handler, intercept: Intercept | undefined, lifecycle: Lifecycle): Server {
  const server = createServer({
    headersTimeout: 15_000,
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: MOST_HEADERS,
    insecureHTTPParser: false,
    noDelay: true,
    // Others offer h2c beside a usual request: they get their usual answer.
    shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === "websocket",
  });
  server.on("request", (req: IncomingMessage, res: ServerResponse) => {
    lifecycle.answers.add(res);
    res.once("close", () => lifecycle.answers.delete(res));
    if (hasTwoHosts(req.rawHeaders)) refuseTwoHosts(res);
    else if (lifecycle.draining || intercept?.request(req, res) !== true) handler(req, res);
  });
  // Who waits for a 100 before its body gets it from the session's program, or, from us, once we take the request.
  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => {
    lifecycle.answers.add(res);
    res.once("close", () => lifecycle.answers.delete(res));
    if (hasTwoHosts(req.rawHeaders)) return refuseTwoHosts(res);
    if (!lifecycle.draining && intercept?.request(req, res) === true) return;
    res.writeContinue();
    handler(req, res);
  });
  server.on("connect", (_req: IncomingMessage, socket: Duplex) => {
    sayLast(socket, plainAnswer("405 Method Not Allowed", "This server opens no way to others: it takes no CONNECT."));
  });
  return server;
}

/** Node takes the first of several; a proxy before us may have looked at another (RFC 9112, 3.2: 400). */
export function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

function refuseTwoHosts(res: ServerResponse): void {
  res.writeHead(400, { "content-type": "application/json", connection: "close" });
  res.end(JSON.stringify({ message: "Two Host headers came in one request." }));
}

/** With what it was about when node gave up. */
type BrokenRequest = NodeJS.ErrnoException & { readonly rawPacket?: unknown };

/** llhttp gave up on the connection: smuggling, garbage, headers too large or too slow. */
export function refuseConnection(
  error: BrokenRequest,
  socket: Duplex,
  log: Logger,
  tooLarge: (request: UnreadRequest) => string,
): void {
  log.debug({ err: error }, "a connection was not HTTP");
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === "HPE_HEADER_OVERFLOW") {
    sayLast(socket, tooLarge(unreadRequest(error.rawPacket)));
    return;
  }
  const status = isUnknownMethod(error) ? "501 Not Implemented" : (statuses[error.code ?? ""] ?? "400 Bad Request");
  sayLast(socket, plainAnswer(status, reasons[error.code ?? ""] ?? "This is not a request that can be understood."));
}

/** RFC 9110, 9.1. What is no request line at all (another protocol) stays a bad request. */
function isUnknownMethod(error: BrokenRequest): boolean {
  if (error.code !== "HPE_INVALID_METHOD" || !Buffer.isBuffer(error.rawPacket)) return false;
  return /^[A-Z][A-Z-]{1,31} \S+ HTTP\/1\.[01]\r\n/.test(error.rawPacket.subarray(0, 2048).toString("latin1"));
}

function plainAnswer(status: string, message: string): string {
  const body = JSON.stringify({ message });
  return (
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`
  );
}

const reasons: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "The headers of this request did not come in time.",
};

const statuses: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
