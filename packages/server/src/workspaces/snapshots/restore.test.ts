import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDirectories } from "../files/directories.ts";
import { createPast, type Past, type PastPerson } from "./testing-past.ts";

let past: Past;
let ada: PastPerson;
beforeAll(async () => {
  past = await createPast();
});
beforeEach(async () => {
  ada = await past.begin();
});
afterEach(() => past.double.requireUntouched());
afterAll(() => past?.close());

const read = (...parts: string[]) => readFileSync(ada.live(...parts), "utf8");
const write = (file: string, content: string) => {
  mkdirSync(path.dirname(ada.live(file)), { recursive: true });
  writeFileSync(ada.live(file), content);
};
const names = (...parts: string[]) => readdirSync(ada.live(...parts)).sort();
const staged = () => readdirSync(path.join(path.dirname(ada.live()), ".staging"));
const trash = async () => {
  const { body } = await past.ground.server.call("GET", "/api/stoa/v1/trash", { as: ada.person });
  return (body as { items: { id: number; path: string; kind: string }[] }).items;
};
const audit = async (): Promise<{ action: string; details: unknown }[]> => {
  const text =
    "select action, details from audit_entries where actor_id = $1 and action like 'workspace.file.%' order by id";
  const { rows } = await past.ground.server.database.pool.query(text, [ada.person.id]);
  return rows.map(({ action, details }) => ({ action, details: JSON.parse(details) }));
};

