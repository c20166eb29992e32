import { rmSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { SNAPSHOTS } from "../../platform/processes/inside-storage.ts";
import { OpenFolder } from "../files/descriptor-walk.ts";
import { createPast, type Past, type PastPerson } from "./testing-past.ts";
import { usualPatience } from "./timely-files.ts";

/** A pool without its disks: from so many looks into a snapshot on, nothing answers. */
const pool = { looksLeft: Number.POSITIVE_INFINITY, looks: 0, mended: Promise.withResolvers<void>() };
const usual = { ...usualPatience };

let past: Past;
let ada: PastPerson;
let name: string;
beforeAll(async () => {
  Object.assign(usualPatience, { answer: 1_500, piece: 1_500, progress: 1_500, end: 50 });
  const { folder } = OpenFolder.prototype;
  vi.spyOn(OpenFolder.prototype, "folder").mockImplementation(async function (this: OpenFolder, ...args) {
    if (args[0] === SNAPSHOTS[0]) {
      pool.looks += 1;
      pool.looksLeft -= 1;
      if (pool.looksLeft < 0) await pool.mended.promise;
    }
    return folder.apply(this, args);
  });
  past = await createPast();
});
beforeEach(async () => {
  ada = await past.begin();
  name = ada.take();
  pool.looksLeft = Number.POSITIVE_INFINITY;
});
afterEach(() => {
  // What hung goes on, as it does on a machine whose disks are back.
  pool.mended.resolve();
  pool.mended = Promise.withResolvers();
});
afterAll(async () => {
  vi.restoreAllMocks();
  Object.assign(usualPatience, usual);
  await past?.close();
});

const refused = { status: 503, body: { code: "unavailable", details: { what: "The snapshot" } } };

it.each([
  ["the list", () => ada.browse(name)],
  ["a download", () => ada.content(name, "a")],
  ["a restore", () => ada.restore(name, ["a"])],
])("says of %s, in time, that the snapshot does not answer", async (_what, ask) => {
  pool.looksLeft = 0;
  expect(await ask()).toMatchObject(refused);
  pool.looksLeft = 1_000;
  expect((await ask()).status).toBe(200);
});

it("holds none of a person's restores that hung", async () => {
  pool.looksLeft = 0;
  const both = await Promise.all([ada.restore(name, ["a"]), ada.restore(name, ["a"])]);
  expect(both).toMatchObject([refused, refused]);
  pool.looksLeft = 1_000;
  expect(await ada.restore(name, ["a"])).toMatchObject({ status: 200, body: { failed: [] } });
});

it.each([
  ["the look at what it is", 1, ["a", "none"], ["a unavailable", "none unavailable"]],
  ["its measure", 2, ["a", "none"], ["a unavailable", "none unavailable"]],
  ["its copy", 6, ["a", "none", "b"], ["none not_found", "a unavailable", "b unavailable"]],
])(
  "gives up a restore that hangs from %s on, and asks for nothing more of it",
  async (_what, looksLeft, paths, failed) => {
    writeFileSync(ada.live("b"), "");
    const other = ada.take();
    for (const file of ["a", "b"]) rmSync(ada.live(file));
    pool.looks = 0;
    pool.looksLeft = looksLeft;
    const { status, body } = await ada.restore(other, paths);
    expect([status, body.restored]).toEqual([200, []]);
    expect(body.failed.map((one: { path: string; code: string }) => `${one.path} ${one.code}`)).toEqual(failed);
    expect(pool.looks).toBe(looksLeft + 1);
    pool.looksLeft = 1_000;
    expect((await ada.restore(other, ["a"])).body).toMatchObject({ restored: [{ restored_as: "a" }], failed: [] });
  },
);
