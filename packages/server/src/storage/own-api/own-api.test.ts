import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let storage: StorageServer;
beforeAll(async () => {
  storage = await createStorageServer();
});
afterAll(() => storage?.close());

const GiB = 2 ** 30;
const NINE_TENTHS = Math.round(0.9 * GiB);
const make = async (name: string, more: object = {}) =>
  (await storage.ask("POST", "/subjects", { kind: "user", name, ...more })).body as { id: number };
const setUsed = (name: string, used: number) =>
  storage.server.database.pool
    .query(
      "update storage_subjects set used = $2, used_at = now(), scan_at = now() + interval '1 day' where name = $1 returning id",
      [name, used],
    )
    .then(({ rows }) =>
      storage.server.platform.db.transaction().execute(async (trx) => {
        await storage.server.platform.events.publish(trx, {
          type: "storage.counted",
          subject: { kind: "storage", id: "all" },
          audience: "internal",
          data: { ids: rows.map((row) => row.id as number) },
        });
      }),
    );
const used = async (name: string) =>
  ((await storage.ask("GET", `/subjects?search=${name}`)).body as { items: { used: number }[] }).items[0]?.used;

describe("an administrator", () => {
  it("makes storage for somebody, linked by hand and never by an equal name", async () => {
    const person = await storage.server.person("ada");
    const unlinked = await make("ada");
    expect(unlinked).toMatchObject({ account: null });
    const { body } = await storage.ask("PUT", `/subjects/${unlinked.id}/link`, { account_id: person.id });
    expect(body).toMatchObject({ account: { id: person.id, username: "ada" } });
    expect((await storage.server.call("GET", "/api/stoa/v1/storage/mine", { as: person })).body).toMatchObject({
      own: { name: "ada" },
    });
    const second = await make("ada-second");
    expect((await storage.ask("PUT", `/subjects/${second.id}/link`, { account_id: person.id })).status).toBe(409);
    expect((await storage.ask("PUT", `/subjects/${second.id}/link`, { account_id: 999_999 })).status).toBe(404);
    expect((await storage.ask("PUT", `/subjects/${second.id}/link`, { group_id: 1 })).status).toBe(422);
  });

  it("unlinks only by a null that was written", async () => {
    const person = await storage.server.person("linked-one");
    const { id } = await make("linked-one", { account_id: person.id });
    for (const body of [{}, { account: person.id }, { account_id: "1" }]) {
      const refused = await storage.ask("PUT", `/subjects/${id}/link`, body);
      expect(refused, JSON.stringify(body)).toMatchObject({ status: 400, body: { code: "invalid" } });
    }
    const unchanged = await storage.ask("GET", `/subjects/${id}`);
    expect(unchanged.body).toMatchObject({ account: { id: person.id } });
    for (const body of [{ account_id: null }, { group_id: null }, { account_id: null, group_id: null }]) {
      await storage.ask("PUT", `/subjects/${id}/link`, { account_id: person.id });
      const unlinked = await storage.ask("PUT", `/subjects/${id}/link`, body);
      expect(unlinked, JSON.stringify(body)).toMatchObject({ status: 200, body: { account: null } });
    }
  });

  it("is asked about what was deleted, before a new one takes its name", async () => {
    const first = await make("again");
    await writeFile(path.join(storage.base, "again", "old"), "old");
    await storage.ask("DELETE", `/subjects/${first.id}`);
    const refused = await storage.ask("POST", "/subjects", { kind: "user", name: "again" });
    expect(refused).toMatchObject({ status: 409, body: { details: { reason: "in_trash", id: first.id } } });
    expect((await storage.ask("POST", "/subjects", { kind: "user", name: "again", anew: true })).status).toBe(201);
    expect(await readdir(path.join(storage.base, "again"))).toEqual([]);
    expect((await storage.ask("POST", "/subjects", { kind: "user", name: "again" })).body).toMatchObject({
      details: { reason: "exists" },
    });
  });

  it("sets a quota and takes it away, alone and for many", async () => {
    const [one, two] = [await make("quota-one"), await make("quota-two", { quota: GiB })];
    expect((await storage.ask("PUT", `/subjects/${one.id}/quota`, { quota: 2 * GiB })).body).toMatchObject({
      quota: 2 * GiB,
      quota_set_by: "boss",
    });
    const many = await storage.ask("PUT", "/quotas", { ids: [one.id, two.id, 999_999], quota: 3 * GiB });
    expect(many.body).toEqual({
      items: [
        { id: one.id, done: true, problem: null, problem_code: null },
        { id: two.id, done: true, problem: null, problem_code: null },
        { id: 999_999, done: false, problem: expect.any(String), problem_code: "missing" },
      ],
    });
    expect((await storage.ask("PUT", `/subjects/${two.id}/quota`, { quota: 0 })).body).toMatchObject({ quota: 0 });
    for (const quota of [-1, 1.5, "5", 2 ** 53, null]) {
      expect((await storage.ask("PUT", `/subjects/${one.id}/quota`, { quota })).status, String(quota)).toBe(400);
    }
  });

  it("reads the list by use, by share and by name, page by page, and finds who is over", async () => {
    for (const [index, name] of ["list-a", "list-b", "list-c"].entries()) {
      await make(name, { quota: GiB });
      await setUsed(name, [2 * GiB, GiB / 4, NINE_TENTHS][index] ?? 0);
    }
    await expect.poll(() => used("list-c")).toBe(NINE_TENTHS);
    const names = async (query: string) =>
      ((await storage.ask("GET", `/subjects?search=list-&${query}`)).body as { items: { name: string }[] }).items.map(
        ({ name }) => name,
      );
    expect(await names("sort=used")).toEqual(["list-a", "list-c", "list-b"]);
    expect(await names("sort=name")).toEqual(["list-a", "list-b", "list-c"]);
    expect(await names("only=over")).toEqual(["list-a"]);
    expect(await names("only=near")).toEqual(["list-c"]);
    const first = (await storage.ask("GET", "/subjects?search=list-&sort=name&limit=2")).body as {
      next_cursor: string;
    };
    expect(first).toMatchObject({ total: 3, next_cursor: "2" });
    expect(await names(`sort=name&limit=2&cursor=${first.next_cursor}`)).toEqual(["list-c"]);
    expect((await storage.ask("GET", "")).body).toMatchObject({
      over: 1,
      near: 1,
      back_end: { backend: "posix", ok: true },
    });
  });

  it("empties the trash for good, by an operation, and what is given up can't come back", async () => {
    const gone = await make("gone-for-good");
    const linked = path.join(storage.base, "..", "elsewhere");
    await mkdir(linked);
    await writeFile(path.join(storage.base, "gone-for-good", "file"), "x");
    await storage.ask("DELETE", `/subjects/${gone.id}`);
    expect((await storage.ask("DELETE", `/trash/${gone.id}`)).body).toMatchObject({ entries: 1 });
    expect((await storage.ask("POST", `/trash/${gone.id}/restore`)).status).toBe(409);
    expect((await storage.ask("DELETE", `/trash/${gone.id}`)).status).toBe(404);
    await storage.server.operations.runAll();
    expect(await readdir(path.join(storage.base, ".stoa-trash"))).not.toContain(`subject-${gone.id}`);
    const { rows } = await storage.server.database.pool.query("select 1 from storage_subjects where id = $1", [
      gone.id,
    ]);
    expect(rows).toEqual([]);
  });

  it("sees how somebody's use grew, and when it is full at this pace", async () => {
    const { id } = await make("growing", { quota: 10 * GiB });
    await storage.server.database.pool.query(
      `insert into storage_history (subject_id, at, used, quota)
       select $1, now() - make_interval(days => n), ((8 - n)::bigint * 1073741824), 10737418240 from generate_series(1, 7) n`,
      [id],
    );
    await setUsed("growing", 8 * GiB);
    await expect.poll(() => used("growing")).toBe(8 * GiB);
    const { body } = await storage.ask("GET", `/subjects/${id}/history?days=30`);
    const { points, forecast } = body as { points: unknown[]; forecast: { bytes_per_day: number; full_at: string } };
    expect(points).toHaveLength(7);
    expect(forecast.bytes_per_day / GiB).toBeCloseTo(1, 1);
    expect((Date.parse(forecast.full_at) - Date.now()) / 86_400_000).toBeCloseTo(2, 0);
  });
});

describe("a person", () => {
  it("without storage has none, and is told so", async () => {
    const person = await storage.server.person("nothing");
    expect((await storage.server.call("GET", "/api/stoa/v1/storage/mine", { as: person })).body).toMatchObject({
      own: null,
      groups: [],
      level: "ok",
      raise: { possible: false, why_not: "no_quota" },
    });
    expect((await storage.server.call("POST", "/api/stoa/v1/storage/mine/raise", { as: person })).status).toBe(404);
  });
});

it("owns directories as the contract says: 0770, STORAGE_UID and STORAGE_GID", async () => {
  await make("owned");
  const { mode, uid } = await stat(path.join(storage.base, "owned"));
  expect(mode & 0o7777).toBe(0o770);
  expect(uid).toBe(storage.server.platform.config.storage.uid);
});