describe("restoring", () => {
  it("brings back a file that is gone, with the folders on the way, its mode and its time", async () => {
    write("deep/er/run.sh", "#!/bin/sh\n");
    chmodSync(ada.live("deep/er/run.sh"), 0o750);
    utimesSync(ada.live("deep/er/run.sh"), 1_000_000, 1_234_567);
    const name = ada.take();
    rmSync(ada.live("deep"), { recursive: true });
    const { status, body } = await ada.restore(name, ["deep/er/run.sh"]);
    expect([status, body]).toEqual([
      200,
      { restored: [{ path: "deep/er/run.sh", restored_as: "deep/er/run.sh" }], failed: [] },
    ]);
    expect(read("deep/er/run.sh")).toBe("#!/bin/sh\n");
    const { mode, mtimeMs } = statSync(ada.live("deep/er/run.sh"));
    expect([mode & 0o777, mtimeMs]).toEqual([0o750, 1_234_567_000]);
    expect((await ada.browse(name, "?path=deep/er")).body.items).toMatchObject([{ name: "run.sh", now: "same" }]);
    expect((await audit()).at(-1)).toEqual({
      action: "workspace.file.restore",
      details: { path: "deep/er/run.sh", snapshot: name },
    });
    expect(staged()).toEqual([]);
  });

  it("brings back a whole folder, links as links, which is the same as it was", async () => {
    write("notes/2026/one.txt", "1");
    write("notes/two.txt", "2");
    mkdirSync(ada.live("notes/empty"));
    symlinkSync("/etc/passwd", ada.live("notes/outside"));
    for (const folder of ["notes/2026", "notes/empty", "notes"]) utimesSync(ada.live(folder), 1_000_000, 2_000_000);
    const name = ada.take();
    rmSync(ada.live("notes"), { recursive: true });
    expect((await ada.restore(name, ["notes"])).body.restored).toEqual([{ path: "notes", restored_as: "notes" }]);
    expect(names("notes")).toEqual(["2026", "empty", "outside", "two.txt"]);
    expect(lstatSync(ada.live("notes/outside")).isSymbolicLink()).toBe(true);
    expect(readlinkSync(ada.live("notes/outside"))).toBe("/etc/passwd");
    const marks = async (query: string) =>
      (await ada.browse(name, query)).body.items.map((one: { now: string }) => one.now);
    expect(new Set([...(await marks("")), ...(await marks("?path=notes"))])).toEqual(new Set(["same"]));
  });

  it("keeps both under a free name, as often as it is asked to", async () => {
    write("folder/x", "then");
    const name = ada.take();
    writeFileSync(ada.live("a"), "now");
    write("folder/y", "now");
    const { body } = await ada.restore(name, ["a", "folder"]);
    expect(body.restored).toEqual([
      { path: "a", restored_as: "a (2)" },
      { path: "folder", restored_as: "folder (2)" },
    ]);
    expect([read("a"), read("a (2)"), names("folder"), names("folder (2)")]).toEqual([
      "now",
      "text",
      ["x", "y"],
      ["x"],
    ]);
    expect((await ada.restore(name, ["a"])).body.restored).toEqual([{ path: "a", restored_as: "a (3)" }]);
    expect(await trash()).toEqual([]);
  });

  it("replaces what is there, which the trash brings back", async () => {
    write("folder/x", "then");
    const name = ada.take();
    writeFileSync(ada.live("a"), "worked on since");
    rmSync(ada.live("folder"), { recursive: true });
    writeFileSync(ada.live("folder"), "a file now");
    const { body } = await ada.restore(name, ["a", "folder"], "replace");
    expect(body).toEqual({
      restored: [
        { path: "a", restored_as: "a" },
        { path: "folder", restored_as: "folder" },
      ],
      failed: [],
    });
    expect([read("a"), read("folder/x")]).toEqual(["text", "then"]);
    const entries = await trash();
    expect(entries.map((one) => [one.path, one.kind]).sort()).toEqual([
      ["a", "file"],
      ["folder", "file"],
    ]);
    const [entry] = entries.filter((one) => one.path === "a");
    expect(await audit()).toContainEqual({
      action: "workspace.file.restore",
      details: { path: "a", snapshot: name, replaced: entry?.id },
    });
    rmSync(ada.live("a"));
    const undone = await past.ground.server.call("POST", `/api/stoa/v1/trash/${entry?.id}/restore`, { as: ada.person });
    expect(undone).toMatchObject({ status: 200, body: { path: "a" } });
    expect(read("a")).toBe("worked on since");
  });

  it("replaces nothing where nothing is", async () => {
    const name = ada.take();
    rmSync(ada.live("a"));
    expect((await ada.restore(name, ["a"], "replace")).body.restored).toEqual([{ path: "a", restored_as: "a" }]);
    expect(await trash()).toEqual([]);
  });

  it("tells of each how it went, and does the rest", async () => {
    write("blocked/x", "then");
    write("linked/x", "then");
    const name = ada.take();
    rmSync(ada.live("a"));
    for (const folder of ["blocked", "linked"]) rmSync(ada.live(folder), { recursive: true });
    writeFileSync(ada.live("blocked"), "a file");
    symlinkSync("/tmp", ada.live("linked"));
    for (const conflicts of ["keep_both", "replace"]) {
      const paths = ["none", "../a", "/", "blocked/x", "linked/x", "a/b", "a"];
      const { status, body } = await ada.restore(name, paths, conflicts);
      expect([status, body.restored.map((one: { path: string }) => one.path)]).toEqual([200, ["a"]]);
      expect(body.failed.map((one: { path: string; code: string }) => `${one.path} ${one.code}`)).toEqual([
        ...["none not_found", "../a invalid", "/ invalid", "a/b conflict"],
        ...["blocked/x conflict", "linked/x conflict"],
      ]);
      expect(body.failed[0].problem).toBe("There is no file or folder none here.");
    }
    expect(names()).toEqual(["a", "blocked", "linked"]);
    expect(readdirSync("/tmp")).not.toContain("x");
    expect([staged(), await trash()]).toEqual([[], [expect.objectContaining({ path: "a" })]]);
  });

  it.each([
    ["no path", { paths: [], on_conflict: "replace" }],
    ["too many paths", { paths: Array.from({ length: 101 }, (_, n) => `${n}`), on_conflict: "replace" }],
    ["one path twice", { paths: ["a", "a"], on_conflict: "replace" }],
    ["no word on what is there", { paths: ["a"] }],
    ["another word on what is there", { paths: ["a"], on_conflict: "refuse" }],
  ])("wants no %s", async (_what, body) => {
    const name = ada.take();
    const { status } = await ada.ask("POST", `${ada.id}/snapshots/${name}/restore`, body);
    expect([status >= 400, status < 500]).toEqual([true, true]);
  });

  it("can't read through a link in the snapshot", async () => {
    symlinkSync("/etc", ada.live("etc"));
    const name = ada.take();
    const { body } = await ada.restore(name, ["etc/passwd", "etc"]);
    expect(body.failed).toMatchObject([{ path: "etc/passwd", code: "conflict" }]);
    expect(body.restored).toEqual([{ path: "etc", restored_as: "etc (2)" }]);
    expect(readlinkSync(ada.live("etc (2)"))).toBe("/etc");
  });
});

