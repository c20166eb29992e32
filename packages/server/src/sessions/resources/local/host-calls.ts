import { type ClientRequest, request } from "node:http";
import type { HostStatus } from "../../host/job-file.ts";
import { believedStatus } from "./believed.ts";

const ANSWER_WITHIN_MS = 2000;
const LINE_END = 0x0a;
const SECOND_MS = 1000;
/** Of what a host says: a line is far shorter than this, and there are a few a second at most. */
const MOST_BYTES = 65_536;
const MOST_PARTS = 100;

/** @returns null when nobody answers there in time. */
export function askStatus(socketPath: string): Promise<HostStatus | null> {
  return call(socketPath, "GET", "/status");
}

/** Asks the host to end its tree; doesn't wait for that. Null: nobody took it. */
export function askStop(socketPath: string, message: string): Promise<HostStatus | null> {
  return call(socketPath, "POST", "/stop", JSON.stringify({ message }));
}

/** Tells the host how long its program may run in all. Null: nobody took it, or it is one that knows no such call. */
export async function askLimit(socketPath: string, seconds: number | null): Promise<HostStatus | null> {
  return call(socketPath, "POST", "/limit", JSON.stringify({ seconds }));
}

/**
 * A connection that stays: a line at each change of status.
 * @param onEnd `loud`: it was cut, as nobody who is a host says that much
 * @returns cuts it
 */
export function followStatus(socketPath: string, onLine: () => void, onEnd: (loud: boolean) => void): () => void {
  let over = false;
  const end = (loud = false): void => {
    if (over) return;
    over = true;
    onEnd(loud);
  };
  const req = request({ socketPath, path: "/watch", agent: false }, (res) => {
    // What a line says is asked for again, so nothing of it need be kept.
    res.on("data", (part: Buffer) => {
      if (!over && part.includes(LINE_END)) onLine();
    });
    res.on("error", () => end());
    res.on("close", () => end());
  });
  holdTo(req, SECOND_MS, () => end(true));
  req.on("error", () => end());
  req.on("close", () => end());
  req.end();
  return () => {
    over = true;
    req.destroy();
  };
}

function call(socketPath: string, method: string, path: string, body?: string): Promise<HostStatus | null> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const req = request({ socketPath, method, path, agent: false, signal }, (res) => {
      let text = "";
      res.setEncoding("utf8");
      res.on("data", (part: string) => {
        text += part;
      });
      res.on("error", () => resolve(null));
      res.on("end", () => resolve(statusIn(text)));
      res.on("close", () => resolve(null));
    });
    holdTo(req, null, () => resolve(null));
    req.on("error", () => resolve(null));
    req.end(body);
  });
}

/**
 * Cuts the connection to one that says more than a host does: whoever answers there may be the session's own program,
 * which could keep the server from all else by bytes that cost it nothing.
 * @param everyMs how long what it may say is counted together; null: for ever
 */
function holdTo(req: ClientRequest, everyMs: number | null, onLoud: () => void): void {
  let said = { bytes: 0, parts: 0 };
  let from = performance.now();
  const cut = (): void => {
    onLoud();
    req.destroy();
  };
  const count = (bytes: number, parts: number): void => {
    if (everyMs !== null && performance.now() - from > everyMs) {
      said = { bytes: 0, parts: 0 };
      from = performance.now();
    }
    said.bytes += bytes;
    said.parts += parts;
    if (said.bytes > MOST_BYTES || said.parts > MOST_PARTS) cut();
  };
  // All that comes, before anything is made of it; one such portion can still be many parts.
  req.on("socket", (socket) => socket.prependListener("data", (portion: Buffer) => count(portion.length, 0)));
  req.on("response", (res) => res.prependListener("data", () => count(0, 1)));
  req.on("information", cut);
}

/** A session's program may run as the same person as its host: what comes from there is not believed unseen. */
function statusIn(text: string): HostStatus | null {
  try {
    return believedStatus(JSON.parse(text));
  } catch {
    return null;
  }
}
