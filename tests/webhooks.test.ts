import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createReceiver, type Receiver } from "../packages/server/src/webhooks/testing-webhooks.ts";
import { createGround, type Ground, type Person } from "./routes/ground.ts";
import { actingBrowser } from "./routes/people-rows.ts";
import { send } from "./support/portal-client.ts";

const at = "/api/stoa/v1/webhooks";
let receiver: Receiver;
let ground: Ground;

beforeAll(async () => {
  receiver = await createReceiver();
  ground = await createGround({ STOA_WEBHOOK_PRIVATE_TARGETS: receiver.target });
});
afterAll(async () => {
  await ground.close();
  await receiver.close();
});

const hook = (changes: object = {}) => ({ name: "Hook", url: receiver.url, types: ["operation.*"], ...changes });
/** Has the server do something of that person's that takes longer than a request. */
async function work(person: Person, kind: "test.wait" | "test.fail"): Promise<string> {
  const { platform } = ground.stoa;
  const actor = { accountId: person.id, label: person.username };
  const operation = { kind, subject: { kind: "test", id: "1" }, actor, input: {} };
  const { id } = await platform.db.transaction().execute((trx) => platform.operations.enqueue(trx, operation));
  return id;
}
const told = () => receiver.received.map(({ body }) => JSON.parse(body));

it("a whole server tells a person of their operations, and an administrator of everybody's", async () => {
  const { owner, other, admin } = ground;
  expect((await ground.call(owner.jwt, "POST", at, hook())).status).toBe(201);
  const all = hook({ url: `${receiver.url}/all`, types: ["operation.failed"], everybody: true });
  expect((await ground.call(admin.jwt, "POST", at, all)).status).toBe(201);
  const [done, failed, others] = [
    await work(owner, "test.wait"),
    await work(owner, "test.fail"),
    await work(other, "test.fail"),
  ];
  const seen = () =>
    receiver.received.map(({ path, body }) => `${path} ${JSON.parse(body).type} ${JSON.parse(body).subject.id}`).sort();
  await vi.waitFor(
    () =>
      expect(seen()).toEqual(
        [
          `/in operation.succeeded ${done}`,
          `/in operation.failed ${failed}`,
          `/in/all operation.failed ${failed}`,
          `/in/all operation.failed ${others}`,
        ].sort(),
      ),
    30_000,
  );
  expect(told().find(({ type }) => type === "operation.succeeded").data).toMatchObject({ operation: "test.wait" });
});

it("no token adds one, nor an administrator who acts as somebody", async () => {
  const { owner } = ground;
  const answer = await ground.call(await owner.pat(["*"]), "POST", at, hook());
  expect(answer.status).toBe(403);
  expect((await ground.call(await owner.pat(["webhooks"]), "GET", at)).status).toBe(200);
  const { headers = {} } = await actingBrowser(ground);
  const refused = await send(ground.base + at, "POST", hook(), headers);
  expect([refused.status, refused.json.code], refused.text).toEqual([403, "acting_as"]);
  expect((await send(ground.base + at, "GET", undefined, headers)).status).toBe(200);
});

it("they stand among what an account owns, and nothing is sent once it is deactivated", async () => {
  const { admin } = ground;
  const person = await ground.newPerson("leaves");
  await ground.call(person.jwt, "POST", at, hook({ url: `${receiver.url}/leaves` }));
  const { json } = await ground.call(admin.jwt, "GET", `/api/stoa/v1/people/${person.id}/deletion`);
  expect(JSON.stringify(json)).toContain('"webhooks":1');
  const first = await work(person, "test.wait");
  await vi.waitFor(() => expect(told().map(({ subject }) => subject.id)).toContain(first), 30_000);
  const { status } = await ground.call(admin.jwt, "PATCH", `/api/stoa/v1/people/${person.id}`, { active: false });
  expect(status).toBe(200);
  const second = await work(person, "test.wait");
  const { owner } = ground;
  const last = await work(owner, "test.wait");
  await vi.waitFor(() => expect(told().map(({ subject }) => subject.id)).toContain(last), 30_000);
  expect(told().map(({ subject }) => subject.id)).not.toContain(second);
});
