import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { operationRoutes } from "./routes.ts";
import { enqueueOne, kindOf, openInstance, type TestInstance } from "./test-instance.ts";

const admin = "Bearer zpat_admin";
/** Account 2. */
const ann = "Bearer zpat_ann";
/** Names may be all digits. */
const names = new Map([
  ["ann", 2],
  ["ann@example.org", 2],
  ["31", 2],
  ["eve", 32],
]);
const annActor = { accountId: 2, label: "ann" };
const later = { startAfter: new Date(Date.now() + 600_000) };

let database: TestDatabase;
let instance: TestInstance;
let app: FastifyInstance;

beforeAll(async () => {
  database = await createTestDatabase();
  instance = openInstance(database, {
    kinds: [
      kindOf("test.copy", { cancellable: true }),
      kindOf("test.refused", {
        run: () => Promise.reject(new StoaError("conflict", { details: { problem: "It is in use" } })),
      }),
    ],
  });
  await instance.start();
  const platform = createTestPlatform({ db: database.db, operations: instance.operations, events: instance.events });
  ({ app } = await createTestServer({
    routes: [operationRoutes(platform, async (name) => names.get(name) ?? null)],
    platform,
  }));
});
afterAll(async () => {
  await app.close();
  await instance.stop();
  await database.drop();
});

const enqueue = (rest: Parameters<typeof enqueueOne>[3] = {}, kind = "test.copy") =>
  enqueueOne(database, instance.operations, kind, { actor: annActor, ...rest });

async function call(method: "GET" | "POST", path: string, authorization: string = ann) {
  const answer = await app.inject({ method, url: `/api/stoa/v1${path}`, headers: { authorization } });
  return { status: answer.statusCode, body: answer.json() };
}

describe("who sees what", () => {
  test("people: what they started and what concerns them; 404 for others'; admins all", async () => {
    const own = await enqueue(later);
    const about = await enqueue({ ...later, actor: { accountId: 9, label: "eve" }, audience: [2] });
    const others = await enqueue({ ...later, actor: { accountId: 9, label: "eve" } });
    const { body } = await call("GET", "/operations");
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([about.id, own.id]);
    const all = await call("GET", "/operations", admin);
    expect(all.body.items.map((item: { id: string }) => item.id)).toEqual([others.id, about.id, own.id]);
    expect((await call("GET", "/operations?mine=true", admin)).body.items).toEqual([]);
    expect((await call("GET", `/operations/${others.id}`)).status).toBe(404);
    expect((await call("GET", `/operations/${others.id}`, admin)).status).toBe(200);
    for (const action of ["cancel", "retry"]) {
      expect((await call("POST", `/operations/${others.id}/${action}`)).status).toBe(404);
      // It concerns her, but it is not hers to stop.
      expect((await call("POST", `/operations/${about.id}/${action}`)).status).toBe(403);
    }
    expect((await call("GET", "/operations/nonsense")).status).toBe(404);
    expect((await call("GET", "/operations", "Bearer zpat_none")).status).toBe(403);
    expect((await call("GET", "/operations", "Bearer wrong")).status).toBe(401);
  });

  test("an operation is shown with its history; its input to administrators only", async () => {
    const { id } = await enqueue({ input: { from: "a" }, subject: { kind: "workspace", id: "5" } });
    await instance.operations.wait(id, 5_000);
    const { body } = await call("GET", `/operations/${id}`);
    expect(body).toMatchObject({
      id,
      kind: "test.copy",
      subject: { kind: "workspace", id: "5" },
      actor: { account_id: 2, label: "ann" },
      state: "succeeded",
      input: null,
      can_cancel: false,
      can_retry: false,
      due_at: null,
    });
    expect(body.history[0]).toEqual({
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      code: "queued",
      params: { actor: "ann" },
      text: "ann asked for this.",
    });
    expect((await call("GET", `/operations/${id}`, admin)).body.input).toEqual({ from: "a" });
  });
});

