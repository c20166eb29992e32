import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { answering, createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";
import { MOST_WAITING } from "./bounds.ts";

let receiver: Receiver;
let stage: Stage;
let bob: TestPerson;
let id: number;

beforeAll(async () => {
  receiver = await createReceiver();
  stage = await createStage({ receivers: [receiver], perPerson: 5 });
  bob = await stage.server.person("bob");
});
afterAll(async () => {
  await stage.close();
  await receiver.close();
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  receiver.received.length = 0;
  receiver.behave = answering(200);
  id = (await stage.endpoint(bob, receiver.url)).id;
});

let session = 0;
async function happens(): Promise<void> {
  session += 1;
  const subject = { kind: "session", id: String(session) };
  await stage.publish({ type: "session.status", audience: [bob.id], subject, data: { status: "failed" } });
}
const count = async (state: string) =>
  (await stage.sql<{ n: number }>("select count(*)::int as n from webhook_deliveries where state = $1", [state]))[0]?.n;
const replay = (delivery: number) => stage.call(bob, "POST", `/webhooks/${id}/deliveries/${delivery}/replay`);
const since = new Date(Date.now() - 3_600_000).toISOString();
const replayFailed = () => stage.call(bob, "POST", `/webhooks/${id}/replay-failed`, { since });
const fill = (state: string, many: number, replayOf: number | null) =>
  stage.sql(
    `insert into webhook_deliveries (endpoint_id, event_id, type, body, replay_of, state, next_at)
     select $1, 'evt_' || n, 'session.failed', '{}', $4::bigint, $2, now() + interval '1 hour'
     from generate_series(1, $3::int) n`,
    [id, state, many, replayOf],
  );

describe("sending again", () => {
  it("what was sent again is the same event: it is on its way once, however many stand in the log", async () => {
    await happens();
    await stage.run();
    for (let round = 0; round < 4; round += 1) {
      const rows = await stage.sql<{ id: number }>("select id from webhook_deliveries where state = 'delivered'");
      const answers = await Promise.all(rows.map((row) => replay(row.id)));
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.details?.reason === "still_waits")).toHaveLength(rows.length - 1);
      await stage.send();
    }
    expect(receiver.received).toHaveLength(5);
    const originals = await stage.sql("select distinct replay_of from webhook_deliveries where replay_of is not null");
    expect(originals).toEqual(
      await stage.sql("select id as replay_of from webhook_deliveries where replay_of is null"),
    );
  });

  it("of all that was given up takes each event once, also when it was given up again", async () => {
    await happens();
    await stage.run();
    for (let round = 0; round < 3; round += 1) {
      await stage.sql("update webhook_deliveries set state = 'failed'");
      expect((await replayFailed()).body).toEqual({ count: 1, more: false });
      expect((await replayFailed()).body).toEqual({ count: 0, more: false });
      await stage.send();
    }
    expect(receiver.received).toHaveLength(4);
  });

  it("is limited in an hour", async () => {
    await happens();
    await stage.run();
    const [first] = await stage.sql<{ id: number }>("select id from webhook_deliveries");
    await fill("delivered", 300, first?.id ?? 0);
    expect((await replay(first?.id ?? 0)).status).toBe(429);
    await stage.sql("update webhook_deliveries set created_at = now() - interval '61 minutes'");
    expect((await replay(first?.id ?? 0)).status).toBe(202);
  });
});

describe("what waits for one webhook", () => {
  it("is so much at most; what happens beyond is left out, and comes again when there is room", async () => {
    await fill("waiting", MOST_WAITING - 1, null);
    const other = await stage.endpoint(bob, receiver.url);
    await happens();
    await happens();
    expect(await stage.read()).toBe(3);
    expect(await count("waiting")).toBe(MOST_WAITING + 2);
    expect((await replayFailed()).status).toBe(429);
    await stage.sql("delete from webhook_deliveries where endpoint_id = $1", [id]);
    await happens();
    expect(await stage.read()).toBe(2);
    expect(other.id).not.toBe(id);
  });

  it("its owner is told of it once, and again when it had room in between", async () => {
    const told = () =>
      stage.sql(
        "select account_id, said from notices where kind = 'webhook.full' and subject_kind = 'webhook' and subject_id = $1",
        [String(id)],
      );
    await fill("waiting", MOST_WAITING - 1, null);
    await happens();
    await stage.read();
    expect(await told()).toEqual([]);
    for (let turn = 0; turn < 3; turn += 1) {
      await happens();
      await stage.read();
    }
    expect(await told()).toEqual([{ account_id: bob.id, said: { name: expect.any(String), waiting: MOST_WAITING } }]);
    // Now and then one more is sent: it goes on being too much.
    const sent = "delete from webhook_deliveries where id in (select id from webhook_deliveries limit $1)";
    await stage.sql(sent, [2]);
    for (let turn = 0; turn < 4; turn += 1) {
      await happens();
      await stage.read();
    }
    expect(await told()).toHaveLength(1);
    await stage.sql(sent, [MOST_WAITING / 2 + 1]);
    await happens();
    await stage.read();
    await fill("waiting", MOST_WAITING, 1);
    await happens();
    await stage.read();
    expect(await told()).toHaveLength(2);
  }, 30_000);
});
