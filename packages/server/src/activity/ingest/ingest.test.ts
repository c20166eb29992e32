import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let ann: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob] = [await server.person("ann"), await server.person("bob")];
});
afterAll(() => server.close());
beforeEach(() => server.rows("truncate activity_executions, activity_days, activity_totals, events"));

const kept = () =>
  server.rows<{ code: string; error: string | null; cut: boolean; account_id: number }>(
    "select code, error, cut, account_id from activity_executions order by id",
  );
const figures = (person: TestPerson) => server.activity.statsOf(person.id);

describe("a batch", () => {
  it("is kept for the token's owner, with its figures, and told to that person's pages once", async () => {
    const executions = [cell(), cell({ status: "error", error_message: "ValueError: no", execution_time_ms: 30.4 })];
    const answer = await server.report(ann, executions);
    expect(answer).toEqual({ status: 200, body: { received: 2, taken: 2, known: 0, cut: 0, refused: [] } });
    expect(await kept()).toMatchObject([
      { code: "print('hello')", account_id: ann.id },
      { error: "ValueError: no", account_id: ann.id },
    ]);
    expect(await figures(ann)).toMatchObject({
      ...{ total_executions: 2, today_executions: 2, total_errors: 1, success_rate: 50, avg_execution_time_ms: 20 },
      last_execution: expect.stringMatching(/^\d{4}-/),
    });
    expect(await figures(bob)).toMatchObject({ total_executions: 0, last_execution: null, success_rate: 0 });
    expect(await server.rows("select type, visibility, audience, data from events")).toEqual([
      { type: "activity.changed", visibility: "private", audience: [ann.id], data: { taken: 2 } },
    ]);
  });

  it("counts once however often it is sent, also at once, and in parts", async () => {
    const executions = Array.from({ length: 20 }, (_, day) => cell({ timestamp: daysAgo(day % 3), cell_number: day }));
    const both = await Promise.all([server.report(ann, executions), server.report(ann, executions)]);
    expect(both.reduce((sum, { body }) => sum + body.taken, 0)).toBe(20);
    expect((await server.report(ann, [...executions.slice(0, 5), cell()])).body).toMatchObject({ taken: 1, known: 5 });
    const twice = cell();
    expect((await server.report(ann, [twice, twice])).body).toMatchObject({ received: 2, taken: 1, known: 1 });
    expect(await figures(ann)).toMatchObject({ total_executions: 22 });
    const days = await server.rows<{ sum: number }>("select sum(executions)::int as sum from activity_days");
    expect(days).toEqual([{ sum: 22 }]);
  });

  it("of another person's with the same ids is that person's own", async () => {
    const executions = [cell()];
    await server.report(ann, executions);
    expect((await server.report(bob, executions)).body).toMatchObject({ taken: 1 });
    expect((await kept()).map(({ account_id }) => account_id)).toEqual([ann.id, bob.id]);
  });

  it("without ids counts each time; a bare list is taken", async () => {
    const { id: _, ...bare } = cell() as { id: string };
    for (let times = 0; times < 2; times += 1) {
      const answer = await server.call("POST", "/api/audit-logs", { as: ann, body: [bare] });
      expect(answer).toMatchObject({ status: 200, body: { taken: 1 } });
    }
  });

  it("with nothing new tells nobody", async () => {
    const executions = [cell()];
    await server.report(ann, executions);
    await server.rows("truncate events");
    await server.report(ann, executions);
    expect(await server.rows("select 1 from events")).toEqual([]);
  });
});

describe("times", () => {
  it("keep their microseconds, whatever the offset; without one they are UTC", async () => {
    const day = daysAgo(1).slice(0, 10);
    const times = [`${day}T10:00:00.123456+03:30`, `${day}T10:00:00.1`, `${day} 10:00:00-0100`, `${day}t10:00:00z`];
    await server.report(
      ann,
      times.map((timestamp) => cell({ timestamp })),
    );
    const found = await server.rows<{ at: string }>(
      "select to_char(at at time zone 'UTC', 'HH24:MI:SS.US') as at from activity_executions order by id",
    );
    expect(found.map(({ at }) => at)).toEqual([
      "06:30:00.123456",
      "10:00:00.100000",
      "11:00:00.000000",
      "10:00:00.000000",
    ]);
  });

  it("of long ago and of a wrong future are refused one by one, the others are kept", async () => {
    const id = randomUUID();
    const { body } = await server.report(ann, [
      cell({ id, timestamp: daysAgo(800) }),
      cell(),
      cell({ timestamp: daysAgo(-2) }),
      cell({ timestamp: "1900-01-01T00:00:00Z" }),
    ]);
    expect(body).toMatchObject({ received: 4, taken: 1, known: 0 });
    expect(body.refused.map(({ index, reason }) => [index, reason])).toEqual([
      [0, "too_old"],
      [2, "in_the_future"],
      [3, "too_old"],
    ]);
    expect(body.refused[0]?.id).toBe(id);
  });

  it("of a clock that is ahead become those of arrival, and count once all the same", async () => {
    const executions = [cell({ timestamp: daysAgo(-0.5) }), cell({ timestamp: daysAgo(-0.001) })];
    expect((await server.report(ann, executions)).body).toMatchObject({ taken: 2 });
    expect((await server.report(ann, executions)).body).toMatchObject({ taken: 0, known: 2 });
    const late = await server.rows("select 1 from activity_executions where at > now() + interval '5 minutes'");
    expect(late).toEqual([]);
  });

  it.each([
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "2026-02-30T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T10:61:00Z",
    "2026-01-01T10:00:00+99:00",
  ])("that there are not are refused: %s", async (timestamp) => {
    const answer = await server.report(ann, [cell(), cell({ timestamp })]);
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.body.detail).toContain("executions[1].timestamp");
    expect(await kept()).toEqual([]);
  });
});

