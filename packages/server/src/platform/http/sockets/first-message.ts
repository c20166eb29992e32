import type { RawData, WebSocket } from "ws";
import { StoaError } from "../../errors/stoa-error.ts";

const withinMs = 5_000;
const heldAtMost = 100;

/** Messages of a socket that nobody listens to yet. */
export interface HeldMessages {
  /**
   * The token that a client sends as its first message, `{"token": "…"}`: contract 3's pages elsewhere
   * can't set headers on a socket.
   * @throws StoaError unauthenticated when none comes in 5 s
   */
  firstToken(): Promise<string>;
  /** Somebody listens now: what came meanwhile is handed over, in order. */
  release(): void;
}

/**
 * Holds what comes before the handler listens. Pausing alone is not enough: frames that came in the
 * same packet are already on their way.
 */
export function holdMessages(ws: WebSocket): HeldMessages {
  const held: { data: RawData; isBinary: boolean }[] = [];
  const arrived = Promise.withResolvers<void>();
  const hold = (data: RawData, isBinary: boolean): void => {
    held.push({ data, isBinary });
    ws.pause();
    arrived.resolve();
    if (held.length > heldAtMost) ws.terminate();
  };
  ws.on("message", hold);
  ws.once("close", () => arrived.resolve());

  return {
    async firstToken() {
      const timer = setTimeout(() => arrived.resolve(), withinMs);
      await arrived.promise.finally(() => clearTimeout(timer));
      const first = held.shift();
      const token = first === undefined ? null : tokenIn(first.data);
      if (token === null) throw new StoaError("unauthenticated", { details: { header: "malformed" } });
      return token;
    },
    release() {
      ws.off("message", hold);
      for (const { data, isBinary } of held.splice(0)) ws.emit("message", data, isBinary);
      ws.resume();
    },
  };
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
