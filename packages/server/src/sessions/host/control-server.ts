import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Session } from "./session.ts";

/**
 * What the server asks a host, on host.sock (0660): `GET /status`; `GET /watch`, a line of JSON at each change
 * and one at once; `POST /stop` with `{"message"}`; `POST /limit` with `{"seconds"}`, of wall time in all; WebSocket `/tty` (see `tty-server.ts`).
 */
export function createControlServer(session: Session): Server {
  return createServer((req, res) => {
    const call = `${req.method} ${req.url}`;
    if (call === "GET /status") return answer(res, 200, session.status());
    if (call === "GET /watch") return follow(res, session);
    if (call === "POST /stop") return stop(req, res, session);
    if (call === "POST /limit") return limit(req, res, session);
    answer(res, 404, { message: "A session host knows /status, /watch, /stop, /limit and /tty." });
  });
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function follow(res: ServerResponse, session: Session): void {
  res.writeHead(200, { "Content-Type": "application/x-ndjson" });
  const line = (): void => {
    res.write(`${JSON.stringify(session.status())}\n`);
  };
  const unwatch = session.watch(line);
  res.on("close", unwatch);
  line();
}

function stop(req: IncomingMessage, res: ServerResponse, session: Session): void {
  readBody(req, (text) => {
    session.stop("stopped", messageOf(text));
    answer(res, 202, session.status());
  });
}

function limit(req: IncomingMessage, res: ServerResponse, session: Session): void {
  readBody(req, (text) => {
    const seconds = secondsOf(text);
    if (seconds === undefined) return answer(res, 400, { message: "seconds: a whole number, or null." });
    session.limit(seconds);
    answer(res, 200, session.status());
  });
}

function readBody(req: IncomingMessage, onText: (text: string) => void): void {
  let text = "";
  req.setEncoding("utf8");
  req.on("data", (part: string) => {
    text += part;
    if (text.length > 4096) req.destroy();
  });
  req.on("end", () => onText(text));
}

/** Undefined: it says nothing that could be meant. */
function secondsOf(text: string): number | null | undefined {
  try {
    const { seconds } = JSON.parse(text) as { seconds?: unknown };
    if (seconds === null) return null;
    return typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(text: string): string | null {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : null;
  } catch {
    return null; // a stop without a reason is still a stop
  }
}
