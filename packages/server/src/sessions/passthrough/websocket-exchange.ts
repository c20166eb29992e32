import { type IncomingMessage, request, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { closeSoon } from "../../platform/http/sockets/last-words.ts";
import { faultOf } from "./faults.ts";
import { type ForwardOptions, requestHeaders, responseHeaders } from "./forwarded-headers.ts";
import type { ShownAt } from "./own-addresses.ts";
import { refuseUpgrade } from "./refusal.ts";
import { type Refusal, refusals } from "./refusals.ts";
import { ANSWER_HEADERS, type Connect } from "./upstreams.ts";

const HANDSHAKE_MS = 30_000;
/** For what either said last, to one that reads slowly: a WebSocket is never open to one side alone. */
const LAST_WORDS_MS = 30_000;

/** One upgraded connection: after the handshake, bytes both ways, untouched (compression, binary, anything). */
export interface WebSocketExchange {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly connect: Connect;
  readonly path: string;
  readonly forward: ForwardOptions;
  readonly shown: ShownAt;
  /** Looks at the bytes that the client sends after the handshake. */
  readonly onSent: (bytes: Uint8Array) => void;
  /** Called exactly once. 101 when the upgrade took place, the refusing status otherwise, 0 for no answer. */
  readonly onEnd: (status: number) => void;
}

/** @returns ends the exchange from our side. */
export function runWebSocketExchange(exchange: WebSocketExchange): () => void {
  const { socket, head, connect } = exchange;
  let status = 0;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    exchange.onEnd(status);
  };
  const upstream = request({
    ...("socketPath" in connect ? { socketPath: connect.socketPath } : { host: connect.host, port: connect.port }),
    method: "GET",
    path: exchange.path,
    headers: requestHeaders(exchange.req.rawHeaders, exchange.forward) as unknown as string[],
    setHost: false,
    agent: false,
    maxHeaderSize: ANSWER_HEADERS,
    timeout: HANDSHAKE_MS,
  });
  const close = (): void => {
    upstream.destroy();
    socket.destroy();
    end();
  };
  socket.on("error", close);
  socket.on("close", close);
  const refuse = (refusal: Refusal): void => {
    if (status !== 0) socket.destroy();
    else {
      status = refusal.status;
      refuseUpgrade(socket, refusal);
    }
    end();
  };
  upstream.on("timeout", () => {
    refuse(refusals.noHandshake);
    upstream.destroy();
  });
  upstream.on("error", (error) => ended || refuse(faultOf(error)));
  upstream.on("response", (answer) => {
    // A 101 without a protocol: no handshake, and nothing that has a body.
    if (answer.statusCode === 101) {
      refuse(refusals.notHttp);
      upstream.destroy();
      return;
    }
    status = answer.statusCode ?? 502;
    const headers = responseHeaders(answer.rawHeaders, exchange.shown, status);
    headers.push("Connection", "close");
    socket.write(headBlock(status, answer.statusMessage, headers), "latin1");
    answer.on("error", close);
    answer.on("end", () => setTimeout(close, LAST_WORDS_MS).unref());
    answer.pipe(socket);
    // What the client sends now is for nobody; its end has to be seen.
    socket.resume();
    socket.once("finish", () => closeSoon(socket));
  });
  upstream.on("upgrade", (answer, upstreamSocket, upstreamHead) => {
    status = 101;
    upstreamSocket.on("error", close);
    // What it said before it went is still on its way to a client that reads slowly.
    upstreamSocket.on("close", () => setTimeout(close, LAST_WORDS_MS).unref());
    socket.on("close", () => upstreamSocket.destroy());
    socket.on("end", () => setTimeout(close, LAST_WORDS_MS).unref());
    const headers = responseHeaders(answer.rawHeaders, exchange.shown);
    headers.push("Connection", "Upgrade", "Upgrade", "websocket");
    socket.write(headBlock(101, "Switching Protocols", headers), "latin1");
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    for (const end of [socket, upstreamSocket]) {
      if (!(end instanceof Socket)) continue;
      end.setTimeout(0);
      end.setNoDelay(true);
      end.setKeepAlive(true, 30_000);
    }
    exchange.onSent(head);
    socket.on("data", exchange.onSent);
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
  });
  upstream.end();
  return close;
}

function headBlock(status: number, message: string | undefined, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${message ?? STATUS_CODES[status] ?? ""}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}
