/** A session's web program for tests: shows what reaches it, and misbehaves where it is asked to. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";

/** Requests that are never answered. */
const silent = { seen: 0, open: 0 };

const answers: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse) => void>> = {
  "/headers": (req, res) => json(res, { method: req.method, url: req.url, headers: req.headers }),
  "/cookies": (_req, res) => {
    res.setHeader("Set-Cookie", ["own=1; Domain=localhost; Path=/", "stoa_session=evil; Path=/"]);
    res.setHeader("Service-Worker-Allowed", "/");
    json(res, {});
  },
  // Whatever a hostile program would: `h=Name:value` for each header, the status and the body.
  "/say": (req, res) => {
    const query = new URL(req.url ?? "/", "http://session").searchParams;
    for (const header of query.getAll("h")) res.appendHeader(...split(header));
    res.statusCode = Number(query.get("status") ?? 200);
    res.end(query.get("body") ?? "");
  },
  "/silent": (_req, res) => {
    silent.seen += 1;
    silent.open += 1;
    res.on("close", () => {
      silent.open -= 1;
    });
  },
  "/silent-open": (_req, res) => res.end(String(silent.open)),
  "/silent-seen": (_req, res) => res.end(String(silent.seen)),
  "/half": (_req, res) => {
    res.writeHead(200, { "Content-Length": 1000 });
    res.write("only this", () => setTimeout(() => res.destroy(), 50));
  },
  "/reset": (req) => req.socket.destroy(),
  "/echo": (req, res) => {
    res.writeHead(200, { "Content-Type": "application/octet-stream" });
    req.pipe(res);
  },
  "/events": (_req, res) => {
    res.writeHead(200, { "Content-Type": "text/event-stream" });
    res.flushHeaders();
    const timer = setInterval(() => res.write("data: tick\n\n"), 50);
    res.on("close", () => clearInterval(timer));
  },
};

const server = createServer((req, res) => {
  const path = (req.url ?? "/").split("?")[0] as string;
  const answer = answers[path];
  if (answer !== undefined) return answer(req, res);
  res.writeHead(path === "/" ? 200 : 404, { "Content-Type": "text/html" });
  res.end("<h1>the session's own page</h1>");
});
new WebSocketServer({ server }).on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
server.listen(process.env.STOA_SESSION_SOCKET);

function split(header: string): [string, string] {
  const colon = header.indexOf(":");
  return [header.slice(0, colon), header.slice(colon + 1)];
}

function json(res: ServerResponse, body: unknown): void {
  res.writeHead(200, { "Content-Type": "application/json" });
  res.end(JSON.stringify(body));
}
