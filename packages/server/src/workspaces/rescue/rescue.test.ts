import { link, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Caller } from "../context.ts";
import { OpenFolder } from "../files/descriptor-walk.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

const MIB = 2 ** 20;

let server: WorkspacesServer;
const recounted: number[] = [];

beforeAll(async () => {
  const room = { of: async () => null, recount: (id: number) => void recounted.push(id), address: () => "" };
  server = await createWorkspacesServer({ room });
});
afterAll(() => server.close());

const caller = (as: "ann" | "bob" = "ann"): Caller => ({
  accountId: server.ids[as],
  actor: { accountId: server.ids[as], label: as, credentialKind: null, credentialId: null },
  requestId: null,
  address: null,
});

async function put(id: number, path: string, bytes: number): Promise<void> {
  const at = server.onDisk(id, ...path.split("/"));
  await mkdir(dirname(at), { recursive: true });
  await writeFile(at, Buffer.alloc(bytes, 1));
}

/** Looked at anew each time: another number is another question. */
let limit = 20;
async function largest(as: "ann" | "bob" = "ann", by: "taken" | "contents" = "contents") {
  limit += 1;
  return server.workspaces.rescue.largest.find(server.ids[as], limit, { by, workspaces: true, storage: null });
}

const told = ({ items }: Awaited<ReturnType<typeof largest>>, id: number) =>
  items.filter(({ workspace }) => workspace?.id === id).map(({ path, kind, bytes }) => [path, kind, bytes]);

describe("what takes the most room", () => {
  it("names files and folders, the largest first, of all workspaces and of the trash", async () => {
    const id = await server.create({});
    const other = await server.create({});
    await put(id, "data/a.bin", 3 * MIB);
    await put(id, "data/b.bin", 2 * MIB);
    await put(id, "lone/deep/only.bin", MIB);
    await put(other, "notes.txt", 10);
    await put(other, "old/x", 4 * MIB);
    await server.call("DELETE", `/api/stoa/v1/workspaces/${other}/files?path=old`);
    const found = await largest();
    expect(found.complete).toBe(true);
    expect(told(found, id)).toEqual([
      ["data", "folder", 5 * MIB],
      ["data/a.bin", "file", 3 * MIB],
      ["data/b.bin", "file", 2 * MIB],
      // Not the folders in which it is all there is.
      ["lone/deep/only.bin", "file", MIB],
    ]);
    expect(found.items.find(({ trashEntry }) => trashEntry !== null)).toMatchObject({
      workspace: { id: other, name: "Thesis" },
      path: "old",
      kind: "folder",
      bytes: 4 * MIB,
    });
    expect(found.items.map(({ bytes }) => bytes)).toEqual(
      found.items.map(({ bytes }) => bytes).toSorted((a, b) => b - a),
    );
    expect(found.bytes).toBe(10 * MIB + 10);
    expect(found.trashed).toBe(4 * MIB);
    expect((await largest("bob")).items).toEqual([]);
  });

  it("follows no link, counts a file of two names once, and a hole as what it takes", async () => {
    const id = await server.create({});
    await put(id, "twice/one", 2 * MIB);
    await link(server.onDisk(id, "twice/one"), server.onDisk(id, "twice/two"));
    await symlink("/usr/lib", server.onDisk(id, "out"));
    await symlink("twice", server.onDisk(id, "again"));
    await writeFile(server.onDisk(id, "hole"), "x");
    await truncate(server.onDisk(id, "hole"), 50 * MIB);
    const contents = told(await largest(), id);
    expect(contents.filter(([path]) => String(path).startsWith("twice"))).toHaveLength(1);
    expect(contents.find(([path]) => path === "hole")).toEqual(["hole", "file", 50 * MIB]);
    expect(contents.some(([path]) => path === "out" || path === "again")).toBe(false);
    const [, , bytes] = told(await largest("ann", "taken"), id).find(([path]) => path === "hole") ?? [];
    expect(bytes).toBeLessThan(MIB);
  });

  it("says of names that are no text that no path leads there", async () => {
    const id = await server.create({});
    const name = Buffer.concat([Buffer.from(`${server.onDisk(id)}/caf`), Buffer.from([0xe9])]);
    await writeFile(name, Buffer.alloc(MIB));
    const { items } = await largest();
    expect(items.find(({ workspace }) => workspace?.id === id)).toMatchObject({ path: "caf\\xe9", openable: false });
  });

  it("is asked once in a minute, until something is deleted", async () => {
    const id = await server.create({});
    const where = { by: "contents", workspaces: true, storage: null } as const;
    const ask = () => server.workspaces.rescue.largest.find(server.ids.ann, 7, where);
    const first = await ask();
    await put(id, "new.bin", 0);
    await truncate(server.onDisk(id, "new.bin"), 100 * MIB);
    expect(await ask()).toBe(first);
    await server.workspaces.rescue.erase(caller(), [{ workspace: id, path: "nothing" }]);
    const meanwhile = await ask();
    await server.operations.runAll();
    expect(await ask()).not.toBe(meanwhile);
    expect((await ask()).items[0]).toMatchObject({ path: "new.bin", workspace: { id } });
  });
});

