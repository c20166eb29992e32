import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { openInstance, type TestInstance } from "../operations/test-instance.ts";
import { recordEntries } from "./record.ts";
import { auditRoutes } from "./routes.ts";
import { sealBatch } from "./seal.ts";
import { verifyKind } from "./verify-operation.ts";
import { verifyRoutes } from "./verify-routes.ts";

let database: TestDatabase;
let instance: TestInstance;
let app: FastifyInstance;

beforeAll(async () => {
  database = await createTestDatabase();
  const { log } = createTestPlatform();
  instance = openInstance(database, { kinds: [verifyKind({ db: database.db, log })] });
  await instance.start();
  const platform = createTestPlatform({
    db: database.db,
    operations: instance.operations,
    events: instance.events,
    audit: instance.audit,
  });
  ({ app } = await createTestServer({ routes: [auditRoutes(platform), verifyRoutes(platform)], platform }));
  const actor = { accountId: 2, label: "ann", credentialKind: "pat", credentialId: "p" };
  const entry = (action: string) => ({ action, actor, subject: { kind: "workspace", id: "5" }, about: [2] });
  await database.db
    .transaction()
    .execute((trx) => recordEntries(trx, [entry("workspace.create"), entry("workspace.update"), entry("a.first")]));
  await sealBatch(database.db, 100);
});
afterAll(async () => {
  await app.close();
  await instance.stop();
  await database.drop();
});

async function call(method: "GET" | "POST", path: string, who = "admin") {
  const headers = { authorization: `Bearer zpat_${who}` };
  const answer = await app.inject({ method, url: `/api/stoa/v1/audit${path}`, headers });
  return { status: answer.statusCode, body: answer.json() };
}

async function verify() {
  const asked = await call("POST", "/verification");
  await instance.operations.wait(asked.body.operation_id, 10_000);
  return (await call("GET", "/verification/last")).body.verification;
}

test("the whole log is checked in the background, and what was found is kept", async () => {
  expect((await call("GET", "/verification/last")).body).toEqual({ verification: null });
  expect((await call("POST", "/verification", "ann")).status).toBe(403);
  const found = await verify();
  expect(found).toMatchObject({ ok: true, complete: true, problems: [] });
  expect(found.sealed).toBeGreaterThanOrEqual(3);
  expect(Date.parse(found.since)).toBeLessThanOrEqual(Date.parse(found.newest));
});

test("who asks while a check waits joins it", async () => {
  const { operations } = instance;
  const asked = await Promise.all([call("POST", "/verification"), call("POST", "/verification")]);
  const ids = new Set(asked.map(({ body }) => body.operation_id as string));
  for (const id of ids) await operations.wait(id, 10_000);
  // Both, unless the first had ended before the second asked.
  expect(ids.size).toBeLessThanOrEqual(2);
  await database.db.transaction().execute((trx) =>
    operations.enqueue(trx, {
      kind: "audit.verify",
      subject: { kind: "audit", id: "all" },
      actor: { accountId: null, label: "schedule" },
      input: {},
      startAfter: new Date(Date.now() + 600_000),
    }),
  );
  // One that is only due later is not waited for.
  expect(await verify()).toMatchObject({ ok: true });
});

test("a change is found, and where", async () => {
  await database.pool.query("alter table audit_entries disable trigger all");
  await database.pool.query("update audit_entries set actor_label = 'eve' where action = 'a.first'");
  expect(await verify()).toMatchObject({ ok: false, problems: [{ seq: 3, what: expect.stringContaining("changed") }] });
});

test("one entry is there for whom it concerns, and the actions for a filter", async () => {
  const { rows } = await database.pool.query("select id from audit_entries where action = 'workspace.create'");
  const id = Number(rows[0].id);
  expect((await call("GET", `/${id}`, "ann")).body).toMatchObject({ id, action: "workspace.create" });
  expect((await call("GET", "/999999999")).status).toBe(404);
  const own = await database.pool.query(
    "select id from audit_entries where not (about @> '{2}') and actor_id <> 2 limit 1",
  );
  if (own.rows[0]) expect((await call("GET", `/${own.rows[0].id}`, "ann")).status).toBe(404);
  const { body } = await call("GET", "/actions");
  expect(body.items).toEqual([...body.items].sort());
  expect(body.items).toEqual(expect.arrayContaining(["a.first", "workspace.create", "workspace.update"]));
});
