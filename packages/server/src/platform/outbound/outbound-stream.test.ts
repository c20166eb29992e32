import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutboundClient, OutboundPolicy } from "./contract.ts";
import { createOutboundClient } from "./outbound-client.ts";

let server: Server;
let behave: (res: ServerResponse) => void = (res) => res.end("{}");
let client: OutboundClient;

beforeEach(async () => {
  server = createServer((_req, res) => behave(res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = clientOf({});
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function clientOf(changes: Partial<OutboundPolicy>): OutboundClient {
  return createOutboundClient({
    ...{ name: "hub", baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, timeoutMs: 300 },
    ...{ attempts: 1, concurrency: 1, queue: 0, maxResponseBytes: 100, breaker: { failures: 2, halfOpenAfterMs: 60 } },
    ...changes,
  });
}

async function read(body: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of body) text += chunk.toString();
  return text;
}

describe("an answer that is read as it comes", () => {
  it("comes piece by piece, past the limits of size and of places", async () => {
    behave = (res) => {
      res.write("one ");
      setTimeout(() => res.end("x".repeat(500)), 50);
    };
    const both = await Promise.all([0, 1].map(() => client.stream({ method: "GET", path: "progress" })));
    const texts = await Promise.all(both.map(({ body }) => read(body)));
    expect(texts).toEqual([`one ${"x".repeat(500)}`, `one ${"x".repeat(500)}`]);
  });

  it("is an error for its reader where the other side breaks off, or falls silent", async () => {
    behave = (res) => {
      res.write("half");
      setTimeout(() => res.destroy(), 30);
    };
    const cut = await client.stream({ method: "GET", path: "progress" });
    await expect(read(cut.body)).rejects.toThrow();
    behave = (res) => void res.write("half");
    const silent = await client.stream({ method: "GET", path: "progress" });
    await expect(read(silent.body)).rejects.toMatchObject({ code: "UND_ERR_BODY_TIMEOUT" });
  });

  it("ends with the caller's signal, which says nothing of the other side", async () => {
    behave = () => undefined;
    for (let tries = 0; tries < 3; tries++) {
      const signal = AbortSignal.timeout(20);
      await expect(client.stream({ method: "GET", path: "progress", signal })).rejects.toMatchObject({
        name: "TimeoutError",
      });
    }
    expect(client.state).toBe("closed");
  });

  it("counts for the breaker as a call does", async () => {
    behave = (res) => res.writeHead(502).end();
    for (let tries = 0; tries < 2; tries++) {
      expect((await client.stream({ method: "GET", path: "progress" })).status).toBe(502);
    }
    await expect(client.stream({ method: "GET", path: "progress" })).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a 5xx", () => {
  it("that the caller knows to be about one thing alone opens no breaker; others do", async () => {
    behave = (res) => res.writeHead(500).end('{"message": "this one failed"}');
    const isWell = (answer: { json(): unknown }) => (answer.json() as { message: string }).message.startsWith("this");
    for (let tries = 0; tries < 4; tries++) await client.call({ method: "POST", path: "start", isWell });
    expect(client.state).toBe("closed");
    for (let tries = 0; tries < 2; tries++) await client.call({ method: "POST", path: "start" });
    expect(client.state).toBe("open");
  });

  it("is told of before each further attempt", async () => {
    await client.close();
    client = clientOf({ attempts: 2 });
    behave = (res) => res.writeHead(503, { "retry-after": "0" }).end();
    let retries = 0;
    await client.call({ method: "GET", path: "users", onRetry: () => retries++ });
    expect(retries).toBe(1);
  });
});
