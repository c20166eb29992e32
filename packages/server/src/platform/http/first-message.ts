import type { RawData, WebSocket } from "ws";
import { StoaError } from "../errors/stoa-error.ts";

const withinMs = 5_000;

/**
 * The token that a client sends as its first message, `{"token": "…"}`. Contract 3's pages elsewhere
 * can't set headers on a socket.
 * @throws StoaError unauthenticated when none came in time
 */
export async function readFirstToken(ws: WebSocket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const refuse = (): void => reject(new StoaError("unauthenticated", { details: { header: "malformed" } }));
  const timer = setTimeout(refuse, withinMs);
  const read = (data: RawData): void => {
    // What comes right behind it waits until somebody listens.
    ws.pause();
    const token = tokenIn(data);
    if (token === null) refuse();
    else resolve(token);
  };
  ws.once("message", read);
  ws.once("close", refuse);
  return await promise.finally(() => {
    clearTimeout(timer);
    ws.off("message", read);
    ws.off("close", refuse);
  });
}

function tokenIn(data: RawData): string | null {
  try {
    const message: unknown = JSON.parse(String(data));
    const token: unknown = typeof message === "object" && message !== null ? Reflect.get(message, "token") : null;
    return typeof token === "string" && token.length <= 4096 ? token : null;
  } catch {
    return null;
  }
}
