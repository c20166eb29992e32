import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { expect, it } from "vitest";
import { addTracing } from "./tracing.ts";

it("sends a span of each request to the collector, and only when there is one", async () => {
  const received: string[] = [];
  const collector = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      received.push(`${req.url} ${Buffer.concat(chunks).toString("latin1")}`);
      res.end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const otlpEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

  for (const endpoint of [null, otlpEndpoint]) {
    const app = Fastify();
    await addTracing(app, { otlpEndpoint: endpoint, nodeId: "n1" }, () => false);
    app.get("/things/:id", async () => "ok");
    expect((await app.inject("/things/7")).statusCode).toBe(200);
    await app.close();
    if (endpoint === null) expect(received).toEqual([]);
  }
  expect(received[0]).toMatch(/^\/v1\/traces /);
  expect(received.join()).toContain("GET /things/:id");
  collector.close();
});
