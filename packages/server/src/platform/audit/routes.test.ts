import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import type { AuditEntry } from "./contract.ts";
import { csvLine } from "./csv.ts";
import { presentEntry } from "./present.ts";
import { recordEntries } from "./record.ts";
import { auditRoutes } from "./routes.ts";
import { sealBatch } from "./seal.ts";

let database: TestDatabase;
let app: FastifyInstance;

const admin = { accountId: 1, label: "admin", credentialKind: "cookie", credentialId: "c1" };
const ann = { accountId: 2, label: "ann", credentialKind: "pat", credentialId: "p1" };
const eve = { accountId: 9, label: "eve", credentialKind: "pat", credentialId: "p9" };

const entry = (action: string, actor: AuditEntry["actor"], rest: Partial<AuditEntry> = {}): AuditEntry => ({
  action,
  actor,
  subject: { kind: "workspace", id: "5", label: "Thesis" },
  about: [],
  address: "10.1.2.3",
  requestId: "r1",
  details: { secretOfOthers: "plan b" },
  ...rest,
});

beforeAll(async () => {
  database = await createTestDatabase();
  const platform = createTestPlatform({ db: database.db });
  ({ app } = await createTestServer({ routes: [auditRoutes(platform)], platform }));
  for (const each of [
    entry("workspace.create", ann, { about: [2, 9] }),
    entry("account.update", admin, { about: [2], subject: { kind: "account", id: "2", label: "ann" } }),
    entry("account.update", admin, { about: [9], subject: { kind: "account", id: "9", label: "eve" } }),
    entry("share.remove", eve, { about: [2], subject: { kind: "account", id: "9", label: "eve" } }),
    entry(
      "system.tidy",
      { accountId: null, label: "system", credentialKind: null, credentialId: null },
      { about: [2] },
    ),
  ]) {
    await database.db.transaction().execute((trx) => recordEntries(trx, [each]));
  }
  await sealBatch(database.db, 100);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function call(path: string, who = "ann") {
  const answer = await app.inject({ url: `/api/stoa/v1${path}`, headers: { authorization: `Bearer zpat_${who}` } });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers, body: safeJson(answer.body) };
}
function safeJson(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
const actions = (body: { items: { action: string }[] }) => body.items.map((item) => item.action);

describe("people", () => {
  test("see what they did and what is about them, without others' data", async () => {
    const { body, text } = await call("/audit");
    expect(actions(body)).toEqual(["system.tidy", "share.remove", "account.update", "workspace.create"]);
    const [tidy, share, update, create] = body.items;
    expect(create).toMatchObject({ seq: 1, actor: { account_id: 2, label: "ann" }, about: [2], address: "10.1.2.3" });
    expect(update).toMatchObject({
      actor: { account_id: null, label: null, credential_kind: null, credential_id: null },
      subject: { kind: "account", id: "2", label: "ann" },
      address: null,
      request_id: null,
      details: {},
    });
    expect(share.subject).toEqual({ kind: "account", id: "9", label: null });
    expect(tidy.actor.label).toBe("system");
    expect(text).not.toMatch(/eve|admin|p9|c1/);
  });

  test("can't find out by a filter what is left out", async () => {
    for (const query of ["actor=eve", "actor=9", "actor=admin", "text=plan", "text=eve", "text=10.1.2.3"]) {
      const { body } = await call(`/audit?${query}`);
      expect(actions(body).filter((action) => action !== "workspace.create")).toEqual([]);
    }
    expect(actions((await call("/audit?actor=2")).body)).toEqual(["workspace.create"]);
    expect(actions((await call("/audit?text=plan")).body)).toEqual(["workspace.create"]);
  });

  test("get the same in the CSV, and no verification", async () => {
    const { text } = await call("/audit.csv");
    expect(text.trim().split("\r\n")).toHaveLength(5);
    expect(text).not.toMatch(/eve|admin/);
    expect((await call("/audit/verification")).status).toBe(403);
  });
});

describe("administrators", () => {
  test("see all, with every filter", async () => {
    const count = async (query: string) => (await call(`/audit?${query}`, "admin")).body.items.length;
    expect(await count("")).toBe(5);
    expect(await count("action=account.update")).toBe(2);
    expect(await count("actor=EVE")).toBe(1);
    expect(await count("actor=1")).toBe(2);
    expect(await count("subject_kind=account&subject_id=9")).toBe(2);
    expect(await count("text=plan%20b")).toBe(5);
    expect(await count("text=100%25")).toBe(0);
    expect(await count(`since=${new Date(Date.now() + 60_000).toISOString()}`)).toBe(0);
    expect(await count(`until=${new Date(Date.now() + 60_000).toISOString()}`)).toBe(5);
  });

  test("page without a gap or a repetition", async () => {
    const ids: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body } = await call(`/audit?limit=2&cursor=${cursor}`, "admin");
      ids.push(...body.items.map((item: { id: number }) => item.id));
      cursor = body.next_cursor;
    }
    expect(ids).toEqual([5, 4, 3, 2, 1]);
  });

  test("get a CSV to keep, and the verification", async () => {
    const { text, headers } = await call("/audit.csv?action=workspace.create", "admin");
    expect(headers["content-type"]).toContain("text/csv");
    expect(headers["content-disposition"]).toBe('attachment; filename="audit.csv"');
    expect(text.split("\r\n")[1]).toContain('"workspace.create","done",2,"ann","pat","p1","workspace","5","Thesis"');
    expect((await call("/audit/verification", "admin")).body).toMatchObject({ ok: true, complete: true, sealed: 5 });
  });
});

test.each(["since=yesterday", "limit=0", "cursor=x1", "text="])(
  "a filter that makes no sense (%s) is no defect",
  async (query) => {
    expect((await call(`/audit?${query}`)).status).toBe(query === "text=" ? 200 : 400);
  },
);

test.each(["action=%00", "text=a%00b", "since=yesterday"])("the CSV says so before it begins (%s)", async (query) => {
  expect((await call(`/audit.csv?${query}`)).status).toBe(400);
});

test("a name that is a formula is text in the CSV", async () => {
  const [row] = await database.db.selectFrom("audit_entries").selectAll().limit(1).execute();
  if (!row) throw new Error("no entry");
  const formula = { ...row, seq: 1, actor_label: '=HYPERLINK("http://evil","x")', subject_label: "@SUM(1)\n,2" };
  expect(csvLine(presentEntry(formula, "all"))).toContain(`"'=HYPERLINK(""http://evil"",""x"")"`);
  expect(csvLine(presentEntry(formula, "all"))).toContain(`"'@SUM(1)\n,2"`);
});
