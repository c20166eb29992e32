import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../testing/accounts-server.ts";
import { accountPart } from "./account-part.ts";
import { thin } from "./deliveries/thin.ts";
import { goodSecrets } from "./endpoints/secrets.ts";
import { chosenTypes, eventTypes } from "./events/event-types.ts";
import { answering, createReceiver, createStage, type Receiver, type Stage } from "./testing-webhooks.ts";

let receiver: Receiver;
let stage: Stage;
let [ann, bob, boss]: TestPerson[] = [];

beforeAll(async () => {
  receiver = await createReceiver();
  stage = await createStage({ receivers: [receiver], perPerson: 3 });
  [ann, bob, boss] = [await stage.server.person("ann"), await stage.server.person("bob"), await stage.server.admin()];
});
afterAll(async () => {
  await stage.close();
  await receiver.close();
});
beforeEach(async () => {
  await stage.sql("delete from webhook_endpoints");
  receiver.received.length = 0;
  receiver.behave = answering(200);
});

const hook = (changes: object = {}) => ({ name: "Hook", url: receiver.url, types: ["session.*"], ...changes });
const endpoint = (changes: object = {}, person = ann) => stage.endpoint(person as TestPerson, receiver.url, changes);
let session = 0;
async function happens(count = 1): Promise<void> {
  for (let n = 0; n < count; n++) {
    session += 1;
    const subject = { kind: "session", id: String(session) };
    await stage.publish({ type: "session.status", audience: [ann?.id ?? 0], subject, data: { status: "failed" } });
  }
  await stage.run();
}

