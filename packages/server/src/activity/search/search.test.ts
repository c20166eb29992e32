import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createTestDatabase } from "../../testing/test-database.ts";
import { monthOf } from "../months/month.ts";
import { createMonths } from "../months/months.ts";
import type { ActivityTables } from "../tables.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";
import { fold, foldedOf, hasTrigrams, patternOf } from "./fold.ts";
import { searchIndexOf } from "./search-index.ts";
import { createSearches } from "./searches.ts";

let server: ActivityServer;
let ann: TestPerson;
let bob: TestPerson;
let boss: TestPerson;

beforeAll(async () => {
  server = await createActivityServer();
  [ann, bob, boss] = [await server.person("ann"), await server.person("bob"), await server.admin()];
});
afterAll(() => server.close());

interface Page {
  readonly items: { code: string; timestamp: string; account?: { username: string } }[];
  readonly next_cursor: string | null;
  readonly searched_back_to: string | null;
  readonly self_reported: true;
  readonly detail?: string;
}
async function find(query: Record<string, string | number>, as = ann, at = "/api/stoa/v1/activity") {
  const answer = await server.call("GET", `${at}?${new URLSearchParams(query as Record<string, string>)}`, { as });
  return { status: answer.status, body: answer.body as Page };
}
const codesOf = async (text: string, as?: TestPerson) => (await find({ text }, as)).body.items.map(({ code }) => code);

describe("a search by text", () => {
  const codes = [
    "DataFrame.GroupBy('x')",
    "rate = '100%'",
    "rate = '1000'",
    "a_b = 1",
    "axb = 1",
    "path = 'C:\\temp'",
    "print('ÉCOLE straße')",
    "سلام = 'كتاب‌های علي'",
    "x!=y",
    "emoji = '\u{1f600}'",
    "ΟΔΟΣ",
  ];
  beforeAll(async () => {
    await server.report(
      ann,
      codes.map((code) => cell({ code })),
    );
    await server.report(ann, [cell({ code: "1/0", status: "error", error_message: "ZeroDivisionError: Division" })]);
    await server.report(bob, [cell({ code: "bob's groupby" })]);
  });

  it.each([
    ["groupby", 0],
    ["GROUPBY", 0],
    ["100%", 1],
    ["A_B", 3],
    ["c:\\T", 5],
    ["école", 6],
    ["STRAßE", 6],
    ["کتاب", 7],
    ["كتاب", 7],
    ["علی", 7],
    ["لا", 7],
    ["!=", 8],
    ["\u{1f600}", 9],
    ["οδός", null],
    ["οδος", 10],
    ["E\u0301COLE", 6],
  ])("%s, any case, each sign for itself", async (text, which) => {
    const expected = which === null ? [] : [codes[which]];
    if ([...text].length < 2) return expect((await find({ text })).status).toBe(400);
    expect(await codesOf(text)).toEqual(expected);
    const { body } = await server.call("GET", `/api/activity/search?query=${encodeURIComponent(text)}`, { as: ann });
    expect((body as { results: { code: string }[] }).results.map(({ code }) => code)).toEqual(expected);
  });

  it("finds errors by what they say, and only one's own", async () => {
    expect(await codesOf("divisionERROR")).toEqual(["1/0"]);
    expect(await codesOf("groupby", bob)).toEqual(["bob's groupby"]);
    const all = await find({ text: "GroupBy" }, boss, "/api/stoa/v1/admin/activity");
    expect(all.body.items.map(({ account }) => account?.username)).toEqual(["bob", "ann"]);
    const bobs = await find({ text: "groupby", account_id: bob.id }, boss, "/api/stoa/v1/admin/activity");
    expect(bobs.body.items.map(({ code }) => code)).toEqual(["bob's groupby"]);
  });

  it("needs two characters; NUL and cursors that are none are refused", async () => {
    expect((await find({ text: "x" })).status).toBe(400);
    expect((await find({ text: "a\0b" })).status).toBe(400);
    for (const cursor of ["x", "bm9uc2Vuc2U", Buffer.from('["2026-02-01 99:00:00+00",1]').toString("base64url")]) {
      expect((await find({ cursor })).status).toBe(400);
    }
    for (const from of ["yesterday", "2026-02-30T00:00:00Z"]) expect((await find({ from })).status).toBe(400);
  });

  it.each([
    ...["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z"],
    ...["2026-01-01T00:00:00+24:00", "2026-01-01T24:00:00Z"],
  ])("at %s is refused wherever a time is read, and breaks nothing", async (at) => {
    const place = Buffer.from(JSON.stringify([at, 0])).toString("base64url");
    expect((await find({ cursor: place })).status).toBe(400);
    expect((await find({ cursor: place, text: "needle" })).status).toBe(400);
    expect((await server.call("GET", `/api/stoa/v1/activity/${place}`, { as: ann })).status).toBe(404);
    expect((await server.call("GET", `/api/stoa/v1/admin/activity/${place}`, { as: boss })).status).toBe(404);
    for (const name of ["from", "to"]) {
      expect((await find({ [name]: at })).status).toBe(400);
      const erased = await server.call("DELETE", `/api/stoa/v1/activity?${name}=${encodeURIComponent(at)}`, {
        as: ann,
      });
      expect(erased.status).toBe(400);
    }
  });
});

