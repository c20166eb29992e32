import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer } from "../testing-reports.ts";
import { createTurns, turnsBeside } from "./turns.ts";

/** Work that goes on until it is let go. */
function held() {
  const let_go = Promise.withResolvers<void>();
  const begun: string[] = [];
  const work = (name: string) => async () => {
    begun.push(name);
    await let_go.promise;
    return name;
  };
  return { begun, work, letGo: let_go.resolve };
}

describe("turns", () => {
  it("go on one by one for one person, beside others; who waits beyond the bound is to come again", async () => {
    const turns = createTurns({ atOnce: 2, waiting: 5, waitingOfOne: 1 });
    const { begun, work, letGo } = held();
    const all = [turns.run(1, work("a")), turns.run(1, work("b")), turns.run(2, work("c"))];
    await expect(turns.run(1, work("d"))).rejects.toMatchObject({ code: "rate_limited", details: { seconds: 2 } });
    await vi.waitFor(() => expect(begun).toEqual(["a", "c"]));
    letGo();
    expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
    expect(begun).toEqual(["a", "c", "b"]);
    expect(await turns.run(1, async () => "again")).toBe("again");
  });

  it("are so many of all; what fails makes way as well", async () => {
    const turns = createTurns({ atOnce: 1, waiting: 1, waitingOfOne: 3 });
    const { work, letGo } = held();
    const all = [turns.run(1, work("a")), turns.run(2, work("b"))];
    await vi.waitFor(() => expect(turns.run(3, work("c"))).rejects.toMatchObject({ code: "unavailable" }));
    letGo();
    await Promise.all(all);
    const fails = async () => {
      throw new Error("no");
    };
    for (let times = 0; times < 5; times += 1) await expect(turns.run(1, fails)).rejects.toThrow("no");
    expect(await turns.run(1, async () => "well")).toBe("well");
  });

  it("leave most of the pool to everything else, however small it is", async () => {
    const { begun, work, letGo } = held();
    const turns = turnsBeside(10);
    const all = Array.from({ length: 9 }, (_, person) => turns.run(person, work(String(person))));
    await vi.waitFor(() => expect(begun).toHaveLength(4));
    letGo();
    await Promise.all(all);
    expect(await turnsBeside(1).run(1, async () => 1)).toBe(1);
  });
});

describe("one person who floods", () => {
  let server: ActivityServer;
  let [ann, bob]: TestPerson[] = [];
  beforeAll(async () => {
    server = await createActivityServer();
    [ann, bob] = [await server.person("ann"), await server.person("bob")];
  });
  afterAll(() => server.close());

  it("waits behind their own reports, and nobody else does", async () => {
    const [one, other] = [ann as TestPerson, bob as TestPerson];
    await server.report(one, [cell()]);
    const release = Promise.withResolvers<void>();
    // Another process writes for this person, and takes its time.
    const slow = server.platform.db.transaction().execute(async (trx) => {
      await sql`select from activity_totals where account_id = ${one.id} for update`.execute(trx);
      await release.promise;
    });
    const flood = Array.from({ length: 40 }, () => server.report(one, [cell()]));
    // Every connection of the pool would wait for that row.
    expect((await server.call("GET", "/api/activity/recent", { as: other })).status).toBe(200);
    expect((await server.report(other, [cell()])).body).toMatchObject({ taken: 1 });
    const hours = await Promise.all(
      Array.from({ length: 5 }, () => server.call("GET", "/api/stoa/v1/activity/hours", { as: one })),
    );
    release.resolve();
    await slow;
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(35);
    for (const { status, headers } of hours) {
      expect(status).toBe(429);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    expect((await server.call("GET", "/api/stoa/v1/activity/hours", { as: one })).status).toBe(200);
  });

  it("hears 503 when a row is held for long, and nothing is kept of it", async () => {
    const one = ann as TestPerson;
    const before = await server.activity.statsOf(one.id);
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = server.platform.db.transaction().execute(async (trx) => {
      await sql`select from activity_totals where account_id = ${one.id} for update`.execute(trx);
      held.resolve();
      await release.promise;
    });
    await held.promise;
    const { status } = await server.report(one, [cell()]);
    release.resolve();
    await slow;
    expect(status).toBe(503);
    expect(await server.activity.statsOf(one.id)).toEqual(before);
  });
});
