import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { createTestServer } from "../../testing/create-test-server.ts";
import { sendRaw } from "../../testing/raw-http.ts";
import { drain } from "./drain.ts";

let finished = false;
const routes: FastifyPluginAsync = async (app) => {
  const config = { policy: { dialect: "stoa", access: { public: "a test" } } } as const;
  const schema = { summary: "x", response: { 200: Type.String() } };
  app.get("/slow", { schema, config }, async () => {
    await delay(500);
    finished = true;
    return "done";
  });
  app.get("/for-ever", { schema, config }, async () => await delay(60_000, "never", { ref: false }));
  app.get("/stream", { schema, config }, (request, reply) => {
    reply.hijack();
    reply.raw.setHeader("content-type", "text/event-stream");
    reply.raw.write("data: 1\n\n");
    request.raw.on("close", () => {});
  });
  app.addUpgrade({
    path: "/socket",
    policy: { dialect: "stoa", access: { scope: "events:read" } },
    summary: "x",
    handler: (socket) => socket.send("open"),
  });
};

async function start() {
  finished = false;
  const { app } = await createTestServer({ routes: [routes] });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as AddressInfo).port };
}

it("lets what runs finish, ends sockets and streams, refuses what is new, and closes", async () => {
  const { app, port } = await start();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { authorization: "Bearer zpat_ann" } });
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.once("message", resolve));
  const stream = await fetch(`http://127.0.0.1:${port}/stream`);
  const slow = fetch(`http://127.0.0.1:${port}/slow`).then((answer) => answer.text());
  const running = sendRaw(port, "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  // A connection that is there already, whose request comes in the middle of the drain.
  const late = sendRaw(port, "GET /slow HTTP/1.1\r\nHost: localhost\r\n", { again: "\r\n", afterMs: 250 });
  await delay(100);

  const started = Date.now();
  await drain(app, 5);
  expect(Date.now() - started).toBeLessThan(2_000);
  expect(finished).toBe(true);
  expect(await slow).toBe("done");
  expect(await stream.text()).toBe("data: 1\n\n");
  expect(await closed).toBe(1001);
  expect(await running).toMatch(/200 OK[\s\S]+connection: close[\s\S]+done/i);
  expect(await late).toMatch(/503 Service Unavailable[\s\S]+connection: close/i);
  await expect(fetch(`http://127.0.0.1:${port}/slow`)).rejects.toThrow();
  await app.close();
});

it("cuts off what does not end in time", async () => {
  const { app, port } = await start();
  const endless = fetch(`http://127.0.0.1:${port}/for-ever`).catch((error: Error) => error.message);
  await delay(100);
  const started = Date.now();
  await drain(app, 0.2);
  expect(Date.now() - started).toBeLessThan(1_000);
  expect(await endless).toBe("fetch failed");
  await app.close();
});
