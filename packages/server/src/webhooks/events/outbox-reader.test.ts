import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";
import { createOutboxReader } from "./outbox-reader.ts";

let receiver: Receiver;
let one: Stage;
let two: Stage;
let [ann, bob, boss]: TestPerson[] = [];

beforeAll(async () => {
  receiver = await createReceiver();
  one = await createStage({ receivers: [receiver], perPerson: 100 });
  two = await createStage({ receivers: [receiver], beside: one });
  [ann, bob, boss] = [await one.server.person("ann"), await one.server.person("bob"), await one.server.admin()];
});
afterAll(async () => {
  await two.close();
  await one.close();
  await receiver.close();
});
beforeEach(async () => {
  await one.run();
  await one.sql("delete from webhook_endpoints");
  await one.sql("update webhook_reading set holder = null, held_until = null");
  receiver.received.length = 0;
});

let session = 0;
async function happens(person: TestPerson | undefined, changes: object = {}): Promise<string> {
  session += 1;
  const subject = { kind: "session", id: String(session) };
  const data = { status: "complete", workspace_id: 1 };
  await one.publish({ type: "session.status", audience: [person?.id ?? 0], subject, data, ...changes });
  return subject.id;
}
const endpoint = (person: TestPerson | undefined, changes: object = {}) =>
  one.endpoint(person as TestPerson, receiver.url, changes);
const told = () => receiver.received.map(({ body }) => JSON.parse(body).subject.id as string).sort();
const deliveriesOf = async (id: number) =>
  (
    await one.sql<{ state: string }>("select state from webhook_deliveries where endpoint_id = $1 order by id", [id])
  ).map(({ state }) => state);

describe("who is told", () => {
  it("is whom it concerns; administrators of everybody's only where they asked for it", async () => {
    const own = await endpoint(boss);
    const all = await endpoint(boss, { everybody: true });
    const others = await endpoint(bob);
    await happens(ann);
    await happens(bob);
    await happens(ann, { isPrivate: true });
    await happens(ann, { audience: "internal" });
    await happens(ann, { audience: [] });
    expect(await one.run()).toBe(4);
    const counts = await Promise.all([own, all, others].map(async ({ id }) => (await deliveriesOf(id)).length));
    expect(counts).toEqual([0, 3, 1]);
  });

  it("is nobody who is no administrator any more, nor of what was on its way", async () => {
    const { id } = await endpoint(boss, { everybody: true });
    const before = await happens(ann);
    await one.read();
    await one.sql("update accounts set is_admin = false where id = $1", [boss?.id]);
    try {
      await happens(bob);
      const own = await happens(boss);
      await one.run();
      expect(told()).toEqual([own]);
      expect(before).not.toBe(own);
      expect(await deliveriesOf(id)).toEqual(["cancelled", "delivered"]);
      const { body } = await one.call(boss, "GET", `/webhooks/${id}/deliveries?state=cancelled`);
      expect(body.items[0].last.error).toContain("no administrator");
    } finally {
      await one.sql("update accounts set is_admin = true where id = $1", [boss?.id]);
    }
  });

  it("is nobody whose account is being deleted, nor of what was on its way, until that is cancelled", async () => {
    const { id } = await endpoint(bob);
    await happens(bob);
    await one.read();
    const due = (when: string) => one.sql(`update accounts set deletion_due_at = ${when} where id = $1`, [bob?.id]);
    await due("now() + interval '5 days'");
    try {
      await happens(bob);
      await one.run();
      expect(told()).toEqual([]);
      expect(await deliveriesOf(id)).toEqual(["cancelled"]);
    } finally {
      await due("null");
    }
    const later = await happens(bob);
    await one.run();
    expect(told()).toEqual([later]);
  });

  it("is nobody whose account is deactivated, nor of what was on its way", async () => {
    const { id } = await endpoint(ann);
    await happens(ann);
    await one.read();
    await one.sql("update accounts set status = 'deactivated' where id = $1", [ann?.id]);
    await happens(ann);
    await one.run();
    await one.sql("update accounts set status = 'active' where id = $1", [ann?.id]);
    await one.run();
    expect(receiver.received).toEqual([]);
    expect(await deliveriesOf(id)).toEqual(["cancelled"]);
  });

  it("is not told of what happened before, or while it was paused", async () => {
    await happens(ann);
    // Times are compared by the millisecond.
    await setTimeout(2);
    const { id } = await endpoint(ann);
    await one.run();
    await one.call(ann, "PATCH", `/webhooks/${id}`, { active: false });
    await happens(ann);
    await one.run();
    await one.call(ann, "PATCH", `/webhooks/${id}`, { active: true });
    const after = await happens(ann);
    await one.run();
    expect(told()).toEqual([after]);
  });
});