describe("pages and filters", () => {
  test("keyset paging meets each once; filters narrow", async () => {
    for (let number = 0; number < 5; number++) {
      await enqueue({ ...later, subject: { kind: "page", id: String(number % 2) } });
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body } = await call("GET", `/operations?subject_kind=page&limit=2&cursor=${cursor}`);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect((await call("GET", "/operations?subject_kind=page&subject_id=1")).body.items).toHaveLength(2);
    expect((await call("GET", "/operations?subject_kind=page&state=running")).body.items).toEqual([]);
    expect((await call("GET", "/operations?kind=none.such")).body.items).toEqual([]);
  });

  test("of a person: what they asked for, what others did for them, and about their account; the role tells which", async () => {
    const eve = { actor: { accountId: 9, label: "eve" } };
    const subject = { kind: "role", id: "1" };
    const asked = await enqueue({ ...later, subject });
    const done = await enqueue({ ...later, ...eve, subject, audience: [2] });
    const about = await enqueue({ ...later, ...eve, subject: { kind: "account", id: "2" } });
    await enqueue({ ...later, ...eve, subject });
    await enqueue({ ...later, ...eve, subject: { kind: "account", id: "22" } });
    const of = async (query: string) =>
      (await call("GET", `/operations?${query}`, admin)).body.items.map((item: { id: string; role?: string }) => [
        item.id,
        item.role,
      ]);
    for (const person of ["ann", "2"]) {
      const found = (await of(`person=${person}&limit=3`)).toSorted();
      expect(found).toEqual(
        [
          [asked.id, "asked"],
          [done.id, "concerned"],
          [about.id, "concerned"],
        ].toSorted(),
      );
    }
    const { body } = await call("GET", "/operations?person=ann&limit=1", admin);
    expect(await of(`person=ann&limit=1&cursor=${body.next_cursor}`)).toEqual([[done.id, "concerned"]]);
    expect(await of("person=2&subject_kind=account")).toEqual([[about.id, "concerned"]]);
    // Nobody's name now: by whom it says it was asked for.
    expect((await of("person=Eve&limit=100")).every(([, role]: [string, unknown]) => role === undefined)).toBe(true);
    expect((await of("person=Eve")).length).toBeGreaterThan(0);
    expect(await of("person=nobody")).toEqual([]);
    // Others' operations stay out of what a person may see, whoever they look for.
    expect((await call("GET", "/operations?person=9")).body.items.map((item: { id: string }) => item.id)).not.toContain(
      about.id,
    );
  });

  test("of a person by a name: of digits, too, before an account's id; one's own is for everybody", async () => {
    const subject = { kind: "named", id: "1" };
    const own = await enqueue({ ...later, subject });
    await enqueue({ ...later, subject, actor: { accountId: 31, label: "other" }, audience: [2] });
    const of = async (person: string, as: string) =>
      (await call("GET", `/operations?subject_kind=named&person=${person}`, as)).body.items.map(
        (item: { id: string; role?: string }) => [item.id === own.id, item.role],
      );
    for (const person of ["31", "ann", "ann@example.org", "2"]) {
      const found = [
        [false, "concerned"],
        [true, "asked"],
      ];
      expect([await of(person, admin), await of(person, ann)], person).toEqual([found, found]);
    }
    // Who else has which name is not told.
    expect([await of("eve", ann), await of("nobody", ann)]).toEqual([[], []]);
  });

  test.each(["?cursor=nonsense", "?limit=0", "?limit=100000", "?state=odd", "?mine=perhaps"])(
    "%s is refused",
    async (query) => {
      expect((await call("GET", `/operations${query}`)).status).toBe(400);
    },
  );
});

describe("doing something about it", () => {
  test("cancel a waiting one; the audit entry says by which credential", async () => {
    const { id } = await enqueue(later);
    expect((await call("GET", `/operations/${id}`)).body.can_cancel).toBe(true);
    expect((await call("POST", `/operations/${id}/cancel`)).body).toMatchObject({
      state: "cancelled",
      can_retry: true,
    });
    expect((await call("POST", `/operations/${id}/cancel`)).status).toBe(409);
    const entry = await database.db
      .selectFrom("audit_entries")
      .selectAll()
      .where("action", "=", "operation.cancel")
      .where("subject_id", "=", id)
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({
      actor_id: 2,
      credential_kind: "pat",
      credential_id: "test-pat",
      address: "127.0.0.1",
    });
  });

  test("retry a failed one", async () => {
    const { id } = await enqueue({}, "test.refused");
    await instance.operations.wait(id, 5_000);
    expect((await call("GET", `/operations/${id}`)).body).toMatchObject({
      state: "failed",
      can_retry: true,
      error: { code: "conflict", message: "It is in use." },
    });
    expect((await call("POST", `/operations/${id}/retry`)).body).toMatchObject({ state: "queued", attempt: 0 });
  });

  test("schedules are for administrators", async () => {
    expect((await call("GET", "/schedules")).status).toBe(403);
    expect((await call("GET", "/schedules", admin)).body).toEqual({ items: [], next_cursor: null });
  });
});
