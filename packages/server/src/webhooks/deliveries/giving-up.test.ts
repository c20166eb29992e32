import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { answering, createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";
import { nextAttempt, retryDelays } from "./retry-schedule.ts";

const HOUR = 3_600_000;
let receiver: Receiver;
let stage: Stage;
let ann: TestPerson;

beforeAll(async () => {
  receiver = await createReceiver();
  stage = await createStage({ receivers: [receiver], perPerson: 100 });
  ann = await stage.server.person("ann");
});
afterAll(async () => {
  await stage.close();
  await receiver.close();
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  await stage.sql("delete from notices");
  receiver.received.length = 0;
});

let session = 0;
async function happens(): Promise<void> {
  session += 1;
  const subject = { kind: "session", id: String(session) };
  await stage.publish({ type: "session.status", audience: [ann.id], subject, data: { status: "failed" } });
}
const rowOf = async (id: number) =>
  (await stage.sql<Record<string, unknown>>("select * from webhook_endpoints where id = $1", [id]))[0];
const deliveries = (id: number) =>
  stage.sql<{ state: string; attempts: number }>(
    "select state, attempts from webhook_deliveries where endpoint_id = $1 order by id",
    [id],
  );
const notices = () => stage.sql("select kind, said, mail, subject_kind from notices where account_id = $1", [ann.id]);
/** Sends whenever something is due, for so long. */
async function goOn(hours: number): Promise<void> {
  for (let minutes = 0; minutes < hours * 60; minutes += 30) {
    stage.pass(HOUR / 2);
    await stage.send();
  }
}

describe("the schedule", () => {
  it("is ten attempts over about a day, with a tenth of jitter", () => {
    const now = new Date("2026-01-01T00:00:00Z");
    const total = retryDelays.reduce((sum, delay) => sum + delay, 0);
    expect([retryDelays.length, total / HOUR]).toEqual([9, expect.closeTo(23.6, 1)]);
    expect(nextAttempt(1, now, null, 0)?.getTime()).toBe(now.getTime() + 4_500);
    expect(nextAttempt(1, now, null, 1)?.getTime()).toBe(now.getTime() + 5_500);
    expect(nextAttempt(10, now, null)).toBeNull();
  });

  it.each([
    ["seconds", "120", 120_000],
    ["a date", "Thu, 01 Jan 2026 00:10:00 GMT", 600_000],
    ["a month", "2592000", 8 * HOUR],
    ["less than planned", "1", 5_000],
    ["a time that is over", "Thu, 01 Jan 1970 00:00:00 GMT", 5_000],
    ["nonsense", "soon", 5_000],
    ["below zero", "-5", 5_000],
  ])("takes a Retry-After of %s", (_what, header, ms) => {
    const now = new Date("2026-01-01T00:00:00Z");
    expect(nextAttempt(1, now, header, 0.5)?.getTime()).toBe(now.getTime() + ms);
  });
});

describe("a receiver that answers 500 for a day", () => {
  it("is tried ten times, and then given up; it stays on for what comes next", async () => {
    receiver.behave = answering(500);
    const { id } = await stage.endpoint(ann, receiver.url);
    await happens();
    await stage.run();
    await goOn(31);
    expect(receiver.received).toHaveLength(10);
    expect(await deliveries(id)).toEqual([{ state: "failed", attempts: 10 }]);
    expect(await rowOf(id)).toMatchObject({ disabled_at: null, given_up: 1, failing_since: expect.any(Date) });
    receiver.behave = answering(204);
    await happens();
    await stage.run();
    expect(await deliveries(id)).toMatchObject([{ state: "failed" }, { state: "delivered" }]);
    expect(await rowOf(id)).toMatchObject({ given_up: 0, failing_since: null, delivered_at: expect.any(Date) });
  });

  it("and for three days is switched off: its owner is told, and what waits is kept until it is on again", async () => {
    receiver.behave = answering(500);
    const { id } = await stage.endpoint(ann, receiver.url, { name: "Build server" });
    for (let day = 0; day < 4 && (await rowOf(id))?.disabled_at === null; day++) {
      await happens();
      await stage.run();
      await goOn(23);
      await happens();
      await stage.run();
      await goOn(3);
    }
    expect(await rowOf(id)).toMatchObject({ disabled_at: expect.any(Date), disabled_why: "failing", active: true });
    expect(await notices()).toEqual([
      {
        kind: "webhook.disabled",
        said: { name: "Build server", why: "failing" },
        mail: "due",
        subject_kind: "webhook",
      },
    ]);
    expect((await deliveries(id)).at(-1)?.state).toBe("held");
    const before = receiver.received.length;
    await happens();
    expect(await stage.run()).toBe(0);
    await goOn(10);
    expect(receiver.received).toHaveLength(before);

    receiver.behave = answering(200);
    expect((await stage.call(ann, "PATCH", `/webhooks/${id}`, { active: true })).body).toMatchObject({ state: "on" });
    await stage.send();
    expect((await deliveries(id)).at(-1)?.state).toBe("delivered");
    expect(await rowOf(id)).toMatchObject({ disabled_at: null, given_up: 0, failing_since: null });
  });

  it("is switched off sooner when twenty deliveries in a row are given up", async () => {
    receiver.behave = answering(500);
    const { id } = await stage.endpoint(ann, receiver.url);
    for (let count = 0; count < 20; count++) await happens();
    await stage.run();
    await goOn(31);
    expect((await deliveries(id)).filter(({ state }) => state === "failed")).toHaveLength(20);
    expect(await rowOf(id)).toMatchObject({ disabled_why: "failing", given_up: 20 });
    expect(await notices()).toHaveLength(1);
  });
});

describe("a receiver that answers 410", () => {
  it("is switched off at once, and its owner is told why", async () => {
    receiver.behave = answering(410);
    const { id } = await stage.endpoint(ann, receiver.url);
    await happens();
    await happens();
    await stage.run();
    expect(await rowOf(id)).toMatchObject({ disabled_why: "gone" });
    expect(await notices()).toMatchObject([{ said: { name: "Hook", why: "gone" } }]);
    const words = await stage.server.call("GET", "/api/stoa/v1/audit?limit=5", { as: ann });
    expect(JSON.stringify(words.body)).not.toContain("/in");
    const { body } = await stage.call(ann, "GET", `/webhooks/${id}/deliveries`);
    expect(body.items[0].last).toMatchObject({ status: 410, problem: "gone", error: expect.stringContaining("410") });
    expect(
      await stage.sql("select 1 from audit_entries where action = 'webhook.disable' and subject_id = $1", [String(id)]),
    ).toHaveLength(1);
  });

  it("to a test is switched off as well, and a test that fails otherwise counts for nothing", async () => {
    const { id } = await stage.endpoint(ann, receiver.url);
    receiver.behave = answering(500);
    await stage.call(ann, "POST", `/webhooks/${id}/ping`);
    await stage.send();
    expect(await deliveries(id)).toEqual([{ state: "failed", attempts: 1 }]);
    expect(await rowOf(id)).toMatchObject({ failing_since: null, given_up: 0 });
    receiver.behave = answering(410);
    await stage.call(ann, "POST", `/webhooks/${id}/ping`);
    await stage.send();
    expect(await rowOf(id)).toMatchObject({ disabled_why: "gone" });
    // A test goes there all the same: whether it is well again is what it shows.
    receiver.behave = answering(200);
    await stage.call(ann, "POST", `/webhooks/${id}/ping`);
    await stage.send();
    expect((await deliveries(id)).at(-1)?.state).toBe("delivered");
    expect(await rowOf(id)).toMatchObject({ disabled_why: "gone" });
  });
});
