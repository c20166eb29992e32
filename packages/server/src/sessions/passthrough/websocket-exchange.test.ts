import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { runWebSocketExchange } from "./websocket-exchange.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ended.splice(0)) await end();
});

const HANDSHAKE =
  "GET / HTTP/1.1\r\nHost: s-1.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n";
const ACCEPTED = "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

/** A client and a program with an exchange between them; the program answers the handshake and then what it likes. */
async function joined() {
  const programs = Promise.withResolvers<Socket>();
  const program = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on("error", () => {})
      .once("data", () => {
        socket.write(ACCEPTED);
        programs.resolve(socket);
      });
  }).listen(0, "127.0.0.1");
  await once(program, "listening");
  const statuses: number[] = [];
  const proxy = createServer().listen(0, "127.0.0.1");
  proxy.on("upgrade", (req: IncomingMessage, socket: Socket, head: Buffer) => {
    runWebSocketExchange({
      ...{ req, socket, head, path: "/", onSent() {} },
      connect: { host: "127.0.0.1", port: (program.address() as AddressInfo).port },
      shown: { origin: "http://s-1.localhost", prefix: "", portalOrigin: "http://localhost" },
      forward: {
        ...{ address: "127.0.0.1", scheme: "http", host: "s-1.localhost", prefix: "" },
        ...{ dropAuthorization: false, upgrade: true },
      },
      onEnd: (status) => statuses.push(status),
    });
  });
  await once(proxy, "listening");
  const client = connect({
    ...{ port: (proxy.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true },
  }).on("error", () => {});
  client.write(HANDSHAKE);
  const [answer] = await once(client, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 101 /);
  const atProgram = await programs.promise;
  ended.push(() => {
    for (const socket of [client, atProgram]) socket.destroy();
    program.close();
    proxy.close();
  });
  return { client, program: atProgram, statuses };
}

it.each(["client", "program"] as const)("ends for both when the %s has left and the other stays", async (who) => {
  const { statuses, ...sides } = await joined();
  const other = sides[who === "client" ? "program" : "client"];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const heard = once(other.resume(), "end");
  sides[who].end();
  await heard;
  // Whoever stays may still say what it had to say.
  await vi.advanceTimersByTimeAsync(29_000);
  expect(statuses).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
  await expect.poll(() => statuses).toEqual([101]);
});
