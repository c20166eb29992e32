import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let [ann, bob, eve, boss]: TestPerson[] = [];

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob, eve, boss] = [
    await server.person("ann"),
    await server.person("bob"),
    await server.person("eve"),
    await server.admin(),
  ];
  const failed = { status: "error", error_message: "no" };
  const old = { timestamp: daysAgo(2) };
  await server.report(ann as TestPerson, [cell(old), cell(old), cell({ ...old, execution_time_ms: 40 })]);
  await server.report(bob as TestPerson, [
    cell({ ...failed, execution_time_ms: 5 }),
    cell({ ...failed, execution_time_ms: 6 }),
  ]);
});
afterAll(() => server.close());

const base = "/api/stoa/v1/admin/activity/people";
const people = async (query: string, as = boss) => server.call("GET", `${base}${query}`, { ...(as ? { as } : {}) });
const names = async (query: string) =>
  ((await people(query)).body as { items: { account: { username: string } }[] }).items.map(
    ({ account }) => account.username,
  );

it("puts everybody who ran something in order by each figure, the most first", async () => {
  expect(await names("")).toEqual(["bob", "ann"]);
  expect(await names("?sort=executions")).toEqual(["ann", "bob"]);
  expect(await names("?sort=errors")).toEqual(["bob", "ann"]);
  expect(await names("?sort=average")).toEqual(["ann", "bob"]);
});

it.each(["last", "executions", "errors", "average"])("goes on by its cursor in the order of %s", async (sort) => {
  const first = (await people(`?sort=${sort}&limit=1`)).body as { items: unknown[]; next_cursor: string };
  const second = (await people(`?sort=${sort}&limit=1&cursor=${first.next_cursor}`)).body as typeof first;
  const both = (await people(`?sort=${sort}`)).body as typeof first;
  expect([...first.items, ...second.items]).toEqual(both.items);
  expect([second.next_cursor, both.next_cursor]).toEqual([null, null]);
});

it("tells one person's figures, and nobody's of who ran nothing", async () => {
  const { body } = await people(`?account_id=${bob?.id}`);
  expect(body).toEqual({
    items: [
      {
        account: { id: bob?.id, username: "bob", full_name: expect.stringMatching(/./) },
        ...{ executions: 2, today: 2, errors: 2, average_ms: 5.5, last_at: expect.any(String) },
      },
    ],
    next_cursor: null,
    self_reported: true,
  });
  expect((await people(`?account_id=${eve?.id}`)).body).toMatchObject({ items: [] });
});

it.each(["?cursor=x", "?cursor=1_", "?cursor=1e9_1", "?sort=name", "?limit=0", "?limit=201", "?account_id=0"])(
  "refuses %s",
  async (query) => {
    expect((await people(query)).status).toBe(400);
  },
);

it("is for administrators", async () => {
  expect((await people("", ann)).status).toBe(403);
  expect((await server.call("GET", base)).status).toBe(401);
});
