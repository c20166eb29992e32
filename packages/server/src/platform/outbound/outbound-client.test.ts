import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OutboundCall, OutboundClient, OutboundPolicy } from "./contract.ts";
import { createOutboundClient } from "./outbound-client.ts";

type Behaviour = (req: IncomingMessage, res: ServerResponse) => void;

let server: Server;
let baseUrl = "";
let behave: Behaviour = (_req, res) => res.end("{}");
let calls: string[] = [];
const clients: OutboundClient[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    calls.push(`${req.method} ${req.url}`);
    behave(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
afterAll(() => server.close());
beforeEach(() => {
  calls = [];
});
afterEach(async () => {
  server.closeAllConnections();
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function client(changes: Partial<OutboundPolicy> = {}, registry?: Registry): OutboundClient {
  const policy: OutboundPolicy = {
    name: "hub",
    baseUrl,
    timeoutMs: 300,
    attempts: 1,
    concurrency: 2,
    queue: 1,
    maxResponseBytes: 10_000,
    ...changes,
  };
  const made = createOutboundClient(policy, registry);
  clients.push(made);
  return made;
}
const get: OutboundCall = { method: "GET", path: "/users" };

describe("an outside system that is well", () => {
  it("gets path, query, body and headers, and its answer comes back whatever the status", async () => {
    behave = (req, res) => {
      res.writeHead(409, { "x-one": "1" });
      req.pipe(res);
    };
    const answer = await client({ headers: { Authorization: "token t" } }).call({
      method: "POST",
      path: "users/ann",
      query: { a: "b c" },
      json: { x: 1 },
    });
    expect(answer).toMatchObject({ status: 409, headers: { "x-one": "1" } });
    expect(answer.json()).toEqual({ x: 1 });
    expect(calls).toEqual(["POST /api/users/ann?a=b+c"]);
  });

  it("is not asked for what lies outside its base", async () => {
    for (const path of ["../admin", "/..%2f../admin/../../x", "http://127.0.0.1:1/x"]) {
      await client()
        .call({ method: "GET", path })
        .catch((error: unknown) => expect(error).toMatchObject({ code: "upstream_failed" }));
    }
    expect(calls.every((call) => call.startsWith("GET /api/"))).toBe(true);
  });
});

describe("an outside system gone bad", () => {
  it("that never answers is left after the time-out", async () => {
    behave = () => {};
    await expect(client().call(get)).rejects.toMatchObject({ code: "upstream_timeout", status: 504 });
  });

  it("that sends its body for ever, slowly, is left after the time-out", async () => {
    behave = (_req, res) => {
      const timer = setInterval(() => res.write("x"), 20);
      res.on("close", () => clearInterval(timer));
    };
    await expect(client().call(get)).rejects.toMatchObject({ code: "upstream_timeout" });
  });

  it("that sends a body without end is cut off at the limit", async () => {
    behave = (_req, res) => {
      const pump = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
      };
      res.on("drain", pump);
      pump();
    };
    await expect(client({ timeoutMs: 5_000 }).call(get)).rejects.toMatchObject({
      code: "upstream_failed",
      message: expect.stringContaining("10000 bytes"),
    });
  });

  it("that breaks off in the body is no answer", async () => {
    behave = (_req, res) => {
      res.writeHead(200, { "content-length": "100" });
      res.write("half");
      setTimeout(() => res.destroy(), 20);
    };
    await expect(client().call(get)).rejects.toMatchObject({ code: "upstream_failed", status: 502 });
  });

  it("that speaks no HTTP is no answer", async () => {
    behave = (req) => req.socket.end("garbage\r\n\r\n");
    await expect(client().call(get)).rejects.toMatchObject({ code: "upstream_failed" });
  });

  it("that answers with a page where JSON should be says so when it is read", async () => {
    behave = (_req, res) => res.end("<html>");
    const answer = await client().call(get);
    expect(() => answer.json()).toThrow(expect.objectContaining({ code: "upstream_failed" }));
  });

  it("that redirects is not followed", async () => {
    behave = (_req, res) => res.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    expect((await client().call(get)).status).toBe(302);
    expect(calls).toHaveLength(1);
  });
});

describe("a public-only client", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])("does not connect to %s", async (host) => {
    const port = new URL(baseUrl).port;
    const call = client({ publicOnly: true, baseUrl: `http://${host}:${port}/` }).call(get);
    await expect(call).rejects.toMatchObject({ code: "upstream_failed" });
    expect(calls).toEqual([]);
  });
});

describe("another attempt", () => {
  it("is made after 429 when the answer says, and after 5xx", async () => {
    behave = (_req, res) => {
      const status = [429, 503, 200][calls.length - 1] ?? 500;
      res.writeHead(status, { "retry-after": calls.length === 1 ? "0.1" : "0" }).end("{}");
    };
    const registry = new Registry();
    expect((await client({ attempts: 3 }, registry).call(get)).status).toBe(200);
    expect(calls).toHaveLength(3);
    expect(await registry.metrics()).toContain('stoa_outbound_retries_total{system="hub"} 2');
  });

  it("is not made for what may have had an effect, unless said", async () => {
    behave = (_req, res) => res.writeHead(503, { "retry-after": "0" }).end();
    const hub = client({ attempts: 3, breaker: { failures: 100, halfOpenAfterMs: 1000 } });
    expect((await hub.call({ method: "POST", path: "x" })).status).toBe(503);
    expect(calls).toHaveLength(1);
    await hub.call({ method: "POST", path: "x", idempotent: true });
    expect(calls).toHaveLength(4);
  });

  it("is left to the caller when the wait is long, or when the caller gives up", async () => {
    behave = (_req, res) => res.writeHead(429, { "retry-after": "3600" }).end();
    expect((await client({ attempts: 3 }).call(get)).status).toBe(429);
    behave = () => {};
    const gone = AbortSignal.abort(new Error("enough"));
    await expect(client({ attempts: 3 }).call({ ...get, signal: gone })).rejects.toThrow("enough");
  });
});

describe("the breaker and the bulkhead", () => {
  it("opens after failures in a row, refuses without calling, and closes again", async () => {
    behave = (_req, res) => res.writeHead(500).end();
    const hub = client({ breaker: { failures: 2, halfOpenAfterMs: 50 } });
    await hub.call(get);
    await hub.call(get);
    expect(hub.state).toBe("open");
    await expect(hub.call(get)).rejects.toMatchObject({ code: "unavailable", status: 503 });
    expect(calls).toHaveLength(2);
    behave = (_req, res) => res.end("{}");
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await hub.call(get)).status).toBe(200);
    expect(hub.state).toBe("closed");
  });

  it("refuses what neither place nor queue has room for", async () => {
    behave = (_req, res) => setTimeout(() => res.end("{}"), 100);
    const hub = client({ concurrency: 1, queue: 1 });
    const results = await Promise.allSettled([hub.call(get), hub.call(get), hub.call(get)]);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(calls).toHaveLength(2);
  });
});
