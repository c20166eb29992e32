/**
 * What stands behind the proxies: 41 bytes for every request, 256 MiB for `/large`, an echo for every WebSocket. Listens on
 * `$STOA_SESSION_SOCKET` (as a session's program does) or on a port of loopback given as the argument.
 */
import { createServer, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";

const body = Buffer.from("forty-one bytes, just as nginx was measured".slice(0, 41));
const server = createServer((req, res) => {
  if (req.url?.startsWith("/slow")) return; // never answered: for requests that are given up
  if (req.url?.startsWith("/large")) return answerLarge(res);
  res.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
  res.end(body);
});
server.keepAliveTimeout = 60_000;
new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});

function answerLarge(res: ServerResponse): void {
  const part = Buffer.alloc(2 ** 16, 7);
  let left = 2 ** 28 / part.length;
  const write = (): void => {
    while (left-- > 0) if (!res.write(part)) return void res.once("drain", write);
    res.end();
  };
  res.writeHead(200, { "Content-Length": left * part.length });
  write();
}

const port = process.argv[2];
if (port !== undefined) server.listen(Number(port), "127.0.0.1", () => process.stdout.write("listening\n"));
else server.listen(process.env.STOA_SESSION_SOCKET);