describe("several servers on one database", () => {
  it("tell each event once, whichever reads and sends", async () => {
    await endpoint(ann);
    const ids: string[] = [];
    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 5; count++) ids.push(await happens(ann));
      await Promise.all([one.run(), two.run(), one.run(), two.run()]);
      // Whoever's turn it is ends it.
      if (round % 3 === 0) await one.sql("update webhook_reading set holder = null");
    }
    await one.sql("update webhook_reading set holder = null");
    await Promise.all([one.run(), two.run()]);
    expect(told()).toEqual(ids.sort());
  });

  it("take over from one that is gone, and from one that stops at once", async () => {
    await endpoint(ann);
    await one.read();
    await happens(ann);
    expect(await two.read()).toBe(0);
    await one.sql("update webhook_reading set held_until = now() - interval '1 second'");
    expect(await two.read()).toBe(1);
    await happens(ann);
    expect(await one.read()).toBe(0);
    const third = createOutboxReader(one.context);
    await one.sql("update webhook_reading set holder = null");
    expect(await third.read()).toBe(1);
    await third.release();
    await happens(ann);
    expect(await one.read()).toBe(1);
  });

  it("write nothing for one that has lost its turn meanwhile", async () => {
    await endpoint(ann);
    await happens(ann);
    const { events } = one.server.platform;
    // Between reading and writing another server takes its turn, and reads the same.
    const slow = createOutboxReader({
      ...one.context,
      platform: {
        ...one.context.platform,
        events: {
          ...events,
          async since(cursor, limit) {
            const found = await events.since(cursor, limit);
            await one.sql("update webhook_reading set held_until = now() - interval '1 second'");
            await two.read();
            return found;
          },
        },
      },
    });
    expect(await slow.read()).toBe(0);
    await two.send();
    expect(receiver.received).toHaveLength(1);
  });
});

describe("the place in the outbox", () => {
  it("goes on from the end where what came next is not kept any more", async () => {
    await endpoint(ann);
    await one.sql("update webhook_reading set cursor = 'other-epoch.1'");
    await happens(ann);
    expect(await one.read()).toBe(0);
    await happens(ann);
    expect(await one.read()).toBe(1);
  });

  it("stays where it is when the deliveries can't be written", async () => {
    await endpoint(ann);
    await happens(ann);
    await one.sql("alter table webhook_deliveries add constraint never check (false) not valid");
    await expect(one.read()).rejects.toThrow();
    await one.sql("alter table webhook_deliveries drop constraint never");
    expect(await one.read()).toBe(1);
  });

  it("moves along while nobody has a webhook", async () => {
    await happens(ann);
    await one.read();
    const [before] = await one.sql<{ cursor: string }>("select cursor from webhook_reading");
    await happens(ann);
    await one.read();
    const [after] = await one.sql<{ cursor: string }>("select cursor from webhook_reading");
    expect(Number(after?.cursor.split(".")[1])).toBeGreaterThan(Number(before?.cursor.split(".")[1]));
    await endpoint(ann);
    expect(await one.read()).toBe(0);
  });
});
