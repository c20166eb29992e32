import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { Client } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { acceptStreams, bytesOf } from "../transfers/request-bytes.ts";

/** Longer than a refused upload's connection is left open. */
const LATER_MS = 1_500;

let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  app = Fastify();
  await app.register(async (uploads) => {
    acceptStreams(uploads, "application/octet-stream");
    uploads.put("/upload", async (request, reply) => {
      // Its first bytes are read, then nobody wants the rest.
      for await (const _ of bytesOf(request)) break;
      return reply.code(503).send("away");
    });
  });
  app.get("/slow", async () => {
    await sleep(LATER_MS);
    return "served";
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(() => app.close());

it("lets a connection serve on whose upload was received to its end after the refusal", async () => {
  const client = new Client(`http://127.0.0.1:${port}`);
  const headers = { "content-type": "application/octet-stream" };
  const refused = await client.request({ method: "PUT", path: "/upload", headers, body: Buffer.alloc(700_000) });
  expect([refused.statusCode, await refused.body.text()]).toEqual([503, "away"]);
  const next = await client.request({ method: "GET", path: "/slow" });
  expect(await next.body.text()).toBe("served");
  await client.close();
});

it("closes the connection of an upload that would go on for long, once its refusal was read", async () => {
  const socket = connect(port, "127.0.0.1");
  const said: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => said.push(chunk));
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(
    "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 999999\r\n\r\n",
  );
  const sending = setInterval(() => socket.write("more"), 50);
  const begun = Date.now();
  await closed;
  clearInterval(sending);
  expect(Buffer.concat(said).toString()).toMatch(/^HTTP\/1\.1 503 /);
  expect(Date.now() - begun).toBeLessThan(LATER_MS * 3);
});
