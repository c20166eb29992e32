import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../../testing/create-test-server.ts";
import { dialectRoutes } from "../../../testing/dialect-routes.ts";

const { app } = await createTestServer({ routes: [dialectRoutes] });
let port = 0;

beforeAll(async () => {
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";

/** Sends it, waits for the answer, sends more, and says goodbye or not. */
async function leave(head: string, goodbye: boolean): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(head);
  await once(socket, "data");
  if (socket.writable) socket.write("what nobody waits for");
  if (goodbye) socket.end();
  return socket;
}

const open = () =>
  new Promise<number>((resolve) => app.server.getConnections((error, count) => resolve(error === null ? count : -1)));

describe("a connection that was refused", () => {
  it("is not kept, whatever else its client sends and whether it goes", async () => {
    const refused = [
      `GET /jobs/1/ HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`,
      `POST /jobs/1/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n${UPGRADE}\r\n`,
      "CONNECT other.example:25 HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "SSH-2.0-OpenSSH\r\n\r\n",
    ];
    const sockets = await Promise.all(refused.flatMap((head) => [leave(head, true), leave(head, false)]));
    await expect.poll(open, { timeout: 8_000 }).toBe(0);
    for (const socket of sockets) socket.destroy();
  }, 10_000);
});
