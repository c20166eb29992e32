import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer, isIP, type LookupFunction } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutboundClient, OutboundPolicy } from "./contract.ts";
import { createOutboundClient } from "./outbound-client.ts";

let server: Server;
let port = 0;
let calls = 0;
let size = 2;
const clients: OutboundClient[] = [];

beforeEach(async () => {
  [calls, size] = [0, 2];
  server = createServer((_req, res) => {
    calls += 1;
    res.end("x".repeat(size));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Counts as public, and belongs to nobody: IANA has not given it away. */
const NOBODYS = "3000::1";

/** A client of addresses that people name: public ones only, unless listed. */
function client(changes: Partial<OutboundPolicy> = {}): OutboundClient {
  const made = createOutboundClient({
    ...{ name: "hooks", baseUrl: "https://unused.invalid/", timeoutMs: 500, attempts: 1, concurrency: 2, queue: 0 },
    ...{ maxResponseBytes: 10, publicOnly: true, breaker: null },
    ...changes,
  });
  clients.push(made);
  return made;
}
const post = (to: OutboundClient, url: string) => to.call({ method: "POST", path: "", url, body: "{}" });
const answering =
  (...answers: string[][]): LookupFunction =>
  (_host, _options, callback) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  };

describe("a client of addresses that people name", () => {
  it("reaches a private one that is listed with its port, and no other port of it", async () => {
    const hooks = client({
      privateHosts: [`127.0.0.1:${port}`, `localhost:${port}`],
      lookup: answering([NOBODYS]),
    });
    expect((await post(hooks, `http://127.0.0.1:${port}/in`)).status).toBe(200);
    expect((await post(hooks, `http://LOCALHOST:${port}/in`)).status).toBe(200);
    const other = post(client({ privateHosts: ["127.0.0.1:1"] }), `http://127.0.0.1:${port}/in`);
    await expect(other).rejects.toMatchObject({ code: "upstream_failed" });
    expect(calls).toBe(2);
  });

  it("looks at the addresses each time it connects: a name that turns private is not followed", async () => {
    // Nothing answers at the first one, which is public.
    const hooks = client({ lookup: answering([NOBODYS], ["127.0.0.1"]), timeoutMs: 200 });
    const first = post(hooks, `http://rebinds.test:${port}/`).catch((error: Error) => error);
    expect(String((await first) as Error)).not.toContain("not a public address");
    await expect(post(hooks, `http://rebinds.test:${port}/`)).rejects.toThrow("not a public address");
    expect(calls).toBe(0);
  });

  it("takes no name with a private address among its public ones", async () => {
    const hooks = client({ lookup: answering([NOBODYS, "10.0.0.1"]) });
    await expect(post(hooks, "http://mixed.test/")).rejects.toThrow("not a public address");
  });

  it("offers no HTTP/2 to whoever listens there", async () => {
    const hello = Promise.withResolvers<Buffer>();
    const listening = createNetServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (chunk) => {
        hello.resolve(chunk);
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const target = `127.0.0.1:${(listening.address() as AddressInfo).port}`;
    await post(client({ privateHosts: [target] }), `https://${target}/`).catch(() => undefined);
    const offered = (await hello.promise).toString("latin1");
    expect(offered).not.toContain("\u0002h2");
    await new Promise((resolve) => listening.close(resolve));
  });

  it("reads a larger answer up to the limit where that is wanted", async () => {
    size = 500_000;
    const privateHosts = [`127.0.0.1:${port}`];
    const cut = await post(client({ privateHosts, cutsAnswers: true }), `http://127.0.0.1:${port}/`);
    expect([cut.status, cut.body.toString()]).toEqual([200, "x".repeat(10)]);
    await expect(post(client({ privateHosts }), `http://127.0.0.1:${port}/`)).rejects.toThrow("larger than 10 bytes");
  });

  it("has no breaker: one address's failures say nothing of another", async () => {
    const hooks = client({ privateHosts: [`127.0.0.1:${port}`] });
    for (let tries = 0; tries < 10; tries++) await post(hooks, "http://127.0.0.1:1/").catch(() => undefined);
    expect(hooks.state).toBe("closed");
    expect((await post(hooks, `http://127.0.0.1:${port}/`)).status).toBe(200);
  });
});
