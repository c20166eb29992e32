import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FileWork } from "../file-work/contract.ts";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "../files/directories.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
let files: FileWork;
beforeAll(async () => {
  server = await createWorkspacesServer();
  const directories = createDirectories(server.dataDir, server.platform.config.nodeId);
  files = createInProcessFileWork({ directories, symlinkRoots: [] });
});
afterAll(() => server?.close());
beforeEach(() => void server.operations.queued.splice(0));

const ask = (id: number, what: "move" | "copy", body: object, as?: "bob") =>
  server.call("POST", `/api/stoa/v1/workspaces/${id}/files/${what}`, body, as ? { as } : {});
const read = (id: number, ...parts: string[]) => readFile(server.onDisk(id, ...parts), "utf8");
const names = async (id: number, ...parts: string[]) => (await readdir(server.onDisk(id, ...parts))).sort();
const trash = async () => (await server.call("GET", "/api/stoa/v1/trash")).body.items;
const staged = async (id: number) => readdir(path.join(server.onDisk(id), "..", ".staging"));

describe("moving", () => {
  it("renames, moves into new folders, and to another workspace", async () => {
    const [id, other] = [await server.create({ "a.txt": "a", "folder/b.txt": "b" }), await server.create()];
    const renamed = await ask(id, "move", { path: "a.txt", to: "آ.txt" });
    expect(renamed).toMatchObject({ status: 200, body: { name: "آ.txt", path: "آ.txt", type: "file", size: 1 } });
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.file.move",
      subject: { id: String(id) },
      details: { from: "a.txt", to: "آ.txt" },
    });
    expect((await ask(id, "move", { path: "آ.txt", to: "new/deep/c.txt" })).status).toBe(200);
    expect(await names(id)).toEqual(["folder", "new"]);
    const moved = await ask(id, "move", { path: "folder", to: "taken over", to_workspace: other });
    expect(moved).toMatchObject({ status: 200, body: { path: "taken over", type: "folder" } });
    expect(await read(other, "taken over", "b.txt")).toBe("b");
    expect(await names(id)).toEqual(["new"]);
    const told = server.platform.recorded.events.slice(-2).map(({ subject }) => subject.id);
    expect(new Set(told)).toEqual(new Set([String(id), String(other)]));
  });

  it.each([
    ["a.txt", "b.txt", 409],
    ["a.txt", "folder", 409],
    ["folder", "a.txt", 409],
    ["folder", "empty", 409],
    ["a.txt", "a.txt", 409],
    ["folder", "folder/inner/x", 409],
    ["folder/x", "folder", 409],
    ["none", "x", 404],
    ["a.txt", "b.txt/x", 409],
    ["a.txt", "link/x", 409],
    ["a.txt", "../x", 400],
    ["a.txt", "x\n", 400],
    ["", "x", 400],
    ["a.txt", "", 400],
  ])("of %j to %j is refused, and changes nothing", async (from, to, status) => {
    const id = await server.create({ "a.txt": "a", "b.txt": "b", "folder/x": "x" });
    await mkdir(server.onDisk(id, "empty"));
    await symlink("/tmp", server.onDisk(id, "link"));
    for (const replace of [false, true]) {
      const replaces =
        replace && ["b.txt", "folder", "a.txt", "empty"].includes(to) && from !== to && from !== "folder/x";
      if (replaces) continue;
      expect((await ask(id, "move", { path: from, to, replace })).status).toBe(status);
    }
    expect(await names(id)).toEqual(["a.txt", "b.txt", "empty", "folder", "link"]);
    expect(await read(id, "b.txt")).toBe("b");
    expect(await names(id, "folder")).toEqual(["x"]);
  });

  it("sends what it replaces to the trash, from where it comes back", async () => {
    const id = await server.create({ "new.txt": "new", "old.txt": "old", "folder/x": "x" });
    expect((await ask(id, "move", { path: "new.txt", to: "old.txt", replace: true })).status).toBe(200);
    expect(await read(id, "old.txt")).toBe("new");
    const [entry] = await trash();
    expect(entry).toMatchObject({ path: "old.txt", kind: "file", size: 3 });
    expect(server.platform.recorded.audit.at(-1)?.details).toMatchObject({ replaced: entry.id });
    const restored = await server.call("POST", `/api/stoa/v1/trash/${entry.id}/restore`);
    expect(restored.body.path).toBe("old (2).txt");
    expect((await ask(id, "move", { path: "folder", to: "old.txt", replace: true })).status).toBe(200);
    expect(await names(id)).toEqual(["old (2).txt", "old.txt"]);
    expect(await read(id, "old.txt", "x")).toBe("x");
    expect((await ask(id, "move", { path: "old.txt", to: "nothing there", replace: true })).status).toBe(200);
  });

  it("puts back what it was to replace when the move fails", async () => {
    const id = await server.create({ "new.txt": "new", "old.txt": "old" });
    const before = (await trash()).length;
    // A move of what vanishes after the first look.
    const failing = files.run(server.ids.ann, "moveEntry", {
      from: { workspace: id, parts: ["new.txt"] },
      to: { workspace: id, parts: ["old.txt", "below"] },
      replaced: 999_999,
    });
    await expect(failing).rejects.toMatchObject({ code: "conflict" });
    expect(await names(id)).toEqual(["new.txt", "old.txt"]);
    expect((await trash()).length).toBe(before);
  });

  it("finds nobody else's, on either side", async () => {
    const [mine, hers] = [await server.create({ x: "x" }, "bob"), await server.create({ y: "y" })];
    for (const what of ["move", "copy"] as const) {
      const refusal = { status: 404, body: { detail: "There is no workspace here." } };
      expect(await ask(hers, what, { path: "y", to: "z" }, "bob")).toMatchObject(refusal);
      expect(await ask(mine, what, { path: "x", to: "z", to_workspace: hers }, "bob")).toMatchObject(refusal);
    }
    expect(await names(hers)).toEqual(["y"]);
  });
});

