import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createDirectories } from "../files/directories.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { TIDY_KIND } from "../tidy.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());
beforeEach(() => server.database.pool.query("delete from trash_entries"));

const api = "/api/stoa/v1";
const remove = (id: number, name: string, as: "ann" | "bob" = "ann") =>
  server.call("DELETE", `${api}/workspaces/${id}/files?path=${encodeURIComponent(name)}`, undefined, { as });
const restore = (entry: number | string, as: "ann" | "bob" = "ann") =>
  server.call("POST", `${api}/trash/${entry}/restore`, undefined, { as });
const list = async (as: "ann" | "bob" = "ann") =>
  (await server.call("GET", `${api}/trash`, undefined, { as })).body.items;
const inTrash = (...parts: (string | number)[]) =>
  path.join(server.dataDir, "trash", String(server.ids.ann), ...parts.map(String));
const exists = (file: string) =>
  readdir(path.dirname(file)).then(
    (names) => names.includes(path.basename(file)),
    () => false,
  );
const tidy = () =>
  server.operations.run({
    kind: TIDY_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "test" },
    input: {},
  });

describe("the list", () => {
  it("narrows to one workspace, page by page, and the summary names those there are", async () => {
    const [one, other] = [await server.create({ a: "", b: "", c: "" }), await server.create({ x: "" })];
    for (const name of ["a", "b"]) await remove(one, name);
    await remove(other, "x");
    await remove(one, "c");
    const pathsIn = async (query: string, as: "ann" | "bob" = "ann") => {
      const { body } = await server.call("GET", `${api}/trash?${query}`, undefined, { as });
      return [body.items.map((item: { path: string }) => item.path), body.next_cursor];
    };
    const [first, cursor] = await pathsIn(`workspace_id=${one}&limit=2`);
    expect(first).toEqual(["c", "b"]);
    expect(await pathsIn(`workspace_id=${one}&limit=2&cursor=${cursor}`)).toEqual([["a"], null]);
    expect(await pathsIn(`workspace_id=${other}`)).toEqual([["x"], null]);
    expect(await pathsIn(`workspace_id=${one}`, "bob")).toEqual([[], null]);
    const summary = async (as: "ann" | "bob") =>
      (await server.call("GET", `${api}/trash/summary`, undefined, { as })).body.places;
    expect((await summary("ann")).map(({ id, entries }: { id: number; entries: number }) => [id, entries])).toEqual([
      [one, 3],
      [other, 1],
    ]);
    expect(await summary("bob")).toEqual([]);
  });
});

