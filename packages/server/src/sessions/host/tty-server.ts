import type { Server } from "node:http";
import { WebSocketServer } from "ws";
import type { TtyHub } from "./tty-hub.ts";
import { LOOK_ONLY } from "./tty-protocol.ts";

/** Frames larger than this from a client end its connection: nobody types so fast. */
const MAX_FRAME = 1_000_000;

/** Answers WebSockets at `/tty` on any server that is given to it. */
export function serveTty(tty: TtyHub): (server: Server) => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  return (server) => {
    server.on("upgrade", (req, socket, head) => {
      const [path, query] = (req.url ?? "").split("?");
      if (path !== "/tty") {
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      socket.on("error", () => socket.destroy());
      sockets.handleUpgrade(req, socket, head, (client) => tty.attach(client, query === LOOK_ONLY));
    });
  };
}
