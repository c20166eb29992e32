import { afterAll, describe, expect, it } from "vitest";
import { accountRows } from "../routes/account-rows.ts";
import { createGround, type Ground } from "../routes/ground.ts";
import { platformRows } from "../routes/platform-rows.ts";
import { publicRows } from "../routes/public-rows.ts";
import { addressOf, type Call, methodOf, type Row } from "../routes/row.ts";
import { sessionRows } from "../routes/session-rows.ts";
import { workspaceRows } from "../routes/workspace-rows.ts";

/**
 * What no client should send, to each route of the whole server: it is refused as the client's fault (4xx), never
 * found to be ours (5xx), and nothing is done. In tests a status that a route does not declare is a 500, too.
 */
const ground = await createGround();
afterAll(() => ground.close(), 30_000);

type AnyRow = Pick<Row, "route" | "call">;
const rows: readonly AnyRow[] = [...accountRows, ...workspaceRows, ...sessionRows, ...platformRows, ...publicRows];
const forAdmins = new Set(
  [...accountRows, ...sessionRows, ...platformRows]
    .filter(({ others }) => others === "administrators only")
    .map(({ route }) => route),
);

const calls = new Map<string, Promise<Call>>();
async function callOf(row: AnyRow): Promise<Call> {
  const made = calls.get(row.route) ?? Promise.resolve(row.call(ground));
  calls.set(row.route, made);
  return made;
}

function ask(row: AnyRow, call: Call, g: Ground = ground) {
  const person = call.as ?? (forAdmins.has(row.route) ? g.admin : g.owner);
  return g.call(person.jwt, methodOf(row.route), addressOf(row.route, call), call.body, call.type);
}

const wrongIds = [
  "0",
  "-1",
  "abc",
  "1e3",
  "1.5",
  " 1",
  "٣",
  "9007199254740993",
  "9223372036854775808",
  "99999999999999999999",
  "\0",
  "../1",
  "1' or '1'='1",
  "x".repeat(4_000),
];

describe.each(rows.filter(({ route }) => route.includes("/:")))("an id that is none: $route", (row) => {
  it.each(wrongIds.map((id) => ({ id, shown: JSON.stringify(id.slice(0, 30)) })))("$shown", async ({ id }) => {
    const valid = await callOf(row);
    const name = Object.keys(valid.params ?? {})[0] ?? "";
    const answer = await ask(row, { ...valid, params: { ...valid.params, [name]: id } });
    if (/^GET \/(workspaces|jobs)\/:id$/.test(row.route)) {
      expect([answer.status, Object.values(answer.json.data)], answer.text).toEqual([200, [[]]]);
    } else if (methodOf(row.route) === "OPTIONS")
      expect(answer.status, "tells what the protocol can, of nothing in particular").toBe(204);
    else expect([400, 404, 414], answer.text).toContain(answer.status);
  });
});

const writing = rows.filter(({ route }) => /^(POST|PUT|PATCH) /.test(route));
const withJson: { row: AnyRow; route: string; body: Record<string, unknown> }[] = [];
for (const row of writing) {
  const { body, type } = await callOf(row);
  if (type === undefined && body !== undefined) {
    withJson.push({ row, route: row.route, body: body as Record<string, unknown> });
  }
}

const notAnObject = ["{", "", "[]", "null", "5", '"text"', '{"a":1}{', "\ufeff{", '{"a":\u0000}', "[".repeat(100_000)];
const json = "application/json";
const tenMegabytes = Buffer.alloc(10_000_000, "x");
/** One click, without a word, is enough there. */
const withoutBody = new Set(["POST /api/stoa/v1/sessions/:id/extend"]);

describe.each(withJson)("a body that is none: $route", ({ row, body }) => {
  const wrong = notAnObject.filter((text) => !(withoutBody.has(row.route) && ["", "null"].includes(text)));
  it.each(wrong.map((text) => ({ text, shown: JSON.stringify(text.slice(0, 20)) })))("$shown", async ({ text }) => {
    const answer = await ask(row, { ...(await callOf(row)), body: text, type: json });
    expect([400, 422], answer.text).toContain(answer.status);
  });

  it("bytes that are no text", async () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
    const answer = await ask(row, { ...(await callOf(row)), body: bytes, type: json });
    expect([400, 422], answer.text).toContain(answer.status);
  });

  it("10 MB", async () => {
    const [before, after] = JSON.stringify({ ...body, more: "" }).split(/(?="\}$)/);
    const big = Buffer.concat([Buffer.from(before ?? ""), tenMegabytes, Buffer.from(after ?? "")]);
    const answer = await ask(row, { ...(await callOf(row)), body: big, type: json });
    expect(answer.status, answer.text).toBe(413);
  });

  it("another kind", async () => {
    const answer = await ask(row, { ...(await callOf(row)), body: "<a/>", type: "application/xml" });
    expect([400, 415, 422], answer.text).toContain(answer.status);
  });

  it("an integer above 2^53, in each field and beside them", async () => {
    for (const field of [...Object.keys(body), "unknown"]) {
      const text = JSON.stringify({ ...body, [field]: "BIG" }).replace('"BIG"', "9007199254740993");
      const answer = await ask(row, { ...(await callOf(row)), body: text, type: json });
      expect([400, 422], `${field}: ${answer.text}`).toContain(answer.status);
    }
  });

  it("another type, in each field", async () => {
    const wrong = [5, true, [], [[]], {}, { a: { b: null } }, "\0", "\ud800", "x".repeat(100_000), -1, 1.5, null];
    for (const field of Object.keys(body)) {
      for (const value of wrong.filter((one) => typeof one !== typeof body[field] || Array.isArray(one))) {
        const answer = await ask(row, { ...(await callOf(row)), body: { ...body, [field]: value } });
        const what = `${field} = ${JSON.stringify(value).slice(0, 30)}: ${answer.status} ${answer.text}`;
        // Some fields may be null or left out; what is no text must not pass for one.
        if (value === null || Array.isArray(body[field])) expect(answer.status, what).toBeLessThan(500);
        else expect([400, 403, 404, 409, 410, 422], what).toContain(answer.status);
      }
    }
  });
});

const queries = [
  "limit=0",
  "limit=99999999999999999999",
  "limit=x",
  "cursor=%00",
  "cursor=99999999999999999999",
  "cursor=x'%20or%201=1--",
  "path=..",
  "path=%00",
  `path=${"x".repeat(300)}`,
  "offset=9007199254740993",
  "workspace_id=99999999999999999999",
  "status=%00",
  "search=%00%ff",
  "name=a&name=b",
  "action=%00",
  "actor=99999999999999999999",
  "since=yesterday",
  "until=99999-01-01T00:00:00Z",
  "text=%25%5c",
  "after=%00",
  "after=99999999999999999999:99999999999999999999",
  "a[b]=1&__proto__=2&constructor=3",
];
const reading = rows.filter(({ route }) => route.startsWith("GET ") && route !== "GET /api/stoa/v1/events");

describe.each(reading)("a query that is none: $route", (row) => {
  it("is the client's fault, or none at all", async () => {
    const valid = await callOf(row);
    for (const query of queries) {
      const answer = await ask(row, { ...valid, query: `?${query}` });
      expect(answer.status, `${query}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
    }
  });
});