describe("one's own webhooks", () => {
  it("are added, listed in pages, read, changed and deleted", async () => {
    const made = await stage.call(ann, "POST", "/webhooks", hook({ name: "  Build  ", types: ["ping", "session.*"] }));
    expect(made.status).toBe(400);
    const ids: number[] = [];
    for (const name of ["One", "  Two ", "Three"])
      ids.push((await endpoint({ name, types: ["session.*", "session.*"] })).id);
    const first = (await stage.call(ann, "GET", "/webhooks?limit=2")).body;
    expect(first.items.map((item: { name: string }) => item.name)).toEqual(["One", "Two"]);
    const rest = (await stage.call(ann, "GET", `/webhooks?limit=2&cursor=${first.next_cursor}`)).body;
    expect([rest.items.length, rest.next_cursor]).toEqual([1, null]);
    const change = { description: "For the build", types: ["quota.full"], active: false };
    expect((await stage.call(ann, "PATCH", `/webhooks/${ids[0]}`, change)).body).toMatchObject({
      ...change,
      state: "paused",
    });
    const read = (await stage.call(ann, "GET", `/webhooks/${ids[0]}`)).body;
    expect(read).toMatchObject({
      ...change,
      name: "One",
      url: receiver.url,
      owner: { username: "ann" },
      problem: null,
    });
    expect(JSON.stringify(read)).not.toContain("whsec_");
    expect((await stage.call(ann, "DELETE", `/webhooks/${ids[0]}`)).status).toBe(204);
    expect((await stage.call(ann, "GET", `/webhooks/${ids[0]}`)).status).toBe(404);
  });

  it("tell how their last 20 deliveries stand, the newest first", async () => {
    const { id } = await endpoint();
    const other = await endpoint({ types: ["quota.full"] });
    await happens(21);
    receiver.behave = answering(500);
    await happens();
    const { items } = (await stage.call(ann, "GET", "/webhooks")).body;
    const [first, second] = [id, other.id].map((one) => items.find((item: { id: number }) => item.id === one));
    const states = first.recent.map(({ state }: { state: string }) => state);
    expect(states).toEqual(["waiting", ...Array.from({ length: 19 }, () => "delivered")]);
    expect(first.recent[0].at).toBe(
      (await stage.call(ann, "GET", `/webhooks/${id}/deliveries?limit=1`)).body.items[0].created_at,
    );
    expect(second.recent).toEqual([]);
  });

  it("show their secret once, and keep it sealed", async () => {
    const { id, secret } = await endpoint();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const rows = await stage.sql("select sealed from webhook_secrets where endpoint_id = $1", [id]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows).toHaveLength(1);
    const everything = JSON.stringify(
      await stage.sql("select details, subject_label from audit_entries where action like 'webhook.%'"),
    );
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain("/in");
  });

  it("are nobody else's to see or touch", async () => {
    const { id } = await endpoint();
    await happens();
    const [delivery] = await stage.sql<{ id: number }>("select id from webhook_deliveries where endpoint_id = $1", [
      id,
    ]);
    const calls = [
      ...[
        ["GET", ""],
        ["PATCH", ""],
        ["DELETE", ""],
        ["POST", "/secret"],
        ["POST", "/ping"],
        ["POST", "/replay-failed"],
      ],
      ...[
        ["GET", "/deliveries"],
        ["GET", `/deliveries/${delivery?.id}`],
        ["POST", `/deliveries/${delivery?.id}/replay`],
      ],
    ] as const;
    for (const [method, path] of calls) {
      const body =
        method === "PATCH"
          ? { name: "Mine" }
          : path === "/replay-failed"
            ? { since: "2020-01-01T00:00:00Z" }
            : undefined;
      for (const person of [bob, boss]) {
        expect((await stage.call(person, method as "GET", `/webhooks/${id}${path}`, body)).status, path).toBe(404);
      }
    }
    expect((await stage.call(bob, "GET", "/webhooks")).body.items).toEqual([]);
    // Nor is another's delivery reached by one's own webhook.
    const own = await endpoint({}, bob);
    expect((await stage.call(bob, "GET", `/webhooks/${own.id}/deliveries/${delivery?.id}`)).status).toBe(404);
  });

  it("are so many at most, and for administrators only where that is 0", async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => stage.call(ann, "POST", "/webhooks", hook())));
    expect(made.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409]);
    const refused = made.find(({ status }) => status === 409);
    expect(refused?.body.details).toMatchObject({ reason: "too_many", count: 3 });
    const none = await createStage({ receivers: [receiver], perPerson: 0 });
    try {
      const [eve, root] = [await none.server.person("eve"), await none.server.admin()];
      expect((await none.call(eve, "POST", "/webhooks", hook())).body.details).toMatchObject({ reason: "admins_only" });
      expect((await none.call(root, "POST", "/webhooks", hook())).status).toBe(201);
    } finally {
      await none.close();
    }
  });

  it.each([
    ["a private address", { url: "https://10.0.0.1/" }, 422],
    ["no address", { url: "nonsense" }, 422],
    ["plain http", { url: "http://example.org/" }, 422],
    ["a password in it", { url: "https://a:b@example.org/" }, 422],
    ["a type that there isn't", { types: ["session.exploded"] }, 400],
    ["all groups at once", { types: ["*"] }, 400],
    ["no types", { types: [] }, 400],
    ["no name", { name: "  " }, 400],
    ["a name with NUL", { name: "a\u0000b" }, 400],
    ["something unknown", { secret: "mine" }, 400],
    ["everybody's events", { everybody: true }, 403],
  ])("are not made of %s", async (_what, changes, status) => {
    expect((await stage.call(ann, "POST", "/webhooks", hook(changes))).status).toBe(status);
    const { id } = await endpoint();
    expect((await stage.call(ann, "PATCH", `/webhooks/${id}`, changes)).status).toBe(status);
  });

  it("are refused in the reader's language", async () => {
    const body = hook({ url: "https://10.0.0.1/" });
    const url = "/api/stoa/v1/webhooks";
    const answer = await stage.server.call("POST", url, { as: ann as TestPerson, body, locale: "fa" });
    expect((answer.body as { detail: string }).detail).toContain("این نشانی در اینترنت نیست");
  });

  it("are told what there is", async () => {
    const { items, most } = (await stage.call(ann, "GET", "/webhooks/event-types")).body;
    expect(items.map(({ type }: { type: string }) => type)).toEqual(Object.keys(eventTypes));
    expect(most).toBe(3);
    expect((await stage.call(ann, "POST", "/webhooks", hook({ types: chosenTypes }))).status).toBe(201);
  });
});

