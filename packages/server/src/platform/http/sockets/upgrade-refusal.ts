import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { StoaError } from "../../errors/stoa-error.ts";
import { type ErrorContext, renderError } from "../answers/error-shapes.ts";
import { sayLast } from "./last-words.ts";

/** Refuses a WebSocket before its handshake, as the HTTP answer that a route of this dialect would give. */
export function refuseUpgrade(socket: Duplex, error: StoaError, context: ErrorContext): void {
  sayLast(socket, bareAnswer(error, context));
}

/** The whole of that answer, for a connection that ends with it. */
export function bareAnswer(error: StoaError, context: ErrorContext): string {
  const { status, contentType, body } = renderError(error, context);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    "Connection: close",
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${context.requestId}`,
    "Cache-Control: no-store",
    ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
    ...(status === 429 || status === 503 ? [`Retry-After: ${error.details.seconds ?? 5}`] : []),
  ];
  return `${headers.join("\r\n")}\r\n\r\n${text}`;
}
