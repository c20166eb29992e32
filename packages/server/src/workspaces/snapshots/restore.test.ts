import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
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

/** Waits for a staged copy whose name has this in it, and where it is a folder, for something in it. */
const untilStaged = async (mark: string) => {
  const folder = path.join(path.dirname(ada.live()), ".staging");
  for (;;) {
    const [found] = existsSync(folder) ? readdirSync(folder).filter((one) => one.includes(mark)) : [];
    const at = path.join(folder, found ?? "");
    if (found !== undefined && (!statSync(at).isDirectory() || readdirSync(at).length > 0)) return;
    await new Promise(setImmediate);
  }
};
/** Keeps what is staged from getting its name, until it is released. */
const holdRow = async () => {
  const client = await past.ground.server.database.pool.connect();
  await client.query("begin");
  await client.query("select 1 from workspaces where id = $1 for update", [ada.id]);
  const release = async () => {
    await client.query("commit");
    client.release();
  };
  return { query: (text: string, values: readonly unknown[]) => client.query(text, [...values]), release };
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

  it("leaves its owner able to write in a folder that was asked for, and makes those on the way anew", async () => {
    write("way/top/inner/x", "then");
    for (const [folder, mode] of [
      ["way/top/inner", 0o555],
      ["way/top", 0o555],
      ["way", 0o700],
    ] as const) {
      chmodSync(ada.live(folder), mode);
    }
    const name = ada.take();
    rmSync(ada.live("way"), { recursive: true });
    expect((await ada.restore(name, ["way/top"])).body.failed).toEqual([]);
    const modes = ["way", "way/top", "way/top/inner"].map((folder) => statSync(ada.live(folder)).mode & 0o777);
    expect(modes).toEqual([0o755 & ~process.umask(), 0o755, 0o555]);
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
    expect((await audit()).at(-1)?.details).toEqual({ path: "a", snapshot: name, restored_as: "a (3)" });
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

  it("brings back once what is named twice, or lies in a folder that comes back", async () => {
    write("folder/x", "then");
    write("folder/deep/y", "then");
    write("folder b", "then");
    const name = ada.take();
    const paths = ["folder/x", "a", "/folder", "/a", "folder/deep", "folder b"];
    for (const [conflicts, mark] of [
      ["keep_both", " (2)"],
      ["replace", ""],
    ] as const) {
      const { body } = await ada.restore(name, paths, conflicts);
      expect(body.failed).toEqual([]);
      expect(Object.fromEntries(body.restored.map((one: Record<string, string>) => Object.values(one)))).toEqual({
        a: `a${mark}`,
        "/a": `a${mark}`,
        "/folder": `folder${mark}`,
        "folder/x": `folder${mark}/x`,
        "folder/deep": `folder${mark}/deep`,
        "folder b": `folder b${mark}`,
      });
    }
    expect(names()).toEqual(["a", "a (2)", "folder", "folder (2)", "folder b", "folder b (2)"]);
    expect((await trash()).map((one) => one.path).sort()).toEqual(["a", "folder", "folder b"]);
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

  it.each(["keep_both", "replace"])("takes its name back when the commit fails: %s", async (conflicts) => {
    const { pool } = past.ground.server.database;
    write("folder/x", "then");
    const name = ada.take();
    write("folder/x", "now");
    writeFileSync(ada.live("a"), "now");
    // At the commit: all have their names by then.
    await pool.query(`
      create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create constraint trigger refuse after update on workspaces deferrable initially deferred
      for each row execute function refuse()`);
    const { status, body } = await ada.restore(name, ["a", "folder"], conflicts);
    await pool.query("drop trigger refuse on workspaces");
    expect([status, body.restored, body.failed]).toMatchObject([200, [], [{ code: "defect" }, { code: "defect" }]]);
    expect([names(), read("a"), read("folder/x")]).toEqual([["a", "folder"], "now", "now"]);
    expect([staged(), await trash(), await audit()]).toEqual([[], [], []]);
    const { rows } = await pool.query("select state from trash_entries where owner_id = $1", [ada.person.id]);
    expect(rows).toEqual([]);
  });

  it.each(["keep_both", "replace"])("is undone whole when the snapshot vanishes in mid-copy: %s", async (conflicts) => {
    for (let n = 0; n < 600; n += 1) write(`folder/${n}`, "then");
    const name = ada.take();
    const answer = ada.restore(name, ["folder"], conflicts);
    await untilStaged(".part");
    past.double.end(name, ada.subject);
    const { status, body } = await answer;
    expect([status, body.restored, body.failed]).toMatchObject([200, [], [{ path: "folder", code: "not_found" }]]);
    expect([names(), staged(), await trash()]).toEqual([["a", "folder"], [], []]);
  });

  it("names nothing in a workspace that is being deleted since its copy began", async () => {
    const name = ada.take();
    const row = await holdRow();
    const answer = ada.restore(name, ["a"]);
    await untilStaged("-restore-");
    await row.query("update workspaces set status = 'deleting' where id = $1", [ada.id]);
    await row.release();
    expect((await answer).body).toMatchObject({ restored: [], failed: [{ path: "a", code: "not_found" }] });
    expect([names(), staged(), await audit()]).toEqual([["a"], [], []]);
  });

  it("is one of two of a person's at a time", async () => {
    write("folder/x", "then");
    const name = ada.take();
    const row = await holdRow();
    const refused: number[] = [];
    const asking = Array.from({ length: 6 }, async () => {
      const answer = await ada.restore(name, ["folder"]);
      if (answer.status !== 200) refused.push(answer.status);
      return answer;
    });
    await expect
      .poll(() => refused, { timeout: 5_000 })
      .toEqual([429, 429, 429, 429])
      .finally(row.release);
    const done = (await Promise.all(asking))
      .filter(({ status }) => status === 200)
      .flatMap(({ body }) => body.restored);
    expect(done.map((one: { restored_as: string }) => one.restored_as).sort()).toEqual(["folder (2)", "folder (3)"]);
  });
});