describe("pages", () => {
  const NEEDLE = "needle_in_hay";
  /** 3,000 over five months, every 50th with the needle; the oldest one has another. */
  beforeAll(async () => {
    const db = server.platform.db.withTables<ActivityTables>();
    const months = createMonths(db);
    const now = monthOf(new Date());
    await months.ensure([0, 1, 2, 3, 4, 5].map((back) => now - back));
    await sql`insert into activity_executions (account_id, at, entry_id, milliseconds, failed, cut, code, folded)
      select ${boss.id}, now() - n * interval '1 hour', gen_random_uuid(), 5, n % 10 = 0, false,
        case when n % 50 = 0 then 'needle_in_hay ' else 'straw ' end || n || case n when 3000 then ' gold' else '' end,
        case when n % 50 = 0 then 'needle_in_hay ' else 'straw ' end || n || case n when 3000 then ' gold' else '' end
      from generate_series(1, 3000) n`.execute(db);
  });

  async function all(query: Record<string, string | number>) {
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages += 1) {
      const { body }: { body: Page } = await find({ ...query, cursor }, boss);
      found.push(...body.items.map(({ code }) => code));
      cursor = body.next_cursor;
    }
    return { found, pages };
  }

  it("show each once, newest first, with and without a text", async () => {
    const { found, pages } = await all({ text: NEEDLE, limit: 7 });
    expect(found).toEqual(
      Array.from({ length: 60 }, (_, n) => `needle_in_hay ${(n + 1) * 50}${n === 59 ? " gold" : ""}`),
    );
    expect(pages).toBe(9);
    expect((await all({ limit: 200 })).found).toHaveLength(3_000);
    expect((await all({ text: "gold", limit: 5 })).found).toEqual(["needle_in_hay 3000 gold"]);
    // Too short for the index: read to the end.
    expect((await all({ text: "ld", limit: 5 })).found).toEqual(["needle_in_hay 3000 gold"]);
  });

  it("are of a time, and of one outcome", async () => {
    const range = { from: daysAgo(20), to: daysAgo(10) };
    const { found } = await all({ text: NEEDLE, limit: 3, ...range });
    expect(found.map((code) => Number(code.split(" ")[1]))).toEqual([250, 300, 350, 400, 450]);
    expect((await all({ status: "error", limit: 100 })).found).toHaveLength(300);
    expect((await all({ status: "error", text: "straw", limit: 100 })).found).toHaveLength(240);
    expect((await all({ status: "success", text: "needle", limit: 100 })).found).toEqual([]);
  });

  it.each([true, false])("go on where the time was up, index %s", async (indexed) => {
    const db = server.platform.db.withTables<ActivityTables>();
    const searches = createSearches(db, createMonths(db), async () => indexed);
    const ask = { accountId: boss.id, status: null, from: null, to: null, text: "gold", limit: 5, budgetMs: 0 };
    const first = await searches.page({ ...ask, before: null });
    expect(first).toMatchObject({ items: [], searchedBackTo: expect.any(Date) });
    let page = first;
    const found = [...first.items];
    for (let pages = 0; page.next !== null; pages += 1) {
      expect(pages).toBeLessThan(5);
      page = await searches.page({ ...ask, before: page.next });
      found.push(...page.items);
    }
    expect(found.map(({ code }) => code)).toEqual(["needle_in_hay 3000 gold"]);
    // The same without the index, with the time that pages have.
    const whole = await searches.page({ ...ask, before: null, budgetMs: 5_000 });
    expect(whole.items).toHaveLength(1);
    expect(whole.next).toBeNull();
  });
});

it("so many at once of one person's, and the others are to come again", async () => {
  const db = server.platform.db.withTables<ActivityTables>();
  const searches = createSearches(db, createMonths(db), async () => true);
  const ask = { accountId: ann.id, status: null, from: null, to: null, before: null, limit: 5, budgetMs: 5_000 };
  const search = () => searches.page({ ...ask, text: "nowhere" });
  const answers = await Promise.allSettled(Array.from({ length: 12 }, search));
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  expect(answers.at(-1)).toMatchObject({ status: "rejected", reason: { code: "rate_limited" } });
  expect(await search()).toMatchObject({ items: [], next: null });
  // Lists without a text are no searches.
  expect(await Promise.all(Array.from({ length: 12 }, () => searches.page({ ...ask, text: null })))).toHaveLength(12);
});

it("without the index finds the same, and says it in the log once", async () => {
  const database = await createTestDatabase();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const db = database.db.withTables<ActivityTables>();
  await sql`drop index activity_executions_search`.execute(db);
  const isIndexed = searchIndexOf({ db, platform: { ...server.platform, log } });
  expect([await isIndexed(), await isIndexed()]).toEqual([false, false]);
  expect(lines).toEqual([expect.stringContaining("without an index")]);
  const months = createMonths(db);
  await months.ensure([monthOf(new Date())]);
  await sql`insert into activity_executions (account_id, at, entry_id, milliseconds, failed, cut, code, folded)
    values (1, now(), gen_random_uuid(), 5, false, false, 'Needle', 'needle')`.execute(db);
  const ask = { accountId: 1, status: null, from: null, to: null, before: null, limit: 5, budgetMs: 5_000 };
  const page = await createSearches(db, months, isIndexed).page({ ...ask, text: "NEED" });
  expect(page).toMatchObject({ items: [{ code: "Needle" }], next: null });
  await database.drop();
});

describe("folded text", () => {
  it("is ASCII, and no sign is found from the middle of another's", () => {
    expect(fold("AbC é 😀")).toMatch(/^[ -~]*$/);
    expect(fold("É")).toBe(fold("e\u0301"));
    expect(fold("\uabcd\uabce").indexOf(fold("\uabce"))).toBe(5);
    expect(foldedOf("A", "B")).toBe("a\nb");
    expect(patternOf("50%_\\")).toBe("%50\\%\\_\\\\%");
    expect(["ab", "a b c", "!=="].map(hasTrigrams)).toEqual([false, false, false]);
    expect(["abc", "کت", "a1_x2"].map(hasTrigrams)).toEqual([true, true, false]);
  });
});
