import { createHmac } from "node:crypto";
import { type AddressInfo, createServer, isIP, type LookupFunction } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { answering, createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";
import { createSender } from "./sender.ts";

let receiver: Receiver;
let other: Receiver;
let stage: Stage;
let [ann, bob]: TestPerson[] = [];
/** What names lead to; a test adds its own. */
const names: Record<string, string[][]> = {};
const lookup: LookupFunction = (host, _options, callback) => {
  const answers = names[host] ?? [["127.0.0.1"]];
  const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
  callback(
    null,
    addresses.map((address) => ({ address, family: isIP(address) })),
  );
};

beforeAll(async () => {
  [receiver, other] = [await createReceiver(), await createReceiver()];
  stage = await createStage({ receivers: [receiver, other], lookup, perPerson: 100, timeoutMs: 3_000 });
  [ann, bob] = [await stage.server.person("ann"), await stage.server.person("bob")];
});
afterAll(async () => {
  await stage.close();
  await Promise.all([receiver.close(), other.close()]);
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  for (const one of [receiver, other]) {
    one.received.length = 0;
    one.behave = (_req, res) => void res.end("thanks");
  }
});

const endpoint = (url = receiver.url, changes = {}, person = ann) => stage.endpoint(person as TestPerson, url, changes);
let session = 0;
async function happens(person = ann, changes: object = {}): Promise<void> {
  session += 1;
  await stage.publish({
    ...{ type: "session.status", audience: [person?.id ?? 0], subject: { kind: "session", id: String(session) } },
    ...{ data: { workspace_id: 7, status: "running", ready: true, node_id: "secret-node" } },
    ...changes,
  });
}
const attempts = (id: number) =>
  stage.sql<{ status: number | null; problem: string | null; detail: string | null; answer: string | null }>(
    `select a.status, a.problem, a.detail, a.answer from webhook_attempts a join webhook_deliveries d on d.id = a.delivery_id
     where d.endpoint_id = $1 order by d.id, a.number`,
    [id],
  );
const states = async (id: number) =>
  (
    await stage.sql<{ state: string }>("select state from webhook_deliveries where endpoint_id = $1 order by id", [id])
  ).map(({ state }) => state);

describe("a receiver that is well", () => {
  it("gets what happened, signed, with nothing besides", async () => {
    const { secret, id } = await endpoint();
    await happens();
    expect(await stage.run()).toBe(1);
    const [got] = receiver.received;
    const event = JSON.parse(got?.body ?? "");
    expect(event).toEqual({
      id: got?.headers["webhook-id"],
      type: "session.ready",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      subject: { kind: "session", id: String(session) },
      data: { workspace_id: 7 },
    });
    expect(got?.headers).toMatchObject({ "content-type": "application/json", "user-agent": "Stoa-Webhooks/1" });
    const timestamp = String(got?.headers["webhook-timestamp"]);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = createHmac("sha256", key).update(`${event.id}.${timestamp}.${got?.body}`).digest("base64");
    expect(got?.headers["webhook-signature"]).toBe(`v1,${signature}`);
    expect(await attempts(id)).toEqual([{ status: 200, problem: null, detail: null, answer: "thanks" }]);
    expect(await states(id)).toEqual(["delivered"]);
  });

  it("gets it once, however often it is looked for", async () => {
    await endpoint();
    await happens();
    await stage.run();
    expect([await stage.run(), await stage.run()]).toEqual([0, 0]);
    expect(receiver.received).toHaveLength(1);
  });

  it("gets nothing of others, nor what it has not chosen", async () => {
    await endpoint();
    await endpoint(other.url, { types: ["operation.failed"] });
    await happens(bob);
    await happens(ann, { type: "workspace.changed", data: { change: "update" } });
    expect(await stage.run()).toBe(0);
    expect([receiver.received, other.received]).toEqual([[], []]);
  });

  it("may send an answer without end: its beginning is kept", async () => {
    const { id } = await endpoint();
    receiver.behave = (_req, res) => {
      const pump = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536, "a\u0000")));
      };
      res.on("drain", pump);
      pump();
    };
    await happens();
    await stage.run();
    const [attempt] = await attempts(id);
    expect(attempt).toMatchObject({ status: 200, problem: null });
    expect(attempt?.answer).toHaveLength(1_000);
  });
});

