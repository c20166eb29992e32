import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it } from "vitest";
import { refuseUpgrade } from "./refusal.ts";
import { refusals } from "./refusals.ts";

it("leaves nothing of a refused upgrade, whatever its client sends after it and whether it goes", async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // As node hands an upgrade over: with nobody who reads on.
    socket.once("readable", () => {
      socket.read();
      refuseUpgrade(socket, refusals.full);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const open = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  for (const goodbye of [true, false]) {
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
    client.write("hello");
    const [answer] = await once(client, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: \d+\r\n/);
    client.write("more");
    if (goodbye) client.end();
    await expect.poll(open, { timeout: 8_000 }).toBe(0);
    client.destroy();
  }
  server.close();
}, 20_000);
