import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createOutboundClient } from "../../platform/outbound/outbound-client.ts";
import { createHubClient } from "../client/hub-client.ts";
import { tryConnection } from "./connection.ts";
import { createProbe } from "./probe.ts";
import { HUB_TROUBLES, TROUBLES } from "./trouble.ts";

async function port(server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const where: Readonly<Record<string, () => Promise<string>>> = {
  dns: async () => "http://no-such-name.invalid/hub/api",
  refused: async () => {
    const server = createTcpServer();
    const free = await port(server);
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${free}/hub/api`;
  },
  /** Plain HTTP where TLS is spoken to. */
  tls: async () => `https://127.0.0.1:${await port(createServer((_, response) => void response.end()))}/hub/api`,
  slow: async () => `http://127.0.0.1:${await port(createTcpServer(() => undefined))}/hub/api`,
  unreachable: async () => `http://127.0.0.1:${await port(createTcpServer((socket) => void socket.destroy()))}/hub/api`,
  not_a_hub: async () =>
    `http://127.0.0.1:${await port(createServer((_, response) => void response.end("<h1>Hello</h1>")))}/hub/api`,
};

describe("the doctor and the page of the hub's health call it the same", () => {
  it.each(Object.keys(where))("%s", async (code) => {
    const baseUrl = (await where[code]?.()) ?? "";
    const policy = { name: "JupyterHub", baseUrl, timeoutMs: 700, attempts: 1, concurrency: 1, queue: 1 };
    const outbound = createOutboundClient({ ...policy, maxResponseBytes: 1_000 });
    onTestFinished(() => outbound.close());
    const [doctor, page] = [await tryConnection(baseUrl, 700), await createProbe(createHubClient(outbound)).read()];
    expect([doctor.kind, page.problem?.code]).toEqual([code, code]);
    expect(page.problem?.said).toMatch(/./);
    expect(HUB_TROUBLES).toContain(code);
  });
});

it("each is told in both languages", () => {
  for (const { en, fa } of Object.values(TROUBLES))
    expect([en, fa]).toEqual([expect.stringMatching(/[a-z]/), expect.stringMatching(/[آ-ی]/)]);
});