describe("deleting for good", () => {
  it("removes what was asked past the trash and out of it, each by itself, and has the use counted anew", async () => {
    const id = await server.create({ "keep.txt": "kept", "a.bin": "aaa" });
    await put(id, "tree/deep/x", 10);
    await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=a.bin`);
    const [entry] = (await server.call("GET", `/api/stoa/v1/trash?workspace_id=${id}`)).body.items;
    const erasing = await server.workspaces.rescue.erase(caller(), [
      { workspace: id, path: "tree" },
      { workspace: id, path: "gone already" },
      { workspace: id, path: "../etc" },
      { workspace: id, path: "" },
      { trashEntry: entry.id },
      { trashEntry: 999_999 },
      { workspace: 999_999, path: "x" },
    ]);
    expect(erasing.items.map(({ accepted }) => accepted)).toEqual([true, true, false, false, true, false, false]);
    expect(erasing.operations).toHaveLength(2);
    recounted.length = 0;
    const [files] = await server.operations.runAll();
    expect(files).toMatchObject({ erased: 2, left: 0, items: [{ path: "tree", done: true }, { done: true }] });
    expect(recounted).toEqual([server.ids.ann, server.ids.ann]);
    await expect(readFile(server.onDisk(id, "tree/deep/x"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(server.onDisk(id, "keep.txt"), "utf8")).toBe("kept");
    expect((await server.call("GET", `/api/stoa/v1/trash?workspace_id=${id}`)).body.items).toEqual([]);
  });

  it("removes a link and not what it leads to, and passes through none", async () => {
    const id = await server.create({ "real/kept.txt": "kept" });
    await symlink("real", server.onDisk(id, "way"));
    await symlink("/etc", server.onDisk(id, "etc"));
    await server.workspaces.rescue.erase(caller(), [
      { workspace: id, path: "etc" },
      { workspace: id, path: "way/kept.txt" },
    ]);
    const [result] = await server.operations.runAll();
    expect(result).toMatchObject({ items: [{ done: true }, { done: false, problem: expect.stringContaining("way") }] });
    expect(await readFile(server.onDisk(id, "real/kept.txt"), "utf8")).toBe("kept");
    expect((await readFile("/etc/passwd")).length).toBeGreaterThan(0);
  });

  it("touches nothing of anybody else's", async () => {
    const id = await server.create({ "a.txt": "mine" });
    await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=a.txt`);
    const [entry] = (await server.call("GET", `/api/stoa/v1/trash?workspace_id=${id}`)).body.items;
    const asked = [{ workspace: id, path: "a.txt" }, { trashEntry: entry.id }];
    await expect(server.workspaces.rescue.erase(caller("bob"), asked)).rejects.toMatchObject({ code: "not_found" });
    expect(server.operations.queued).toEqual([]);
  });

  it.each([
    ["soon: the rest goes", 0, ["a.txt"]],
    ["late: nothing goes any more", 6, ["a.txt", "b.txt"]],
  ])("once interrupted goes on %s, and never where it was done", async (_name, minutes, stay) => {
    const names = ["a.txt", "b.txt"];
    const id = await server.create({ "a.txt": "a", "b.txt": "b" });
    await server.workspaces.rescue.erase(
      caller(),
      names.map((path) => ({ workspace: id, path })),
    );
    const [operation] = server.operations.queued.splice(0);
    if (operation === undefined) throw new Error("nothing was queued");
    await expect(server.operations.run(operation, { killed: 3 })).rejects.toThrow("killed");
    for (const name of names) await writeFile(server.onDisk(id, name), "made since");
    const createdAt = new Date(Date.now() - minutes * 60_000);
    const again = await server.operations.run(operation, { createdAt });
    expect(again).toMatchObject({ erased: 3 - stay.length, left: stay.length - 1 });
    expect((await readdir(server.onDisk(id))).sort()).toEqual(stay);
  });

  it("tells what fails on our side of that one alone", async () => {
    const id = await server.create({ "a.txt": "a", "b.txt": "b" });
    await server.workspaces.rescue.erase(
      caller(),
      ["a.txt", "b.txt"].map((path) => ({ workspace: id, path })),
    );
    const look = OpenFolder.prototype.stat;
    const broken = vi.spyOn(OpenFolder.prototype, "stat").mockImplementation(function (this: OpenFolder, name) {
      if (name === "a.txt") throw Object.assign(new Error("i/o error"), { code: "EIO" });
      return look.call(this, name);
    });
    const [result] = await server.operations.runAll().finally(() => broken.mockRestore());
    expect(result).toMatchObject({ erased: 1, items: [{ done: false }, { done: true }] });
    expect(await readdir(server.onDisk(id))).toEqual(["a.txt"]);
  });
});
