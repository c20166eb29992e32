import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let ann: TestPerson;
let bob: TestPerson;
let boss: TestPerson;
const at = daysAgo(1);

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob, boss] = [await server.person("ann"), await server.person("bob"), await server.admin()];
  await server.report(ann, [
    cell({ timestamp: at, cell_number: 4, code: `x = "${"y".repeat(200)}"`, execution_time_ms: 7 }),
    cell({
      ...{ code: "😀".repeat(101), status: "error", execution_time_ms: 8, cell_number: null },
      error_message: "e".repeat(300),
    }),
  ]);
  await server.report(bob, [cell({ code: "print('bob')" })]);
});
afterAll(() => server.close());

const get = async (path: string, as: TestPerson | undefined = ann, locale?: "en" | "fa") =>
  server.call("GET", path, { ...(as ? { as } : {}), ...(locale ? { locale } : {}) });

describe("one's own", () => {
  const first = {
    ...{ id: expect.any(Number), timestamp: at, cell_number: 4, execution_time_ms: 7, status: "success" },
    ...{ code_preview: `x = "${"y".repeat(95)}`, error_preview: null },
  };
  const second = {
    ...{ id: expect.any(Number), timestamp: expect.any(String), cell_number: null, execution_time_ms: 8 },
    ...{ status: "error", code_preview: "😀".repeat(100), error_preview: "e".repeat(200) },
  };
  const whole = [
    { ...second, code: "😀".repeat(101), error_message: "e".repeat(300) },
    { ...first, code: `x = "${"y".repeat(200)}"`, error_message: null },
  ];

  it("log is in the contract's shape, newest first, by limit and offset", async () => {
    expect((await get("/api/audit-logs")).body).toEqual({ logs: [second, first], count: 2 });
    expect((await get("/api/audit-logs?limit=1&offset=1")).body).toEqual({ logs: [first], count: 1 });
    expect((await get("/api/audit-logs/?offset=2")).body).toEqual({ logs: [], count: 0 });
  });

  it("latest are whole", async () => {
    expect((await get("/api/activity/recent")).body).toEqual({ activities: whole, count: 2 });
    expect((await get("/api/activity/recent?limit=1")).body).toEqual({ activities: [whole[0]], count: 1 });
  });

  it("days are those on which something ran, in the last so many", async () => {
    const day = (time: string, failed: boolean, ms: number) => ({
      ...{ date: time.slice(0, 10), executions: 1, avg_time_ms: ms },
      ...{ success_count: failed ? 0 : 1, error_count: failed ? 1 : 0 },
    });
    const [yesterday, today] = [day(at, false, 7), day(new Date().toISOString(), true, 8)];
    expect((await get("/api/activity/stats")).body).toEqual({ daily_stats: [yesterday, today], period_days: 7 });
    expect((await get("/api/activity/stats?days=1")).body).toEqual({ daily_stats: [today], period_days: 1 });
  });

  it("search repeats what was asked for, and finds a part in any case", async () => {
    const { body, headers } = await get("/api/activity/search?query=X%20%3D%20%22YYY");
    expect(body).toEqual({ results: [whole[1]], query: 'X = "YYY', count: 1 });
    expect(headers["stoa-searched-back-to"]).toBeUndefined();
    expect((await get("/api/activity/search?query=bob")).body).toEqual({ results: [], query: "bob", count: 0 });
  });

  it.each([
    ["en", "A search needs at least 2 characters"],
    ["fa", "حداقل 2 کاراکتر برای جستجو نیاز است"],
  ] as const)("search by one character is refused in %s", async (locale, detail) => {
    for (const query of ["?query=x", "?query=", "", "?query=%F0%9F%98%80"]) {
      const answer = await get(`/api/activity/search${query}`, ann, locale);
      expect(answer).toMatchObject({ status: 400, body: { detail } });
    }
  });

  it.each([
    ...["audit-logs?limit=0", "audit-logs?limit=501", "audit-logs?offset=-1", "audit-logs?offset=100001"],
    ...["activity/recent?limit=101", "activity/recent?limit=x", "activity/stats?days=0", "activity/stats?days=367"],
    ...["activity/search?query=ab&limit=101", `activity/search?query=${"a".repeat(201)}`],
  ])("%s is refused", async (path) => {
    expect((await get(`/api/${path}`)).status).toBe(422);
  });
});

