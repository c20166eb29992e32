import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { TestPerson } from "../testing/accounts-server.ts";
import { createSender } from "./deliveries/sender.ts";
import { answering, createReceiver, createStage, type Receiver, type Stage } from "./testing-webhooks.ts";

let receiver: Receiver;
let stage: Stage;
let ann: TestPerson;

beforeAll(async () => {
  receiver = await createReceiver();
  stage = await createStage({ receivers: [receiver], timeoutMs: 5_000 });
  ann = await stage.server.person("ann");
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  receiver.received.length = 0;
});
afterAll(async () => {
  await stage.close();
  await receiver.close();
});

/** By the database's clock, which no test turns. */
const claimIsOver = (id: number) =>
  stage.sql("update webhook_deliveries set claimed_until = now() - interval '1 second' where endpoint_id = $1", [id]);

it("a server that is killed after it has sent, and before it has noted so, has it sent again with the same id", async () => {
  const { id } = await stage.endpoint(ann, receiver.url);
  await stage.publish({ type: "session.status", audience: [ann.id], data: { status: "failed" } });
  expect(await stage.read()).toBe(1);
  const program = join(import.meta.dirname, "test-sender-process.ts");
  const child = spawn(process.execPath, [program, stage.server.database.url, receiver.target], { stdio: "inherit" });
  // It has everything, and dies before it hears so.
  receiver.behave = (_req, res) => {
    child.kill("SIGKILL");
    child.once("exit", () => res.end("too late"));
  };
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  expect(receiver.received).toHaveLength(1);
  const state = () =>
    stage.sql("select state, attempts, claimed_by is null as free from webhook_deliveries where endpoint_id = $1", [
      id,
    ]);
  expect(await state()).toEqual([{ state: "waiting", attempts: 0, free: false }]);

  receiver.behave = answering(200);
  // Nobody else takes it while it may still be on its way.
  expect(await stage.send()).toBe(0);
  expect(
    await stage.sql("select claimed_until > now() + interval '50 seconds' as held from webhook_deliveries"),
  ).toEqual([{ held: true }]);
  await claimIsOver(id);
  expect(await stage.send()).toBe(1);
  expect(await state()).toEqual([{ state: "delivered", attempts: 1, free: true }]);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(receiver.received).toHaveLength(2);
});

it("one that was thought dead and comes back late changes nothing", async () => {
  const { id } = await stage.endpoint(ann, receiver.url);
  await stage.publish({
    type: "session.status",
    audience: [ann.id],
    subject: { kind: "session", id: "late" },
    data: { status: "failed" },
  });
  await stage.read();
  const slow = createSender(stage.context);
  const held = Promise.withResolvers<void>();
  receiver.behave = (_req, res) => void held.promise.then(() => res.writeHead(500).end());
  await slow.begin();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  await claimIsOver(id);
  receiver.behave = answering(200);
  expect(await stage.send()).toBe(1);
  held.resolve();
  await slow.settled();
  await slow.close();
  expect(await stage.sql("select state, attempts from webhook_deliveries where endpoint_id = $1", [id])).toEqual([
    { state: "delivered", attempts: 1 },
  ]);
});

it("a server whose clock is ahead by more than a claim lasts does not send what another is sending", async () => {
  const ahead = await createStage({ receivers: [receiver], timeoutMs: 5_000, beside: stage });
  await stage.endpoint(ann, receiver.url);
  for (let n = 0; n < 4; n += 1) {
    const subject = { kind: "session", id: `skew${n}` };
    await stage.publish({ type: "session.status", audience: [ann.id], subject, data: { status: "failed" } });
  }
  await stage.read();
  ahead.pass(61_000);
  const held = Promise.withResolvers<void>();
  receiver.behave = (_req, res) => void held.promise.then(() => res.end("ok"));
  const [one, two] = [createSender(stage.context), createSender(ahead.context)];
  expect(await one.begin()).toBe(4);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(4), 20_000);
  expect(await two.begin()).toBe(0);
  held.resolve();
  await one.settled();
  expect(receiver.received).toHaveLength(4);
  await one.close();
  await two.close();
  await ahead.close();
});
