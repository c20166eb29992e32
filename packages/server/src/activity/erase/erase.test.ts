import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let ann: TestPerson;
let bob: TestPerson;
const AT = "/api/stoa/v1/activity";

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob] = [await server.person("ann"), await server.person("bob")];
});
afterAll(() => server.close());
beforeEach(async () => {
  await server.rows("truncate activity_executions, activity_days, activity_totals, events");
  const executions = [0, 1, 2, 40].map((days) => cell({ timestamp: daysAgo(days), code: `${days} days` }));
  for (const person of [ann, bob]) await server.report(person, executions);
});

const codesOf = async ({ id }: TestPerson) =>
  (
    await server.rows<{ code: string }>("select code from activity_executions where account_id = $1 order by at desc", [
      id,
    ])
  ).map(({ code }) => code);

describe("one's own activity", () => {
  it("is deleted with its figures, what came after the request and others' stay", async () => {
    const answer = await server.call("DELETE", AT, { as: ann });
    expect(answer).toMatchObject({ status: 202, body: { operation_id: expect.any(String) } });
    await server.report(ann, [cell({ code: "later" })]);
    expect(await server.operations.runAll()).toEqual([{ erased: 4 }]);
    expect(await codesOf(ann)).toEqual(["later"]);
    expect(await codesOf(bob)).toHaveLength(4);
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 1, today_executions: 1 });
    expect(await server.activity.statsOf(bob.id)).toMatchObject({ total_executions: 4 });
    const audit =
      "select actor_id, subject_id, details::jsonb as details from audit_entries where action = 'activity.erase'";
    expect(await server.rows(audit)).toEqual([
      { actor_id: ann.id, subject_id: String(ann.id), details: { from: null, to: null } },
    ]);
  });

  it("is deleted of a time alone, in many steps", async () => {
    const many = Array.from({ length: 900 }, (_, n) => cell({ timestamp: daysAgo(1 + n / 1_000), code: "many" }));
    for (let times = 0; times < 5; times += 1) {
      await server.report(
        ann,
        many.map((one) => ({ ...one, id: undefined })),
      );
    }
    const query = `?from=${daysAgo(1.95)}&to=${daysAgo(0.5)}`;
    await server.call("DELETE", AT + query, { as: ann });
    expect(await server.operations.runAll()).toEqual([{ erased: 4_501 }]);
    expect(await codesOf(ann)).toEqual(["0 days", "2 days", "40 days"]);
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 3 });
    expect((await server.call("DELETE", `${AT}?from=never`, { as: ann })).status).toBe(400);
  });

  it("killed in the middle is deleted all the same", async () => {
    const input = { account: ann.id, from: null, to: null, upToId: Number.MAX_SAFE_INTEGER };
    const subject = { kind: "account", id: String(ann.id) };
    const run = (crashAt?: number) =>
      server.operations.runAs("x", "activity.erase", subject, { input, ...(crashAt ? { crashAt } : {}) });
    await expect(run(1)).rejects.toThrow("killed");
    expect(await codesOf(ann)).toHaveLength(4);
    await expect(run(2)).rejects.toThrow("killed");
    expect(await codesOf(ann)).toEqual([]);
    expect(await run()).toEqual({ erased: 0 });
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 0 });
  });

  it("goes with the account, and into the export of its data", async () => {
    const { accountPart } = server.activity;
    // A day whose executions are gone: their month was dropped, and the figures were not yet.
    await server.rows("insert into activity_days values ($1, '2020-01-01', 5, 1, 10, '2020-01-01')", [ann.id]);
    expect(await accountPart.owned(ann.id)).toEqual({ executions: 4 });
    const rows = await Array.fromAsync(accountPart.rows.activity(ann.id));
    expect(rows).toMatchObject([{ code: "0 days", status: "success" }, {}, {}, { code: "40 days" }]);
    expect(await accountPart.remove(ann.id)).toBe(true);
    expect(await codesOf(ann)).toEqual([]);
    expect(await codesOf(bob)).toHaveLength(4);
    for (const table of ["activity_days", "activity_totals"]) {
      expect(await server.rows(`select 1 from ${table} where account_id = $1`, [ann.id])).toEqual([]);
    }
    expect(await accountPart.owned(ann.id)).toEqual({ executions: 0 });
  });

  it("is not deleted by a token", async () => {
    const body = { label: "all", scopes: ["*"] };
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", { as: ann, body });
    const answer = await server.call("DELETE", AT, { as: { bearer: (made.body as { token: string }).token } });
    expect(answer.status).toBe(403);
    expect(await codesOf(ann)).toHaveLength(4);
  });
});