describe("deleting files", () => {
  it("moves a file to the trash and back", async () => {
    const id = await server.create({ "a/b.txt": "kept" });
    const deleted = await remove(id, "a/b.txt");
    expect(deleted).toMatchObject({
      status: 200,
      body: { kind: "file", path: "a/b.txt", size: 4, workspace: { id, name: "Thesis" } },
    });
    const entry = deleted.body.id;
    expect(Date.parse(deleted.body.expires_at)).toBeGreaterThan(Date.now() + 86_400_000);
    expect(await readdir(server.onDisk(id, "a"))).toEqual([]);
    expect(await readFile(inTrash(entry, "b.txt"), "utf8")).toBe("kept");
    expect(await list()).toEqual([deleted.body]);
    await rm(server.onDisk(id, "a"), { recursive: true });
    expect(await restore(entry)).toMatchObject({ status: 200, body: { workspace_id: id, path: "a/b.txt" } });
    expect(await readFile(server.onDisk(id, "a", "b.txt"), "utf8")).toBe("kept");
    expect(await list()).toEqual([]);
    expect(await exists(inTrash(entry))).toBe(false);
    expect((await restore(entry)).status).toBe(404);
    expect(server.platform.recorded.audit.slice(-2).map(({ action }) => action)).toEqual([
      "workspace.file.delete",
      "workspace.file.restore",
    ]);
  });

  it("restores under a free name", async () => {
    const id = await server.create({ "x.txt": "old", "folder/y": "y" });
    const [file, folder] = [(await remove(id, "x.txt")).body.id, (await remove(id, "folder")).body.id];
    await writeFile(server.onDisk(id, "x.txt"), "new");
    await mkdir(server.onDisk(id, "folder"));
    expect((await restore(file)).body.path).toBe("x (2).txt");
    expect((await restore(folder)).body.path).toBe("folder (2)");
    expect(await readFile(server.onDisk(id, "x.txt"), "utf8")).toBe("new");
    expect(await readFile(server.onDisk(id, "folder (2)", "y"), "utf8")).toBe("y");
  });

  it("takes a link itself, never what it points to, and goes through none", async () => {
    const id = await server.create();
    const outside = path.join(server.dataDir, "outside");
    await mkdir(outside, { recursive: true });
    await writeFile(path.join(outside, "x"), "x");
    await symlink(outside, server.onDisk(id, "link"));
    expect((await remove(id, "link/x")).status).toBe(409);
    const deleted = await remove(id, "link");
    expect(deleted.body).toMatchObject({ kind: "symlink", size: null });
    expect(await readdir(outside)).toEqual(["x"]);
    await symlink(outside, server.onDisk(id, "link"));
    expect((await restore(deleted.body.id)).body.path).toBe("link (2)");
  });

  it("refuses the root, what is not there, and others' entries", async () => {
    const id = await server.create({ x: "x" });
    expect((await remove(id, "/")).status).toBe(400);
    expect((await remove(id, "none")).status).toBe(404);
    expect((await remove(id, "x", "bob")).status).toBe(404);
    const { body } = await remove(id, "x");
    expect((await restore(body.id, "bob")).status).toBe(404);
    expect(await list("bob")).toEqual([]);
    for (const wrong of ["0", "-1", "abc", "9007199254740993"])
      expect([400, 404]).toContain((await restore(wrong)).status);
    expect(await list()).toHaveLength(1);
  });

  it("lists page by page, newest first", async () => {
    const id = await server.create({ a: "", b: "", c: "" });
    for (const name of ["a", "b", "c"]) await remove(id, name);
    const first = await server.call("GET", `${api}/trash?limit=2`);
    expect(first.body.items.map((item: { path: string }) => item.path)).toEqual(["c", "b"]);
    const rest = await server.call("GET", `${api}/trash?limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ path: "a" }], next_cursor: null });
    expect((await server.call("GET", `${api}/trash?cursor=x`)).status).toBe(400);
  });

  it("restores once when two ask at once", async () => {
    const id = await server.create({ x: "x" });
    const { body } = await remove(id, "x");
    const answers = await Promise.all([1, 2, 3].map(() => restore(body.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect(await readdir(server.onDisk(id))).toEqual(["x"]);
  });
});

describe("a deleted workspace", () => {
  it("comes back with its files", async () => {
    const id = await server.create({ "a.txt": "a", "b.txt": "b" });
    const file = (await remove(id, "b.txt")).body.id;
    await server.call("DELETE", `/workspaces/${id}/`);
    await server.operations.runAll();
    const [entry] = await list();
    expect(entry).toMatchObject({ kind: "workspace", path: "", workspace: { id, name: "Thesis" } });
    expect(await restore(file)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("workspace"), details: { reason: "workspace_in_trash" } },
    });
    expect(await restore(entry.id)).toMatchObject({ status: 200, body: { workspace_id: id, path: "" } });
    const [workspace] = (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces;
    expect(workspace.status).toBe("idle");
    expect((await restore(file)).status).toBe(200);
    expect((await readdir(server.onDisk(id))).sort()).toEqual(["a.txt", "b.txt"]);
  });
});

describe("what a killed server left", () => {
  const setState = (entry: number, state: string) =>
    server.database.pool.query("update trash_entries set state = $2 where id = $1", [entry, state]);

  it("is settled by where the file is", async () => {
    const id = await server.create({ moved: "m", unmoved: "u", back: "b", away: "a" });
    const entries = new Map<string, number>();
    for (const name of ["moved", "unmoved", "back", "away"]) entries.set(name, (await remove(id, name)).body.id);
    const entry = (name: string) => entries.get(name) ?? 0;
    // Killed after the move, before it, after a restore's move, before it.
    await setState(entry("moved"), "moving");
    await setState(entry("unmoved"), "moving");
    await rename(inTrash(entry("unmoved"), "unmoved"), server.onDisk(id, "unmoved"));
    await setState(entry("back"), "restoring");
    await rename(inTrash(entry("back"), "back"), server.onDisk(id, "back"));
    await setState(entry("away"), "restoring");
    const staging = path.join(server.onDisk(0), "..", ".staging");
    const mark = createDirectories(server.dataDir, server.platform.config.nodeId).stagingMark;
    await writeFile(path.join(staging, `${mark}-left`), "half");
    await mkdir(path.join(staging, `${mark}-tree`, "a"), { recursive: true });
    await writeFile(path.join(staging, "another-node"), "not ours");

    await server.workspaces.start();
    await server.workspaces.stop();
    expect((await list()).map((item: { path: string }) => item.path)).toEqual(["away", "moved"]);
    expect((await readdir(server.onDisk(id))).sort()).toEqual(["back", "unmoved"]);
    expect(await readdir(staging)).toEqual(["another-node"]);
    await rm(path.join(staging, "another-node"));
  });

  it("is a deletion that its operation repeats at any step", async () => {
    for (const step of ["row only", "moved", "settled"]) {
      const id = await server.create({ x: step });
      await server.call("DELETE", `/workspaces/${id}/`);
      const [operation] = server.operations.queued;
      if (!operation) throw new Error("nothing queued");
      await server.operations.runAll();
      if (step !== "settled") {
        await server.database.pool.query("update workspaces set deleted_at = null where id = $1", [id]);
        await server.database.pool.query("update trash_entries set state = 'moving' where workspace_id = $1", [id]);
      }
      const { rows } = await server.database.pool.query("select id from trash_entries where workspace_id = $1", [id]);
      if (step === "row only") await rename(inTrash(rows[0].id, id), server.onDisk(id));
      await server.operations.run(operation);
      expect(await readFile(inTrash(rows[0].id, id, "x"), "utf8")).toBe(step);
      expect((await list()).filter((item: { workspace: { id: number } }) => item.workspace.id === id)).toHaveLength(1);
    }
  });

  it("is a folder without a workspace: set aside, never deleted", async () => {
    const stray = server.onDisk(987_654);
    await mkdir(stray);
    await writeFile(path.join(stray, "precious"), "precious");
    expect(await tidy()).toMatchObject({ unclaimed: 0 });
    expect(await exists(stray)).toBe(true);
    // A change time can't be set, so the clock is moved on.
    vi.setSystemTime(Date.now() + 3_600_000);
    try {
      expect(await tidy()).toMatchObject({ unclaimed: 1 });
    } finally {
      vi.useRealTimers();
    }
    const aside = (await readdir(path.dirname(stray))).find((name) => name.startsWith(".unclaimed-987654-")) ?? "";
    expect(await readFile(path.join(path.dirname(stray), aside, "precious"), "utf8")).toBe("precious");
  });

  it("never stands in a new workspace's way", async () => {
    const { rows } = await server.database.pool.query("select max(id) as id from workspaces");
    const next = rows[0].id + 1;
    await mkdir(server.onDisk(next));
    await writeFile(server.onDisk(next, "precious"), "of another database");
    const id = await server.create({ mine: "mine" });
    expect(id).toBe(next);
    expect(await readdir(server.onDisk(id))).toEqual(["mine"]);
    const aside = (await readdir(path.dirname(server.onDisk(id)))).find((name) => name.startsWith(`.unclaimed-${id}-`));
    expect(await readFile(path.join(path.dirname(server.onDisk(id)), aside ?? "", "precious"), "utf8")).toBe(
      "of another database",
    );
  });
});

describe("tidying", () => {
  it("ends what has been in the trash for too long, and only that", async () => {
    const id = await server.create({ "old/deep/x": "x", young: "y" });
    await symlink("/etc", server.onDisk(id, "old", "etc"));
    await chmod(server.onDisk(id, "old", "deep"), 0o500);
    const [old, young] = [(await remove(id, "old")).body.id, (await remove(id, "young")).body.id];
    const gone = await server.create({ z: "z" });
    await server.call("DELETE", `/workspaces/${gone}/`);
    await server.operations.runAll();
    const long = "update trash_entries set deleted_at = now() - interval '400 days' where id <> $1";
    await server.database.pool.query(long, [young]);
    if (process.getuid?.() !== 0) await chmod(inTrash(old, "old", "deep"), 0o700);
    expect(await tidy()).toMatchObject({ purged: 2 });
    expect((await list()).map((item: { id: number }) => item.id)).toEqual([young]);
    expect(await readdir(inTrash())).toContain(String(young));
    expect(await readdir(inTrash())).not.toContain(String(old));
    expect(await exists("/etc/passwd")).toBe(true);
    const { rows } = await server.database.pool.query("select disk_space, deleted_at from workspaces where id = $1", [
      gone,
    ]);
    expect(rows[0]).toMatchObject({ disk_space: 0, deleted_at: expect.any(Date) });
  });
});