describe("a receiver that fails", () => {
  it("is tried again, later each time, with the same id and a new signature", async () => {
    const { id } = await endpoint();
    receiver.behave = answering(500, 503, 200);
    await happens();
    await stage.run();
    expect(await stage.send()).toBe(0);
    stage.pass(6_000);
    expect(await stage.send()).toBe(1);
    stage.pass(6_000);
    expect(await stage.send()).toBe(0);
    stage.pass(66_000);
    expect(await stage.send()).toBe(1);
    expect((await attempts(id)).map(({ status }) => status)).toEqual([500, 503, 200]);
    expect(await states(id)).toEqual(["delivered"]);
    const sent = (name: string) => new Set(receiver.received.map(({ headers }) => headers[name]));
    expect(sent("webhook-id").size).toBe(1);
    expect(sent("webhook-timestamp").size).toBe(3);
    expect(sent("webhook-signature").size).toBe(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it("that asks for more time gets it", async () => {
    await endpoint();
    receiver.behave = (_req, res) => res.writeHead(429, { "retry-after": "600" }).end();
    await happens();
    await stage.run();
    stage.pass(599_000);
    expect(await stage.send()).toBe(0);
    stage.pass(10_000);
    expect(await stage.send()).toBe(1);
  });

  it("by never answering is left after the time-out, and holds up nobody else", async () => {
    const hanging = await endpoint();
    const well = await endpoint(other.url, {}, bob);
    receiver.behave = () => undefined;
    for (let count = 0; count < 20; count++) await happens(ann, { audience: [ann?.id ?? 0, bob?.id ?? 0] });
    await stage.read();
    const sender = createSender(stage.context, () => void sender.begin());
    await sender.begin();
    await vi.waitFor(async () => expect(await states(well.id)).toEqual(Array(20).fill("delivered")), 20_000);
    // So many at once while nobody knows; none of them is over.
    expect(receiver.received).toHaveLength(4);
    expect(await attempts(hanging.id)).toEqual([]);
    await vi.waitFor(async () => expect((await attempts(hanging.id)).length).toBeGreaterThanOrEqual(4), 20_000);
    // One at a time since then.
    await vi.waitFor(() => expect(receiver.received).toHaveLength(5), 20_000);
    await sender.close();
    const noted = await attempts(hanging.id);
    expect(noted).toEqual(Array(4).fill({ status: null, problem: "timeout", detail: "10", answer: null }));
  });

  it("by redirecting to this machine is not followed, and that is said", async () => {
    const { id } = await endpoint();
    receiver.behave = (_req, res) => res.writeHead(302, { location: `${other.url}?from=redirect` }).end();
    await happens();
    await stage.run();
    expect(other.received).toEqual([]);
    expect(await attempts(id)).toMatchObject([
      { status: 302, problem: "redirect", detail: `${other.url}?from=redirect` },
    ]);
  });

  it("by a name that leads to a private address the second time is not connected to", async () => {
    // It counts as public, and belongs to nobody.
    names["rebinds.example"] = [["3000::1"], ["127.0.0.1"]];
    // It listens where the name leads to at last.
    let reached = 0;
    const listening = createServer(() => {
      reached += 1;
    });
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { id } = await endpoint(`https://rebinds.example:${(listening.address() as AddressInfo).port}/`);
    await happens();
    await stage.run();
    stage.pass(6_000);
    await stage.send();
    const [first, second] = await attempts(id);
    expect(first?.problem).not.toBe("not_public");
    expect(second).toMatchObject({ status: null, problem: "not_public" });
    expect(reached).toBe(0);
    await new Promise((resolve) => listening.close(resolve));
  });

  it("by having its address taken from the allowed ones is not connected to", async () => {
    const { id } = await endpoint();
    await stage.sql("update webhook_endpoints set url = 'http://127.0.0.1:1/' where id = $1", [id]);
    await happens();
    await stage.run();
    expect(await attempts(id)).toMatchObject([{ problem: "not_allowed" }]);
  });

  it.each([
    ["closes the connection", "connection_lost", (port: number) => `http://127.0.0.1:${port}/`],
    ["speaks no TLS", "tls", (port: number) => `https://127.0.0.1:${port}/`],
  ])("and %s is described so", async (_what, problem, url) => {
    const { id } = await endpoint();
    receiver.behave = (req) => void req.socket.destroy();
    await stage.sql("update webhook_endpoints set url = $2 where id = $1", [
      id,
      url(Number(receiver.target.split(":")[1])),
    ]);
    await happens();
    await stage.run();
    expect(await attempts(id)).toMatchObject([{ status: null, problem }]);
  });
});