describe("copying", () => {
  const copy = async (id: number, body: object) => {
    const queued = await ask(id, "copy", body);
    expect(queued).toMatchObject({ status: 202, body: { operation_id: expect.any(String) } });
    return (await server.operations.runAll())[0];
  };

  it("copies a tree with its permissions and links, and leaves out what is no file", async () => {
    const id = await server.create({ "from/run.sh": "#!/bin/sh", "from/deep/data.bin": "x".repeat(300_000) });
    await chmod(server.onDisk(id, "from", "run.sh"), 0o750);
    await chmod(server.onDisk(id, "from", "deep"), 0o500);
    await symlink("/etc/passwd", server.onDisk(id, "from", "link"));
    execFileSync("mkfifo", [server.onDisk(id, "from", "pipe")]);
    await writeFile(Buffer.concat([Buffer.from(`${server.onDisk(id, "from")}/caf`), Buffer.from([0xe9])]), "é");
    const result = await copy(id, { path: "from", to: "copies/of it" });
    expect(result).toMatchObject({ path: "copies/of it", workspace_id: id, bytes: 300_011, skipped: 1 });
    const at = (...parts: string[]) => server.onDisk(id, "copies", "of it", ...parts);
    expect((await readFile(at("deep", "data.bin"))).length).toBe(300_000);
    expect((await stat(at("run.sh"))).mode & 0o777).toBe(0o750);
    expect((await stat(at("deep"))).mode & 0o777).toBe(0o500);
    expect((await stat(at("run.sh"))).mtimeMs).toBeCloseTo(
      (await stat(server.onDisk(id, "from", "run.sh"))).mtimeMs,
      -1,
    );
    expect(await readlink(at("link"))).toBe("/etc/passwd");
    expect((await readdir(at(), { encoding: "buffer" })).map((name) => name.toString("latin1")).sort()).toEqual([
      "caf\xe9",
      "deep",
      "link",
      "run.sh",
    ]);
    expect((await staged(id)).filter((left) => !left.endsWith(".inode"))).toEqual([]);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({ action: "workspace.file.copy" });
  });

  it("copies to another workspace, and replaces only when asked to", async () => {
    const [id, other] = [await server.create({ "a.txt": "new" }), await server.create({ "a.txt": "old" })];
    const body = { path: "a.txt", to: "a.txt", to_workspace: other };
    expect((await ask(id, "copy", body)).status).toBe(409);
    await copy(id, { ...body, replace: true });
    expect(await read(other, "a.txt")).toBe("new");
    expect(await read(id, "a.txt")).toBe("new");
    expect((await trash())[0]).toMatchObject({ path: "a.txt", size: 3 });
    expect((await ask(id, "copy", { path: "none", to: "x" })).status).toBe(404);
    expect((await ask(id, "copy", { path: "a.txt", to: "a.txt", replace: true })).status).toBe(409);
  });

  it("is refused when the name is taken meanwhile", async () => {
    const id = await server.create({ "a.txt": "a" });
    await ask(id, "copy", { path: "a.txt", to: "b.txt" });
    await writeFile(server.onDisk(id, "b.txt"), "mine");
    await expect(server.operations.runAll()).rejects.toMatchObject({ code: "conflict" });
    expect(await read(id, "b.txt")).toBe("mine");
  });

  it.each([false, true])(
    "ends well when it is killed between its name and the commit (replacing: %s)",
    async (replace) => {
      const id = await server.create({ "a.txt": "a", ...(replace ? { "b.txt": "before" } : {}) });
      await ask(id, "copy", { path: "a.txt", to: "b.txt", replace });
      const [queued] = server.operations.queued.splice(0);
      if (!queued) throw new Error("nothing was queued");
      const attempt = () => server.operations.runAs(`again-${replace}`, queued.kind, queued.subject, queued);
      const { pool } = server.database;
      await pool.query(`
      create or replace function fail() returns trigger language plpgsql as $$ begin raise 'no commit'; end $$;
      create constraint trigger fail after update on workspaces deferrable initially deferred
      for each row execute function fail()`);
      await expect(attempt()).rejects.toThrow("no commit");
      await pool.query("drop trigger fail on workspaces");
      expect(await read(id, "b.txt")).toBe("a");
      expect(await attempt()).toMatchObject({ path: "b.txt", bytes: 1 });
      // Killed once more, just before it was written down that it has ended.
      expect(await attempt(), "nothing is copied a second time").toMatchObject({ path: "b.txt", bytes: 1 });
      expect([await read(id, "a.txt"), await read(id, "b.txt")]).toEqual(["a", "a"]);
      const left = (await staged(id)).filter((one) => one.startsWith(`copy-again-${replace}`));
      expect(left, "but for the note, until the sweep").toEqual([`copy-again-${replace}.inode`]);
      await server.workspaces.start();
      await server.workspaces.stop();
      const kept = (await trash()).filter(({ workspace }: { workspace: { id: number } }) => workspace.id === id);
      expect(kept).toMatchObject(replace ? [{ path: "b.txt", size: 6 }] : []);
    },
  );

  it.each(["file", "folder"])("of a %s ends the same when each of its steps is repeated", async (kind) => {
    const id = await server.create({ file: "x", "folder/inner": "y" });
    const { ann } = server.ids;
    const from = { workspace: id, parts: [kind] };
    const to = { workspace: id, parts: ["copy of it"] };
    const name = `copy-test-${kind}`;
    for (let again = 0; again < 2; again += 1) await files.run(ann, "stageCopy", { from, name });
    for (let again = 0; again < 3; again += 1) await files.run(ann, "placeCopy", { name, to, replaced: null });
    await files.run(ann, "discardCopy", { name });
    expect(await names(id)).toEqual(["copy of it", "file", "folder"]);
    expect((await staged(id)).filter((left) => left.startsWith(name))).toEqual([]);
  });
});
