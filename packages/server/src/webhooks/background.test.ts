import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { TestPerson } from "../testing/accounts-server.ts";
import { createBackground } from "./background.ts";
import { createReceiver, createStage, type Receiver, type Stage } from "./testing-webhooks.ts";

let receiver: Receiver;
let [one, two]: Stage[] = [];
let ann: TestPerson;
const stages = () => [one, two].flatMap((stage) => stage ?? []);

beforeAll(async () => {
  receiver = await createReceiver();
  one = await createStage({ receivers: [receiver] });
  two = await createStage({ receivers: [receiver], beside: one });
  ann = await one.server.person("ann");
  await one.sql("update webhook_reading set holder = null");
});
afterAll(async () => {
  for (const stage of stages().reverse()) await stage.close();
  await receiver.close();
});

it("two servers at work tell each event once, soon, and the one that is left goes on", async () => {
  const first = one as Stage;
  await first.endpoint(ann, receiver.url);
  const servers = stages().map(({ context }) => createBackground(context));
  for (const server of servers) server.start();
  const happens = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, n) => {
        const subject = { kind: "session", id: String(from + n) };
        return first.publish({ type: "session.status", audience: [ann.id], subject, data: { status: "failed" } });
      }),
    );
  const told = () => new Set(receiver.received.map(({ body }) => JSON.parse(body).subject.id));
  await happens(0, 30);
  await vi.waitFor(() => expect(told().size).toBe(30), 20_000);
  await servers[0]?.stop();
  await happens(30, 40);
  await vi.waitFor(() => expect(told().size).toBe(40), 20_000);
  await servers[1]?.stop();
  expect(receiver.received).toHaveLength(40);
  expect(await first.sql("select holder from webhook_reading")).toEqual([{ holder: null }]);
});

it("a server that stops waits for what is on its way", async () => {
  const first = one as Stage;
  receiver.received.length = 0;
  receiver.behave = (_req, res) => void setTimeout(() => res.end("slow"), 250);
  const server = createBackground(first.context);
  server.start();
  await first.publish({
    type: "session.status",
    audience: [ann.id],
    subject: { kind: "session", id: "last" },
    data: { status: "failed" },
  });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  await server.stop();
  expect(await first.sql("select state from webhook_deliveries order by id desc limit 1")).toEqual([
    { state: "delivered" },
  ]);
});
