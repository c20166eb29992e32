import type { WebSocket } from "ws";
import type { Sink, StreamEnd } from "./live-stream.ts";
import { endTexts } from "./sse.ts";

/** Close codes: what a client does next is connect again, but for the credential's end. */
const codes: Readonly<Record<StreamEnd, number>> = {
  reset: 4410,
  slow: 1013,
  revoked: 4401,
  expired: 4401,
  stopping: 1001,
};

/** The same messages as WebSocket frames: an event's JSON, or `{"type":"alive"|"reset"|…}`. */
export function createSocketSink(socket: WebSocket, after: string): Sink {
  const send = (text: string) => {
    if (socket.readyState === socket.OPEN) socket.send(text);
  };
  const alive = (cursor: string) => send(JSON.stringify({ type: "alive", cursor }));
  alive(after);
  return {
    event: (_, json) => send(json),
    alive,
    end(reason) {
      send(JSON.stringify({ type: reason, message: endTexts[reason] }));
      // The reason of a close frame holds 123 bytes at most.
      socket.close(codes[reason], reason);
    },
    get unsent() {
      return socket.bufferedAmount;
    },
  };
}