describe("everybody's", () => {
  it("figures are in the contract's shape, the latest first", async () => {
    const { body } = await get("/api/admin/all-users-activity", boss);
    expect(body).toEqual({
      users_activity: [
        {
          ...{ username: "bob", total_executions: 1, today_executions: 1, error_count: 0, avg_time_ms: 10 },
          last_active: expect.any(String),
        },
        {
          ...{ username: "ann", total_executions: 2, today_executions: 1, error_count: 1, avg_time_ms: 7.5 },
          last_active: expect.any(String),
        },
      ],
      total_users: 2,
    });
  });

  it("system statistics are in the contract's shape", async () => {
    expect((await get("/api/admin/system-stats", boss)).body).toEqual({
      ...{ total_executions: 3, active_users: 2, today_executions: 2, total_errors: 1, avg_execution_time_ms: 8.33 },
      top_users: [
        { username: "ann", executions: 2 },
        { username: "bob", executions: 1 },
      ],
      recent_errors: [
        {
          ...{ username: "ann", timestamp: expect.any(String), code_preview: "😀".repeat(100) },
          error: "e".repeat(200),
        },
      ],
    });
  });

  it.each([
    ["fa", "دسترسی محدود به مدیران سیستم"],
    ["en", "Access is limited to administrators."],
  ] as const)("is for administrators, in %s", async (locale, detail) => {
    for (const path of ["all-users-activity", "system-stats"]) {
      expect(await get(`/api/admin/${path}`, ann, locale)).toMatchObject({ status: 403, body: { detail } });
    }
  });
});

describe("our own API", () => {
  it("says that it is self-reported, and gives one execution whole to its person alone", async () => {
    const list = (await get("/api/stoa/v1/activity")).body as { items: { id: string }[] };
    expect(list).toMatchObject({ self_reported: true, next_cursor: null, searched_back_to: null });
    const id = list.items[1]?.id ?? "";
    const one = `/api/stoa/v1/activity/${id}`;
    expect((await get(one)).body).toMatchObject({ id, cell_number: 4, is_whole: true, self_reported: true });
    expect((await get(one, bob)).status).toBe(404);
    expect((await get("/api/stoa/v1/activity/bm9uZQ")).status).toBe(404);
    expect((await get(`/api/stoa/v1/admin/activity/${id}`, boss)).body).toMatchObject({
      ...{ account: { username: "ann" }, self_reported: true },
    });
  });

  it("shows a part of what is long, and says so", async () => {
    await server.report(bob, [cell({ code: "z".repeat(5_000), dropped_before: 12 })]);
    const { items } = (await get("/api/stoa/v1/activity?limit=1", bob)).body as {
      items: { id: string; code: string }[];
    };
    expect(items[0]).toMatchObject({ is_whole: false, was_cut: false, dropped_before: 12, code: "z".repeat(1_000) });
    const one = await get(`/api/stoa/v1/activity/${items[0]?.id}`, bob);
    expect(one.body).toMatchObject({ code: "z".repeat(5_000), is_whole: true });
  });

  it("has days for a year's map, and hours of the day", async () => {
    const days = (await get("/api/stoa/v1/activity/days")).body as { items: object[] };
    expect(days.items).toEqual([
      { day: at.slice(0, 10), executions: 1, errors: 0, execution_time_ms: 7 },
      { day: new Date().toISOString().slice(0, 10), executions: 1, errors: 1, execution_time_ms: 8 },
    ]);
    const hours = (await get("/api/stoa/v1/activity/hours?days=2")).body as { items: { executions: number }[] };
    expect(hours.items.reduce((sum, { executions }) => sum + executions, 0)).toBe(2);
  });
});
