import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";

let server: ActivityServer;
let [ann, bob, boss, chief]: TestPerson[] = [];
const who = () => ({ ann, bob, boss, chief }) as Record<"ann" | "bob" | "boss" | "chief", TestPerson>;

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob] = [await server.person("ann"), await server.person("bob")];
  [boss, chief] = [await server.admin("boss"), await server.admin("chief")];
  const cells = Array.from({ length: 5 }, (_, day) => cell({ code: `the_secret = ${day}`, timestamp: daysAgo(day) }));
  await server.report(who().ann, cells);
});
afterAll(() => server.close());
let since = 0;
beforeEach(async () => {
  [{ id: since }] = (await server.rows("select coalesce(max(id), 0) as id from audit_entries")) as [{ id: number }];
});

const all = "/api/stoa/v1/admin/activity";
async function look(query: Record<string, string | number>, as = who().boss, at = all) {
  const text = new URLSearchParams(query as Record<string, string>);
  const { status, body } = await server.call("GET", `${at}?${text}`, { as });
  return { status, body: body as { items: object[]; next_cursor: string | null } };
}
const noted = async () =>
  (
    await server.rows<{ actor_label: string; subject_id: string; about: number[]; details: string }>(
      "select actor_label, subject_id, about, details from audit_entries where action = 'activity.search' and id > $1 order by id",
      [since],
    )
  ).map(({ details, ...entry }) => ({ ...entry, details: JSON.parse(details) }));

it("an administrator's search in everybody's code leaves an entry, once for all its pages", async () => {
  const first = await look({ text: "the_secret", limit: 2 });
  expect(first).toMatchObject({ status: 200, body: { items: [{}, {}] } });
  await look({ text: "the_secret", limit: 2, cursor: first.body.next_cursor as string });
  await look({ text: "the_secret", status: "error" });
  expect(await noted()).toEqual([
    { actor_label: "boss", subject_id: "all", about: [], details: { text: "the_secret" } },
  ]);
});

it("so does reading one person's, who can see it among what was done to them", async () => {
  const { ann, boss } = who();
  await Promise.all([look({ account_id: ann.id }), look({ account_id: ann.id, limit: 1 })]);
  expect(await noted()).toEqual([
    { actor_label: "boss", subject_id: String(ann.id), about: [ann.id], details: { text: null } },
  ]);
  await look({ account_id: ann.id, text: "secret", from: daysAgo(2) });
  expect((await noted()).at(-1)).toMatchObject({
    about: [ann.id],
    details: { text: "secret", from: expect.any(String) },
  });
  expect(await noted()).toHaveLength(2);
  expect(boss.id).not.toBe(ann.id);
});

it("another's search, and another text, have their own; a page that nobody asked for the first of, too", async () => {
  const { body } = await look({ limit: 1 });
  expect(await noted()).toEqual([]);
  await look({ text: "other", cursor: body.next_cursor as string });
  await look({ text: "other" }, who().chief);
  expect((await noted()).map(({ actor_label }) => actor_label)).toEqual(["boss", "chief"]);
});

it("one's own, the newest of all, and what is refused leave none", async () => {
  await look({ text: "the_secret" }, who().ann, "/api/stoa/v1/activity");
  await look({ account_id: who().boss.id });
  await look({});
  await look({ status: "error" });
  expect((await look({ text: "x" })).status).toBe(400);
  expect((await look({ text: "by nobody" }, who().bob)).status).toBe(403);
  expect(await noted()).toEqual([]);
});

it("one of another's read whole is told to them as their list is; one's own is not", async () => {
  const { ann, chief } = who();
  const newestOf = async (person: TestPerson) => {
    const { body } = await look({ limit: 1 }, person, "/api/stoa/v1/activity");
    return (body.items[0] as { id: string }).id;
  };
  const whole = async (id: string) => (await server.call("GET", `${all}/${id}`, { as: chief })).status;
  const id = await newestOf(ann);
  expect([await whole(id), await whole(id), await whole("999999999")]).toEqual([200, 200, 404]);
  await server.report(chief, [cell({ code: "mine" })]);
  expect(await whole(await newestOf(chief))).toBe(200);
  expect(await noted()).toEqual([
    { actor_label: "chief", subject_id: String(ann.id), about: [ann.id], details: { text: null } },
  ]);
});