describe("a restore that does not come to its end", () => {
  it("begins nothing where all of it together has no room", async () => {
    const { server, admin, storage } = past.ground;
    write("big", "x".repeat(300_000));
    write("bigger", "x".repeat(400_000));
    const name = ada.take();
    for (const file of ["big", "bigger"]) rmSync(ada.live(file));
    await storage.upkeep.scan.round();
    const { rows } = await server.database.pool.query<{ id: number; used: number }>(
      "select id, used from storage_subjects where account_id = $1",
      [ada.person.id],
    );
    const body = { quota: Number(rows[0]?.used) + 500_000 };
    await server.call("PUT", `/api/stoa/v1/storage/subjects/${rows[0]?.id}/quota`, { as: admin, body });
    const refused = await ada.restore(name, ["big", "bigger"], "replace");
    expect([refused.status, refused.body.details.reason]).toEqual([507, "storage_quota"]);
    expect(names()).toEqual(["a"]);
    expect((await ada.restore(name, ["big"])).body.restored).toEqual([{ path: "big", restored_as: "big" }]);
  });

  it("leaves, killed before the copy has its name, nothing that the next start does not clear", async () => {
    const mark = createDirectories(past.ground.dataDir, past.ground.server.platform.config.nodeId).stagingMark;
    const staging = path.join(path.dirname(ada.live()), ".staging");
    mkdirSync(path.join(staging, `${mark}-restore-1.part`), { recursive: true });
    writeFileSync(path.join(staging, `${mark}-restore-1.part`, "half"), "x");
    writeFileSync(path.join(staging, `${mark}-restore-2`), "whole, without its name");
    symlinkSync("123", path.join(staging, `${mark}-restore-2.inode`));
    await past.ground.workspaces.start();
    await past.ground.workspaces.stop();
    expect(staged()).toEqual([]);
    expect(names()).toEqual(["a"]);
  });

  it("puts back what it was to replace when the database fails, and has neither half", async () => {
    const { pool } = past.ground.server.database;
    const name = ada.take();
    writeFileSync(ada.live("a"), "now");
    // After the trash's row, before the rename.
    await pool.query(`create function fail() returns trigger language plpgsql as $$
      begin raise exception 'no more'; end $$`);
    await pool.query("create trigger fail before update on trash_entries for each row execute function fail()");
    const { status, body } = await ada.restore(name, ["a"], "replace");
    await pool.query("drop trigger fail on trash_entries");
    expect([status, body.restored, body.failed]).toEqual([
      200,
      [],
      [{ path: "a", code: "defect", problem: expect.stringMatching(/^Something went wrong/) }],
    ]);
    expect([read("a"), staged(), await trash()]).toEqual(["now", [], []]);
  });

  it("is undone whole when the copy vanishes under it", async () => {
    write("folder/x", "then");
    const name = ada.take();
    const there = ada.was(name, "workspaces", String(ada.id));
    renameSync(there, `${there}-gone`);
    expect((await ada.restore(name, ["folder"])).status).toBe(404);
    renameSync(`${there}-gone`, there);
    past.double.end(name, ada.subject);
    expect([names(), staged()]).toEqual([["a", "folder"], []]);
  });

  it("is one of two of a person's at a time", async () => {
    write("folder/x", "then");
    const name = ada.take();
    const answers = await Promise.all(Array.from({ length: 6 }, () => ada.restore(name, ["folder"])));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    const done = answers.filter(({ status }) => status === 200).flatMap(({ body }) => body.restored);
    expect(new Set(done.map((one: { restored_as: string }) => one.restored_as)).size).toBe(done.length);
  });
});
