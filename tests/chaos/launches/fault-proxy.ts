import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { Ledger } from "../ledger.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { FaultKind, LaunchLine } from "./launch-ledger.ts";

export interface FaultProxy {
  readonly url: string;
  /** Share of calls that something happens to, 0 to 1. */
  share: number;
  close(): Promise<void>;
}

/** Milliseconds for which nobody waits here. */
const STALL_MS = 8_000;
const KINDS: readonly FaultKind[] = ["refuse", "lose", "half", "stall", "slow", "page", "garbage", "full", "forbid"];

/** Stands between Stoa and the hub, and breaks calls by chance; each is in the ledger, and a seed brings the same again. */
export async function startFaultProxy(
  target: string,
  ledger: Ledger<LaunchLine>,
  random: SeededRandom,
): Promise<FaultProxy> {
  const server = createServer((incoming, response) => {
    void pass(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    share: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const isProgress = incoming.url?.endsWith("/progress") === true;
    const fault = random.next() < proxy.share ? (isProgress ? "cut" : random.pick(KINDS)) : null;
    const user = /\/users\/([^/?]+)/.exec(incoming.url ?? "")?.[1] ?? null;
    const call = `${incoming.method} ${incoming.url}`;
    if (fault !== null) ledger.write({ what: "fault", kind: fault, call, user, when: Date.now() });
    if (isProgress) return progress(incoming, response, fault === "cut" ? random.between(0, 600) : null);
    if (fault === "refuse") return void response.destroy();
    if (fault === "stall") {
      await sleep(STALL_MS);
      return void response.destroy();
    }
    if (fault === "slow") await sleep(random.between(200, 2_000));
    if (fault === "page")
      return void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    if (fault === "garbage")
      return void response.writeHead(200, { "content-type": "application/json" }).end('{"name": ');
    if (fault === "full") {
      const text = JSON.stringify({ status: 429, message: "Too many users trying to log in right now." });
      response
        .writeHead(429, { "content-type": "application/json", "retry-after": String(random.between(1, 3)) })
        .end(text);
      return;
    }
    if (fault === "forbid") {
      const text = JSON.stringify({ status: 403, message: "Missing or invalid credentials." });
      return void response.writeHead(403, { "content-type": "application/json" }).end(text);
    }
    await forward(incoming, body, response, fault, user);
  }

  async function forward(
    incoming: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    fault: FaultKind | null,
    user: string | null,
  ): Promise<void> {
    const answer = await request(target + incoming.url, {
      method: incoming.method as "GET",
      headers: headersOf(incoming),
      body: body.length === 0 ? null : body,
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (incoming.method === "POST" && incoming.url?.endsWith("/server") && user !== null) {
      ledger.write({ what: "asked", user, status: answer.statusCode, when: Date.now() });
    }
    if (fault === "lose") return void response.destroy();
    const type = String(answer.headers["content-type"] ?? "text/plain");
    const date = String(answer.headers.date ?? new Date().toUTCString());
    response.writeHead(answer.statusCode, { "content-type": type, date, "content-length": bytes.length });
    if (fault !== "half") return void response.end(bytes);
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
    await sleep(20);
    response.destroy();
  }

  async function progress(incoming: IncomingMessage, response: ServerResponse, cutMs: number | null): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const options = { method: "GET", headers: headersOf(incoming), bodyTimeout: 0, signal: gone.signal } as const;
    const answer = await request(target + incoming.url, options);
    response.writeHead(answer.statusCode, { "content-type": String(answer.headers["content-type"]) });
    const timer = cutMs === null ? undefined : setTimeout(() => response.destroy(), cutMs);
    try {
      for await (const chunk of answer.body) response.write(chunk);
      response.end();
    } finally {
      clearTimeout(timer);
    }
  }
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const { host: _, connection: __, ...headers } = incoming.headers;
  return headers as Record<string, string>;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
