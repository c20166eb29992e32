import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let ann: TestPerson;
let bob: TestPerson;

const bounded = (changes: object) => ({ config: { activity: { ...testConfig().activity, ...changes } } });
beforeAll(async () => {
  server = await createActivityServer(bounded({ dayEntries: 10, dayMegabytes: 1 }));
  [ann, bob] = [await server.person("ann"), await server.person("bob")];
});
afterAll(() => server.close());
beforeEach(() => server.rows("truncate activity_executions, activity_days, activity_totals"));

const cells = (count: number, changes: object = {}) => Array.from({ length: count }, () => cell(changes));

describe("what one person reports in a day", () => {
  it("has a bound, whenever it ran; beyond it nothing is kept, in words of both languages", async () => {
    expect((await server.report(ann, cells(6, { timestamp: daysAgo(20) }))).body).toMatchObject({ taken: 6 });
    const before = await server.activity.statsOf(ann.id);
    const refused = (language: string) =>
      server.call("POST", "/api/audit-logs", {
        ...{ as: ann, body: { executions: cells(5) } },
        headers: { "accept-language": language },
      });
    const answer = await refused("en");
    expect(answer).toMatchObject({ status: 429, body: { detail: expect.stringContaining("10 executions or 1 MiB") } });
    const wait = Number(answer.headers["retry-after"]);
    expect(wait > 0 && wait <= 86_400).toBe(true);
    expect((await refused("fa")).body).toMatchObject({ detail: expect.stringContaining("اجرا") });
    expect(await server.activity.statsOf(ann.id)).toEqual(before);
    expect((await server.report(ann, cells(4))).status).toBe(200);
    expect((await server.report(ann, cells(1))).status).toBe(429);
    expect((await server.report(bob, cells(10))).status).toBe(200);
  });

  it("begins anew the next day; deleting it makes no room", async () => {
    await server.report(ann, cells(10));
    await server.call("DELETE", "/api/stoa/v1/activity", { as: ann });
    await server.operations.runAll();
    expect((await server.report(ann, cells(1))).status).toBe(429);
    await server.rows("update activity_totals set taken_day = taken_day - 1");
    expect((await server.report(ann, cells(10))).body).toMatchObject({ taken: 10 });
  });

  it("is bounded in bytes as they are kept; what was sent twice counts once", async () => {
    const executions = cells(5, { code: "x".repeat(60_000) });
    expect((await server.report(ann, executions)).status).toBe(200);
    expect((await server.report(ann, executions)).body).toMatchObject({ known: 5 });
    const rows = await server.rows("select taken_entries, taken_bytes from activity_totals");
    expect(rows).toEqual([{ taken_entries: 5, taken_bytes: 5 * (60_000 + 8_192) }]);
    const more = cells(5, { code: "\u{1f600}".repeat(32_768) });
    expect((await server.report(ann, more)).status).toBe(429);
    await server.rows("update activity_totals set taken_day = taken_day - 1");
    // The first batch of a day is taken whatever its size: it could not be sent at all otherwise.
    const large = cells(10, { code: "\u{1f600}".repeat(32_768) });
    expect((await server.report(ann, large)).body).toMatchObject({ taken: 10 });
    expect((await server.report(ann, cells(1))).status).toBe(429);
  });

  it("has none where none is set", async () => {
    const free = await createActivityServer(bounded({ dayEntries: 0, dayMegabytes: 0 }));
    const carl = await free.person("carl");
    for (let times = 0; times < 2; times += 1) expect((await free.report(carl, cells(1_000))).status).toBe(200);
    await free.close();
  });
});

it("long code is found by its first 8,192 characters, kept whole, and costs the search no more", async () => {
  const code = `needle_at_begin ${"\u0627".repeat(65_000)} needle_at_end`;
  await server.report(ann, [cell({ code, status: "error", error_message: "needle_in_error" })]);
  const found = async (text: string) => {
    const { body } = await server.call("GET", `/api/stoa/v1/activity?text=${text}`, { as: ann });
    return (body as { items: unknown[] }).items.length;
  };
  expect([await found("needle_at_begin"), await found("needle_at_end"), await found("needle_in_error")]).toEqual([
    1, 0, 1,
  ]);
  const [row] = await server.rows<{ whole: boolean; folded: number }>(
    "select code = $1 as whole, octet_length(folded) as folded from activity_executions",
    [code],
  );
  expect(row?.whole).toBe(true);
  expect(row?.folded).toBeLessThan(5 * 8_192 + 20);
});
