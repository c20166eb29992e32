import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { unseenFailures } from "./failed.ts";
import { failedRoutes } from "./failed-routes.ts";
import { operationRoutes } from "./routes.ts";
import { enqueueOne, kindOf, openInstance, type TestInstance } from "./test-instance.ts";

let database: TestDatabase;
let instance: TestInstance;
let app: FastifyInstance;
let mended = false;

beforeAll(async () => {
  database = await createTestDatabase();
  const run = () =>
    mended ? Promise.resolve({}) : Promise.reject(new StoaError("conflict", { details: { problem: "It is in use" } }));
  instance = openInstance(database, {
    kinds: [kindOf("test.copy", { run }), kindOf("test.mail", { run }), kindOf("test.stays")],
  });
  await instance.start();
  const { operations, events, audit } = instance;
  const platform = createTestPlatform({ db: database.db, operations, events, audit });
  ({ app } = await createTestServer({
    routes: [operationRoutes(platform, async () => null), failedRoutes(platform)],
    platform,
  }));
});
afterAll(async () => {
  await app.close();
  await instance.stop();
  await database.drop();
});
afterEach(async () => {
  mended = false;
  await database.pool.query("update operations set looked_at = now() where state = 'failed'");
});

async function call(method: "GET" | "POST", path: string, body?: object, who = "admin") {
  const headers = { authorization: `Bearer zpat_${who}` };
  const url = `/api/stoa/v1/operations${path}`;
  const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.json() };
}

async function fail(kind: string): Promise<string> {
  const { id } = await enqueueOne(database, instance.operations, kind, { actor: { accountId: 2, label: "ann" } });
  await instance.operations.wait(id, 10_000);
  return id;
}

const unseen = async () => (await unseenFailures(database.db, 10)).map(({ kind, count }) => `${kind} ${count}`).sort();

test("failures are counted by kind until somebody has looked, and again when they fail again", async () => {
  const [first, second, mail] = [await fail("test.copy"), await fail("test.copy"), await fail("test.mail")];
  expect(await unseen()).toEqual(["test.copy 2", "test.mail 1"]);
  expect((await call("POST", "/look", { ids: [first] }, "ann")).status).toBe(403);
  expect((await call("POST", "/look", { ids: [first] })).body).toEqual({ done: 1, left: false });
  expect(await unseen()).toEqual(["test.copy 1", "test.mail 1"]);
  expect((await call("GET", `/${first}`)).body.looked_at).toEqual(expect.any(String));
  const waiting = await call("GET", "?unseen=true");
  expect(waiting.body.items.map((item: { id: string }) => item.id)).toEqual([mail, second]);

  expect((await call("POST", "/retry", { ids: [first] })).body).toEqual({ done: 1, left: false });
  await instance.operations.wait(first, 10_000);
  expect(await unseen()).toEqual(["test.copy 2", "test.mail 1"]);
  const { rows } = await database.pool.query("select details from audit_entries where action = 'operation.look'");
  expect(JSON.parse(rows[0].details)).toEqual({ operations: [first] });
});

test("all of a kind begin anew, no other kind, and none that was seen to", async () => {
  const seen = await fail("test.copy");
  await call("POST", "/look", { ids: [seen] });
  const [one, other, mail] = [await fail("test.copy"), await fail("test.copy"), await fail("test.mail")];
  mended = true;
  expect((await call("POST", "/retry", { kind: "test.copy" }, "ann")).status).toBe(403);
  expect((await call("POST", "/retry", { kind: "test.copy" })).body).toEqual({ done: 2, left: false });
  for (const id of [one, other]) expect((await instance.operations.wait(id, 10_000)).state).toBe("succeeded");
  for (const id of [seen, mail]) expect((await call("GET", `/${id}`)).body.state).toBe("failed");
  expect((await call("POST", "/retry", { kind: "test.copy" })).body).toEqual({ done: 0, left: false });
});

test("either ids or a kind, and only ids that can be", async () => {
  expect((await call("POST", "/retry", {})).status).toBe(400);
  expect((await call("POST", "/look", { ids: ["x"], kind: "test.copy" })).status).toBe(400);
  expect((await call("POST", "/look", { ids: ["nonsense"] })).status).toBe(404);
});

test("operations are narrowed by who asked and since when", async () => {
  const bob = { actor: { accountId: 7, label: "Bob" } };
  const { id } = await enqueueOne(database, instance.operations, "test.stays", bob);
  await instance.operations.wait(id, 10_000);
  const ids = async (query: string) => (await call("GET", query)).body.items.map((item: { id: string }) => item.id);
  expect(await ids("?actor=bob")).toEqual([id]);
  expect(await ids("?actor=7")).toEqual([id]);
  expect(await ids(`?actor=bob&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
});

test("why one can't be cancelled is told", async () => {
  const later = { startAfter: new Date(Date.now() + 600_000), actor: { accountId: 2, label: "ann" } };
  const { id } = await enqueueOne(database, instance.operations, "test.stays", later);
  expect((await call("GET", `/${id}`)).body).toMatchObject({ can_cancel: false, cannot_cancel: "kind" });
  const ended = await fail("test.copy");
  expect((await call("GET", `/${ended}`)).body).toMatchObject({ can_cancel: false, cannot_cancel: "ended" });
});
