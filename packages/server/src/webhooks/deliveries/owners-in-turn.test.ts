import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";
import { claimDue, PER_OWNER } from "./claim.ts";
import { createSender } from "./sender.ts";

let [hanging, well]: Receiver[] = [];
let stage: Stage;
let greedy: TestPerson[];
let bob: TestPerson;

beforeAll(async () => {
  const receivers = [await createReceiver(), await createReceiver()];
  [hanging, well] = receivers;
  stage = await createStage({ receivers, timeoutMs: 5_000, perPerson: 5 });
  greedy = await Promise.all(["one", "two", "three"].map((name) => stage.server.person(name)));
  bob = await stage.server.person("bob");
});
afterAll(async () => {
  await stage.close();
  await Promise.all([hanging?.close(), well?.close()]);
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  for (const receiver of [hanging, well]) receiver?.received.splice(0);
});

let session = 0;
async function happens(to: readonly TestPerson[], count = 1): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    session += 1;
    await stage.publish({
      ...{
        type: "session.status",
        audience: to.map(({ id }) => id),
        subject: { kind: "session", id: String(session) },
      },
      data: { status: "failed" },
    });
  }
  await stage.read();
}

describe("people whose receivers hang", () => {
  it("have places of their own, and others are sent to at once", async () => {
    const held: (() => void)[] = [];
    (hanging as Receiver).behave = (_req, res) => void held.push(() => res.end("at last"));
    for (const person of greedy) for (let n = 0; n < 5; n += 1) await stage.endpoint(person, hanging?.url ?? "");
    await stage.endpoint(bob, well?.url ?? "");
    await happens(greedy, 8);
    const sender = createSender(stage.context);
    expect(await sender.begin()).toBe(PER_OWNER * greedy.length);
    await vi.waitFor(() => expect(hanging?.received).toHaveLength(PER_OWNER * greedy.length), 5_000);
    expect(await sender.begin()).toBe(0);
    await happens([bob]);
    expect(await sender.begin()).toBe(1);
    await vi.waitFor(() => expect(well?.received).toHaveLength(1), 5_000);
    for (const answer of held) answer();
    await sender.settled();
    await sender.close();
  });

  it("come in turn: whoever is sent least to is first, however long others' have waited", async () => {
    (hanging as Receiver).behave = (_req, res) => void res.end("ok");
    const [one, two] = greedy as [TestPerson, TestPerson];
    for (let n = 0; n < 3; n += 1) await stage.endpoint(one, `${hanging?.url}/one`);
    await stage.endpoint(two, `${hanging?.url}/two`);
    await happens([one], 3);
    stage.pass(1_000);
    await happens([two]);
    const none = { endpoints: new Map<number, number>(), owners: new Map<number, number>() };
    const now = stage.context.now();
    const first = await claimDue(stage.context.db, { now, places: 2, busy: none });
    expect(first.map(({ account_id }) => account_id).sort()).toEqual([one.id, two.id].sort());
    const owners = new Map([[one.id, PER_OWNER]]);
    expect(await claimDue(stage.context.db, { now, places: 9, busy: { ...none, owners } })).toEqual([]);
  });

  it("have their own other endpoints sent to first, where one holds places", async () => {
    const first = await stage.endpoint(bob, `${hanging?.url}/first`);
    const second = await stage.endpoint(bob, `${hanging?.url}/second`);
    await happens([bob], 6);
    const claim = async (held: Map<number, number>, places: number) => {
      const owners = new Map([[bob.id, [...held.values()].reduce((sum, count) => sum + count, 0)]]);
      const busy = { endpoints: held, owners };
      const claims = await claimDue(stage.context.db, { now: stage.context.now(), places, busy });
      return claims.map(({ endpoint_id }) => endpoint_id).sort();
    };
    expect(await claim(new Map(), 2)).toEqual([first.id, second.id]);
    expect(await claim(new Map([[first.id, 3]]), 3)).toEqual([second.id, second.id, second.id]);
  });
});