describe("code", () => {
  it("of 5 MB is cut with a mark, and its message too", async () => {
    const { body } = await server.report(ann, [
      cell({ code: "x".repeat(5_000_000), status: "error", error_message: "e".repeat(10_000) }),
    ]);
    expect(body).toMatchObject({ taken: 1, cut: 1 });
    const [row] = await kept();
    expect(row?.code.slice(65_530)).toBe("xxxxxx… [cut: 5000000 characters]");
    expect(row?.error?.slice(8_190)).toBe("ee… [cut: 10000 characters]");
    expect(row?.cut).toBe(true);
    const before = cell({ code: `${"x".repeat(65_500)}… [cut: 70000 characters]` });
    expect((await server.report(ann, [before])).body).toMatchObject({ taken: 1, cut: 1 });
    expect((await kept())[1]?.code.slice(65_498)).toBe("xx… [cut: 70000 characters]");
  });

  it("with NUL, halves of pairs and control characters is kept as far as it can be", async () => {
    const awkward = "a\u0000b\ud800c\udc00d\u0007\u{1f600}\\ \"' {1,2} \\N";
    expect((await server.report(ann, [cell({ code: awkward, error_message: "\u0000" })])).status).toBe(200);
    expect(await kept()).toMatchObject([
      { code: "a\ufffdb\ufffdc\ufffdd\u0007\u{1f600}\\ \"' {1,2} \\N", error: "\ufffd" },
    ]);
    // Half of a pair at the place of the cut.
    await server.report(ann, [cell({ code: `${"x".repeat(65_535)}\u{1f600}` })]);
    expect((await kept())[1]?.code.slice(65_534)).toBe("x\ufffd… [cut: 65537 characters]");
  });

  it("that is not UTF-8 is refused with all of its batch", async () => {
    const bytes = Buffer.concat([
      Buffer.from(
        '{"executions":[{"timestamp":"2026-11-01T00:00:00Z","status":"success","execution_time_ms":1,"code":"',
      ),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('"}]}'),
    ]);
    const headers = {
      authorization: `Bearer ${ann.bearer}`,
      host: "localhost:8080",
      "content-type": "application/json",
    };
    const answer = await server.app.inject({ method: "POST", url: "/api/audit-logs", headers, payload: bytes });
    expect(answer.statusCode).toBe(400);
    expect(await kept()).toEqual([]);
  });
});

describe("what is refused", () => {
  it.each<[string, object, string]>([
    ["a status of its own", { status: "ok" }, "executions[0].status"],
    ["no code", { code: undefined }, "executions[0].code"],
    ["code that is no text", { code: 5 }, "executions[0].code"],
    ["whose it is", { username: "bob" }, "executions[0]"],
    ["an account", { account_id: 1 }, "executions[0]"],
    ["an id that is no UUID", { id: "7" }, "executions[0].id"],
    ["negative time", { execution_time_ms: -1 }, "executions[0].execution_time_ms"],
    ["too long a time", { execution_time_ms: 1e15 }, "executions[0].execution_time_ms"],
    ["a cell number that is none", { cell_number: 1.5 }, "executions[0].cell_number"],
    ["nothing dropped", { dropped_before: 0 }, "executions[0].dropped_before"],
    ["a time in words", { timestamp: "yesterday" }, "executions[0].timestamp"],
  ])("%s", async (_what, changes, where) => {
    const answer = await server.report(ann, [cell(changes)]);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain(where);
    expect(await kept()).toEqual([]);
  });

  it("batches of nothing, of too many, of too many bytes, and what is no batch", async () => {
    expect((await server.report(ann, [])).status).toBe(422);
    expect((await server.report(ann, new Array(1_001).fill(cell()))).status).toBe(422);
    expect((await server.report(ann, [cell({ code: "x".repeat(8 * 1024 * 1024) })])).status).toBe(413);
    for (const body of [{}, { executions: {} }, { executions: [cell()], user: "bob" }, [[]], "x"]) {
      const answer = await server.call("POST", "/api/audit-logs", {
        as: ann,
        body,
        headers: { "content-type": "application/json" },
      });
      expect([400, 422]).toContain(answer.status);
    }
    expect(await kept()).toEqual([]);
  });

  it("people without the scope or a token, and those who are to prove themselves first", async () => {
    expect((await server.report({ bearer: "nonsense" }, [cell()])).status).toBe(401);
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: ann,
      body: { label: "reads only", scopes: ["activity:read"] },
    });
    const { token } = made.body as { token: string };
    expect((await server.report({ bearer: token }, [cell()])).status).toBe(403);
  });
});
