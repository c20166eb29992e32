import { Readable } from "node:stream";
import type { Sink, StreamEnd } from "./live-stream.ts";

const RECONNECT_MS = 2_000;
/** What a reader that was told the end has not taken by then, it won't. */
const LINGER_MS = 10_000;

/** What a stream's last message tells a person who looks at it. */
export const endTexts: Readonly<Record<StreamEnd, string>> = {
  reset: "Events before this are no longer kept: read the current state anew, then go on without a cursor.",
  slow: "Too much waited to be read. Connect again with the last cursor to go on.",
  revoked: "This credential has been revoked.",
  expired: "This credential has expired.",
  stopping: "The server is stopping. Connect again with the last cursor to go on.",
};

/** Server-sent events as a stream for Fastify; `begin` writes the first lines. `Last-Event-ID` moves with the heartbeats too. */
export function createSseStream(): { readonly readable: Readable; begin(after: string): Sink } {
  const readable = new Readable({ read: () => undefined });
  const send = (text: string) => {
    if (!readable.readableEnded && !readable.destroyed) readable.push(text);
  };
  const sink: Sink = {
    event: (event, json) => send(`id: ${event.cursor}\nevent: ${event.type}\ndata: ${json}\n\n`),
    alive: (cursor) => send(`: alive\nid: ${cursor}\n\n`),
    end(reason) {
      // An empty id makes a browser forget its cursor: it begins anew by itself.
      const forget = reason === "reset" ? "id:\n" : "";
      send(`${forget}event: ${reason}\ndata: ${JSON.stringify({ message: endTexts[reason] })}\n\n`);
      readable.push(null);
      setTimeout(() => readable.destroy(), LINGER_MS).unref();
    },
    get unsent() {
      return readable.readableLength;
    },
  };
  return {
    readable,
    begin(after) {
      // Whoever made it up may not break the lines with it; a wrong one is answered with a reset.
      send(`retry: ${RECONNECT_MS}\nid: ${after.replaceAll(/[^\w.-]/g, "")}\n: welcome\n\n`);
      return sink;
    },
  };
}
