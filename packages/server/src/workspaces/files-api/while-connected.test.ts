import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import fastify from "fastify";
import { expect, it } from "vitest";
import { whileConnected } from "./while-connected.ts";

it.each([
  ["after it was asked for", false],
  ["before it was asked for, while something else was looked up", true],
])("has ended for a client that left %s", async (_when, leftFirst) => {
  const app = fastify();
  const arrived = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<boolean>();
  app.get("/", async (_request, reply) => {
    const early = leftFirst ? null : whileConnected(reply);
    arrived.resolve();
    await once(reply.raw, "close");
    ended.resolve((early ?? whileConnected(reply)).aborted);
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await arrived.promise;
  socket.destroy();
  expect(await ended.promise).toBe(true);
  await app.close();
});
