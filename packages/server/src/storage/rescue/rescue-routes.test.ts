import { stat } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";
import type { Doomed, LargestWhere, LargeThing, RescueFiles } from "./rescue-files.ts";

const thing: LargeThing = {
  workspace: { id: 7, name: "Thesis" },
  path: "data/a b.bin",
  kind: "file",
  bytes: 4096,
  trashEntry: null,
  openable: true,
};

let stoa: StorageServer;
let ann: TestPerson;
let things: LargeThing[] = [];
const asked: ({ accountId: number; limit: number } & LargestWhere)[] = [];
const erased: { accountId: number; path: string; directory: string }[] = [];
let refusal: StoaError | null = null;
const forgotten: number[] = [];
const doomed: { accountId: number; which: readonly Doomed[] }[] = [];

/** Files are tried where they are, in the workspaces domain. */
const files: RescueFiles = {
  largest: {
    async find(accountId, limit, where) {
      asked.push({ accountId, limit, ...where });
      const figures = { bytes: 5000, trashed: 4096, entries: 3, complete: true };
      return { items: things, ...figures, storageRead: where.storage !== null, lookedAt: new Date(0) };
    },
    forget: (accountId) => void forgotten.push(accountId),
  },
  storedPath(asked) {
    if (asked.startsWith("..")) throw new StoaError("invalid", { details: { problem: `no ${asked}` } });
    return asked.replace(/^\//, "");
  },
  async eraseStored(accountId, place) {
    if (place.path === "stuck") throw new StoaError("conflict", { details: { problem: "it stays" } });
    erased.push({ accountId, ...place });
  },
  async erase({ accountId }, which) {
    if (refusal !== null) throw refusal;
    doomed.push({ accountId, which });
    return { operations: ["one"], items: which.map((_, n) => ({ accepted: n === 0, problem: n === 0 ? null : "no" })) };
  },
};

beforeAll(async () => {
  // As where the kernel counts: nothing adds up sizes beside it.
  const usage = async () => new Map([["user/ann", { used: 10, quota: 1000 }]]);
  const counts = { usage: { value: usage }, measure: { value: null } };
  stoa = await createStorageServer({ files, driver: (real) => Object.create(real, counts) });
  ann = await stoa.server.person("ann");
});
afterAll(() => stoa.close());
beforeEach(() => {
  things = [thing];
  asked.length = 0;
  erased.length = 0;
  refusal = null;
  doomed.length = 0;
});

const mine = (url = "") => stoa.server.call("GET", `/api/stoa/v1/storage/mine/largest${url}`, { as: ann });
const erase = (items: unknown) =>
  stoa.server.call("POST", "/api/stoa/v1/storage/mine/erase", { as: ann, body: { items } });

describe("the largest of one's own", () => {
  it("come with where each can be had", async () => {
    things = [
      thing,
      { ...thing, kind: "folder", path: "data" },
      { ...thing, trashEntry: 9 },
      { ...thing, openable: false },
    ];
    const { status, body } = await mine();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      bytes: 5000,
      trashed: 4096,
      entries: 3,
      complete: true,
      kept_by_snapshots: false,
      looked_at: "1970-01-01T00:00:00.000Z",
    });
    const { items } = body as { items: { download: string | null; in_trash: boolean }[] };
    expect(items.map(({ download }) => download)).toEqual([
      "/api/stoa/v1/workspaces/7/files/content?path=data%2Fa%20b.bin",
      "/api/stoa/v1/workspaces/7/files/zip?path=data",
      null,
      null,
    ]);
    expect(items.map(({ in_trash }) => in_trash)).toEqual([false, false, true, false]);
  });

  it("are counted as the quota counts", async () => {
    await mine("?limit=3");
    expect(asked[0]).toEqual({ accountId: ann.id, limit: 3, by: "contents", workspaces: false, storage: null });
    await stoa.ask("POST", "/subjects", { kind: "user", name: "ann", quota: 1000, account_id: ann.id });
    await stoa.storage.upkeep.reconcile.round();
    const by = async () => {
      await mine();
      return asked.at(-1)?.by;
    };
    await expect.poll(by, { timeout: 10_000 }).toBe("taken");
    // Workspaces lie apart here: what counts is what lies in the storage.
    expect(asked.at(-1)).toMatchObject({ workspaces: false, storage: `${stoa.base}/ann` });
    things = [{ ...thing, workspace: null, path: "conda/pkgs" }];
    expect((await mine()).body).toMatchObject({
      counts: false,
      storage_read: true,
      items: [{ workspace: null, path: "conda/pkgs", download: null }],
    });
  });

  it.each(["0", "201", "x"])("are not %s", async (limit) => {
    expect((await mine(`?limit=${limit}`)).status).toBe(400);
  });
});

describe("deleting for good", () => {
  it("says of each item what becomes of it", async () => {
    const { status, body } = await erase([{ workspace: 7, path: "a" }, { trash_entry: 3 }]);
    expect(status).toBe(202);
    expect(body).toEqual({
      operations: ["one"],
      items: [
        { workspace: 7, path: "a", trash_entry: null, in_storage: null, accepted: true, problem: null },
        { workspace: null, path: null, trash_entry: 3, in_storage: null, accepted: false, problem: "no" },
      ],
    });
    expect(doomed).toEqual([{ accountId: ann.id, which: [{ workspace: 7, path: "a" }, { trashEntry: 3 }] }]);
  });

  it("takes what lies in the storage besides to its own directory, and tells what became of each", async () => {
    refusal = new StoaError("not_found", { details: { what: "such file" } });
    const { status, body } = await erase([{ in_storage: "/conda/pkgs" }, { trash_entry: 3 }, { in_storage: "stuck" }]);
    expect(status).toBe(202);
    const { operations, items } = body as { operations: [string]; items: { accepted: boolean }[] };
    expect(items.map(({ accepted }) => accepted)).toEqual([true, false, true]);
    expect(operations).toHaveLength(1);
    expect(await stoa.server.operations.runAll()).toEqual([
      {
        erased: 1,
        left: 1,
        items: [
          { path: "conda/pkgs", done: true, problem: null },
          { path: "stuck", done: false, problem: expect.stringContaining("it stays") },
        ],
      },
    ]);
    const { dev: device, ino: inode } = await stat(`${stoa.base}/ann`);
    expect(erased).toEqual([{ accountId: ann.id, directory: `${stoa.base}/ann`, device, inode, path: "conda/pkgs" }]);
    const { rows } = await stoa.server.database.pool.query(
      "select details::jsonb->'paths' as paths from audit_entries where action = 'storage.file.erase'",
    );
    expect(rows).toEqual([{ paths: ["conda/pkgs", "stuck"] }]);
    expect(forgotten).toContain(ann.id);
    const bob = await stoa.server.person("bob");
    const his = { as: bob, body: { items: [{ in_storage: "conda" }] } };
    expect((await stoa.server.call("POST", "/api/stoa/v1/storage/mine/erase", his)).status).toBe(404);
  });

  it.each([
    ["nothing", []],
    ["a whole workspace", [{ workspace: 7, path: "" }]],
    ["the storage itself", [{ in_storage: "" }]],
    ["a way out of it", [{ in_storage: "a" }, { in_storage: "../x" }]],
    ["half an item", [{ workspace: 7 }]],
    ["both in one", [{ workspace: 7, path: "a", trash_entry: 1 }]],
    ["too many", Array.from({ length: 201 }, () => ({ trash_entry: 1 }))],
  ])("refuses %s", async (_name, items) => {
    expect((await erase(items)).status).toBe(400);
    expect(doomed).toEqual([]);
  });
});
