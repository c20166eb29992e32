import { type ClientRequest, request } from "node:http";
import type { HostStatus } from "../../host/job-file.ts";
import { believedStatus } from "./believed.ts";

const ANSWER_WITHIN_MS = 2000;
const LINE_END = 0x0a;

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
 * @returns cuts it
 */
export function followStatus(socketPath: string, onLine: () => void, onEnd: () => void): () => void {
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    onEnd();
  };
  const req: ClientRequest = request({ socketPath, path: "/watch", agent: false }, (res) => {
    // What a line says is asked for again, so nothing of it need be kept.
    res.on("data", (part: Buffer) => {
      if (part.includes(LINE_END)) onLine();
    });
    res.on("error", end);
    res.on("close", end);
  });
  req.on("error", end);
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
        if (text.length > 65_536) req.destroy();
      });
      res.on("error", () => resolve(null));
      res.on("end", () => resolve(statusIn(text)));
      res.on("close", () => resolve(null));
    });
    req.on("error", () => resolve(null));
    req.end(body);
  });
}

/** A session's program may run as the same person as its host: what comes from there is not believed unseen. */
function statusIn(text: string): HostStatus | null {
  try {
    return believedStatus(JSON.parse(text));
  } catch {
    return null;
  }
}