describe("a new secret", () => {
  it("signs beside the old one for a day, and alone after it", async () => {
    const { id, secret: old } = await endpoint();
    const rotated = await stage.call(ann, "POST", `/webhooks/${id}/secret`);
    expect(rotated.body.secret).not.toBe(old);
    expect(rotated.body.old_secret_until).toMatch(/Z$/);
    await happens();
    expect(String(receiver.received[0]?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    stage.pass(25 * 3_600_000);
    await happens();
    expect(String(receiver.received[1]?.headers["webhook-signature"]).split(" ")).toHaveLength(1);
    // Twice in a row: the first of them is good no more.
    await stage.call(ann, "POST", `/webhooks/${id}/secret`);
    await stage.call(ann, "POST", `/webhooks/${id}/secret`, { force: true });
    expect(await stage.sql("select 1 from webhook_secrets where endpoint_id = $1", [id])).toHaveLength(2);
  });
});

describe("a secret that is replaced twice at once", () => {
  // Calls are answered by the real clock.
  const goodNow = (id: number) => goodSecrets({ ...stage.context, now: () => new Date() }, id);
  const rotate = (id: number, body?: object) => stage.call(ann, "POST", `/webhooks/${id}/secret`, body);

  it("keeps the one that the receiver has: the second is refused, in words, unless it is forced", async () => {
    const { id, secret } = await endpoint();
    const both = await Promise.all([rotate(id), rotate(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = both.find(({ status }) => status === 409)?.body;
    expect(refused).toMatchObject({
      details: { reason: "old_secret_signs" },
      detail: expect.stringContaining("force"),
    });
    expect(await goodNow(id)).toContain(secret);
    expect((await rotate(id, { force: false })).status).toBe(409);
    expect((await rotate(id, { force: true })).status).toBe(200);
    expect(await goodNow(id)).not.toContain(secret);
    for (const body of [{ force: "yes" }, { forced: true }, []]) expect((await rotate(id, body)).status).toBe(400);
  });

  it("is replaced again without force once the old one signs no more", async () => {
    const { id } = await endpoint();
    await rotate(id);
    await stage.sql("update webhook_secrets set ends_at = now() - interval '1 hour' where ends_at is not null");
    expect((await rotate(id)).status).toBe(200);
  });
});

describe("the log", () => {
  it("is read in pages, by state and type, and one with all its attempts", async () => {
    const { id } = await endpoint({ types: ["session.*", "quota.*"] });
    receiver.behave = answering(500, 200);
    await happens(3);
    const log = async (query: string) => (await stage.call(ann, "GET", `/webhooks/${id}/deliveries${query}`)).body;
    const first = await log("?limit=2");
    expect([first.items.length, (await log(`?limit=2&cursor=${first.next_cursor}`)).items.length]).toEqual([2, 1]);
    expect((await log("?state=waiting")).items).toMatchObject([
      {
        type: "session.failed",
        attempts: 1,
        last: { status: 500, error: expect.stringContaining("500"), answer: "status 500" },
      },
    ]);
    expect((await log("?type=quota.full")).items).toEqual([]);
    expect((await stage.call(ann, "GET", `/webhooks/${id}/deliveries?cursor=x`)).status).toBe(400);
    stage.pass(6_000);
    await stage.send();
    const one = (await log("")).items.find(({ attempts }: { attempts: number }) => attempts === 2);
    const whole = (await stage.call(ann, "GET", `/webhooks/${id}/deliveries/${one.id}`)).body;
    expect(whole.attempts_made).toMatchObject([
      { number: 1, status: 500, duration_ms: expect.any(Number) },
      { number: 2, status: 200, error: null },
    ]);
    expect(JSON.parse(whole.body)).toMatchObject({ id: one.event_id, type: "session.failed" });
  });

  it("is kept for so many days", async () => {
    const { id } = await endpoint();
    await happens(2);
    await stage.sql(
      "update webhook_deliveries set created_at = now() - interval '31 days' where id = (select min(id) from webhook_deliveries)",
    );
    expect(await thin(stage.context.db, 30)).toBe(1);
    expect((await stage.call(ann, "GET", `/webhooks/${id}/deliveries`)).body.items).toHaveLength(1);
  });
});

describe("sending again", () => {
  it("is a delivery of its own with the same event, of one that has ended", async () => {
    const { id } = await endpoint();
    await happens();
    const path = `/webhooks/${id}/deliveries`;
    const [done] = (await stage.call(ann, "GET", path)).body.items;
    const again = await stage.call(ann, "POST", `${path}/${done.id}/replay`);
    expect([again.status, again.body]).toMatchObject([
      202,
      { replay_of: done.id, event_id: done.event_id, state: "waiting" },
    ]);
    expect((await stage.call(ann, "POST", `${path}/${done.id}/replay`)).body.details.reason).toBe("still_waits");
    expect((await stage.call(ann, "POST", `${path}/${again.body.id}/replay`)).body.details.reason).toBe("still_waits");
    await stage.send();
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
  });

  it("of all that was given up takes each once, and nothing from before", async () => {
    const { id } = await endpoint();
    await happens(3);
    await stage.sql("update webhook_deliveries set state = 'failed'");
    await stage.sql(
      "update webhook_deliveries set created_at = now() - interval '2 days' where id = (select min(id) from webhook_deliveries)",
    );
    const since = new Date(Date.now() - 86_400_000).toISOString();
    const all = () => stage.call(ann, "POST", `/webhooks/${id}/replay-failed`, { since });
    expect((await all()).body).toEqual({ count: 2, more: false });
    expect((await all()).body).toEqual({ count: 0, more: false });
    await stage.send();
    expect(receiver.received).toHaveLength(5);
    expect((await stage.call(ann, "POST", `/webhooks/${id}/replay-failed`, { since: "yesterday" })).status).toBe(400);
  });

  it("is refused while nothing is sent there; a test is not, but one at a time", async () => {
    const { id } = await endpoint({ active: false });
    const since = "2026-01-01T00:00:00Z";
    expect((await stage.call(ann, "POST", `/webhooks/${id}/replay-failed`, { since })).body.details.reason).toBe(
      "not_sent_to",
    );
    expect((await stage.call(ann, "POST", `/webhooks/${id}/ping`)).status).toBe(202);
    expect((await stage.call(ann, "POST", `/webhooks/${id}/ping`)).body.details.reason).toBe("ping_waits");
    await stage.send();
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({ type: "ping", data: { name: "Hook" } });
  });
});

describe("administrators", () => {
  it("see everybody's, without the whole address, and stop, delete and send again", async () => {
    const { id } = await endpoint();
    await happens();
    const { items } = (await stage.call(boss, "GET", `/admin/webhooks?account_id=${ann?.id}&state=on`)).body;
    expect(items).toMatchObject([{ id, url: `http://${receiver.target}`, owner: { username: "ann" } }]);
    expect((await stage.call(boss, "GET", "/admin/webhooks?state=off")).body.items).toEqual([]);
    const path = `/admin/webhooks/${id}`;
    const [delivery] = (await stage.call(boss, "GET", `${path}/deliveries`)).body.items;
    expect((await stage.call(boss, "GET", `${path}/deliveries/${delivery.id}`)).status).toBe(200);
    expect((await stage.call(boss, "POST", `${path}/deliveries/${delivery.id}/replay`)).status).toBe(202);
    expect((await stage.call(boss, "POST", `${path}/ping`)).status).toBe(202);
    expect((await stage.call(boss, "PATCH", path, { url: "https://example.org/" })).status).toBe(400);
    expect((await stage.call(boss, "PATCH", path, { active: false })).body).toMatchObject({ state: "paused" });
    expect((await stage.call(boss, "GET", path)).body).toMatchObject({ state: "paused" });
    expect((await stage.call(boss, "DELETE", path)).status).toBe(204);
    for (const method of ["GET", "DELETE"] as const) expect((await stage.call(ann, method, path)).status).toBe(403);
  });
});

describe("a person's data", () => {
  it("lists webhooks without secrets and what was sent, and goes with the account", async () => {
    const part = accountPart(stage.context);
    const { secret } = await endpoint();
    await endpoint({}, bob);
    await happens(2);
    const id = ann?.id ?? 0;
    expect(await part.owned(id)).toEqual({ webhooks: 1 });
    const all: object[] = [];
    for (const rows of Object.values(part.rows)) for await (const row of rows(id)) all.push(row);
    expect(all).toHaveLength(3);
    expect(JSON.stringify(all)).not.toContain(secret);
    expect(await part.remove?.(id)).toBe(true);
    expect(await stage.sql("select account_id from webhook_endpoints")).toEqual([{ account_id: bob?.id }]);
    expect(await stage.sql("select 1 from webhook_deliveries")).toEqual([]);
  });

  it("goes beside attempts that are noted meanwhile: endpoints are held before deliveries", async () => {
    const part = accountPart(stage.context);
    const { id } = await endpoint();
    await happens();
    const owner = ann?.id ?? 0;
    const isHeld = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const noting = stage.context.db.transaction().execute(async (trx) => {
      await trx.selectFrom("webhook_endpoints").select("id").where("id", "=", id).forUpdate().execute();
      isHeld.resolve();
      await release.promise;
      // It would wait for the removal, which waits for it.
      await trx.selectFrom("webhook_deliveries").select("id").where("endpoint_id", "=", id).forUpdate().execute();
    });
    await isHeld.promise;
    const removing = part.remove?.(owner);
    await vi.waitFor(async () => {
      const waiting = await stage.sql(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      expect(waiting).toHaveLength(1);
    }, 5_000);
    release.resolve();
    await noting;
    expect(await removing).toBe(true);
  });
});
