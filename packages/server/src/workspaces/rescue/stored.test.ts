import { mkdir, mkdtemp, readdir, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Events, StoredEvent } from "../../platform/events/contract.ts";
import { removeDirectory } from "../../testing/remove-directory.ts";
import type { PersonFolders } from "../file-work/contract.ts";
import { OpenFolder } from "../files/descriptor-walk.ts";
import { removeTree } from "../files/remove-tree.ts";
import { boundsOf, isOutside } from "../files/storage-folder.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

const KIB = 1024;
let server: WorkspacesServer;
let storage: string;
/** Events of other people's writes, told at once. */
const followers: ((event: StoredEvent) => void)[] = [];
beforeAll(async () => {
  const room = { of: async () => null, recount: () => undefined, address: () => "" };
  const events: Events = {
    async publish(_trx, event) {
      for (const tell of followers) tell({ ...event, cursor: "1", at: "" });
    },
    subscribe(_options, onEvent) {
      followers.push(onEvent);
      return () => undefined;
    },
    head: async () => "0",
    since: async () => [],
    listening: true,
  };
  server = await createWorkspacesServer({ room, platform: { events } });
  await server.workspaces.start();
});
afterAll(async () => {
  await server.workspaces.stop();
  await server.close();
});
beforeEach(async () => {
  storage = await realpath(await mkdtemp(path.join(tmpdir(), "stoa-stored-")));
});
afterEach(() => removeDirectory(storage));

async function put(name: string, bytes: number): Promise<void> {
  await mkdir(path.dirname(path.join(storage, name)), { recursive: true });
  await writeFile(path.join(storage, name), Buffer.alloc(bytes, 1));
}

/** Where somebody's workspaces lie apart. */
async function foldersApart(): Promise<PersonFolders> {
  const apart = () => OpenFolder.trusted(server.dataDir);
  return { account: apart, trash: apart } as unknown as PersonFolders;
}

const look = (workspaces: boolean, limit = 20) =>
  server.workspaces.rescue.largest.find(server.ids.ann, limit, { by: "contents", workspaces, storage });
async function erase(name: string, of = server.ids.ann, directory = storage, what = directory) {
  const { dev: device, ino: inode } = await stat(what);
  const place = { directory, device, inode, path: name };
  await server.workspaces.rescue.eraseStored(of, place, AbortSignal.timeout(10_000));
}

describe("what lies in somebody's storage outside workspaces", () => {
  it("is found largest first, links met and never followed, what is ours left out", async () => {
    await put("conda/pkgs/a.tar", 300 * KIB);
    await put("conda/envs/b.so", 200 * KIB);
    await put(".cache/c", 100 * KIB);
    await put(".stoa/moving-in.x/d", 900 * KIB);
    await symlink("/usr/lib", path.join(storage, "lib"));
    const id = await server.create({ "x.txt": "apart, and counts nowhere" });
    const found = await look(false);
    expect(found.items.map(({ workspace, path: at, kind, bytes }) => [workspace, at, kind, bytes / KIB])).toEqual([
      [null, "conda", "folder", 500],
      [null, "conda/pkgs/a.tar", "file", 300],
      [null, "conda/envs/b.so", "file", 200],
      [null, ".cache/c", "file", 100],
    ]);
    expect(found).toMatchObject({ bytes: 600 * KIB, complete: true, storageRead: true });
    expect((await look(true)).items.some(({ workspace }) => workspace?.id === id)).toBe(true);
  });

  it("is told as not looked at where there is none", async () => {
    const where = { by: "contents", workspaces: false, storage: path.join(storage, "gone") } as const;
    const found = await server.workspaces.rescue.largest.find(server.ids.ann, 5, where);
    expect(found).toMatchObject({ items: [], storageRead: false });
  });

  it("goes for good, and a link goes without what it leads to", async () => {
    await put("conda/pkgs/a.tar", KIB);
    await put("kept/b", KIB);
    await symlink(path.join(storage, "kept"), path.join(storage, "way"));
    await erase("conda");
    await erase("conda");
    await expect(erase("way/b")).rejects.toMatchObject({ code: "conflict" });
    await erase("way");
    expect(await readdir(storage)).toEqual(["kept"]);
    expect(await readdir(path.join(storage, "kept"))).toEqual(["b"]);
  });

  it.each([
    ["../other", "may not contain"],
    ["a/../b", "may not contain"],
    ["", "is not to be deleted"],
    ["/", "is not to be deleted"],
    [".stoa", "is not to be deleted"],
    [".stoa/trash/3", "is not to be deleted"],
    [".zfs", "is not to be deleted"],
    [".zfs/snapshot/a", "is not to be deleted"],
  ])("is not %j", async (name, why) => {
    await put(".stoa/trash/3/x", KIB);
    await put(".zfs/snapshot/a", KIB);
    await put("b", KIB);
    const told = { code: "invalid", message: expect.stringContaining(why) };
    await expect(erase(name)).rejects.toMatchObject(told);
    expect(() => server.workspaces.rescue.storedPath(name)).toThrow(expect.objectContaining(told));
    expect((await readdir(storage)).sort()).toEqual([".stoa", ".zfs", "b"]);
    expect(await readdir(path.join(storage, ".zfs/snapshot"))).toEqual(["a"]);
    expect((await look(false)).items.map(({ path: at }) => at)).toEqual(["b"]);
  });

  it("is not what is ours by another name, as where case makes no difference", async () => {
    await put(".stoa/trash/3/x", KIB);
    await put("inner/b", KIB);
    await using folder = await OpenFolder.trusted(storage);
    const bounds = await boundsOf(await foldersApart(), folder);
    const ours = await stat(path.join(storage, ".stoa"));
    await using any = await OpenFolder.trusted(path.join(storage, "inner"));
    expect(isOutside(bounds, ours, any.descriptor)).toBe(true);
    const { dev, ino } = await any.self();
    expect(isOutside(bounds, { dev, ino }, any.descriptor)).toBe(false);
    // As a subvolume has it, which is no mount.
    expect(isOutside(bounds, { dev: dev + 1, ino }, any.descriptor)).toBe(true);
  });

  it("is not what another directory of the same name holds, nor one that a link leads to", async () => {
    await put("thesis", KIB);
    const other = `${storage}-other`;
    await mkdir(other);
    const another = { code: "conflict", message: expect.stringContaining("another one") };
    await expect(erase("thesis", server.ids.ann, storage, other)).rejects.toMatchObject(another);
    await removeDirectory(other);
    await symlink(storage, other);
    await expect(erase("thesis", server.ids.ann, other)).rejects.toMatchObject({ code: "unavailable" });
    await removeDirectory(other);
    expect(await readdir(storage)).toEqual(["thesis"]);
  });

  it("is not what holds their workspaces: neither listed twice nor deleted here", async () => {
    const inside = server.ids.bob;
    await put("notes", KIB);
    expect(await server.workspaces.houses.house(inside, storage)).toBe("inside");
    const id = await server.create({ "x.bin": "x".repeat(5 * KIB) }, "bob");
    const where = { by: "contents", workspaces: true, storage } as const;
    const { items } = await server.workspaces.rescue.largest.find(inside, 30, where);
    expect(items.map(({ workspace, path: at }) => [workspace?.id ?? null, at])).toEqual([
      [id, "x.bin"],
      [null, "notes"],
    ]);
    for (const name of ["workspaces", `workspaces/${id}`, `workspaces/${id}/x.bin`]) {
      await expect(erase(name, inside), name).rejects.toMatchObject({ message: expect.stringContaining("holds work") });
    }
    expect(await readdir(path.join(storage, "workspaces", String(id)))).toEqual(["x.bin"]);
  });
});

it("a folder that is refused on the way stays, with all that is in it", async () => {
  await put("tree/kept/a", KIB);
  await put("tree/b", KIB);
  await using folder = await OpenFolder.trusted(storage);
  const { ino: kept } = await stat(path.join(storage, "tree/kept"));
  const removing = removeTree(folder, "tree", AbortSignal.timeout(10_000), ({ ino }) => {
    if (ino === kept) throw new Error("mounted");
  });
  await expect(removing).rejects.toThrow("mounted");
  expect(await readdir(path.join(storage, "tree/kept"))).toEqual(["a"]);
});

it("who changes something in the portal is shown what there is now", async () => {
  const id = await server.create({});
  const first = await look(true, 9);
  expect(await look(true, 9)).toBe(first);
  const raw = "x".repeat(KIB);
  await server.call("PUT", `/api/stoa/v1/workspaces/${id}/files/content?path=a.txt`, undefined, {
    raw,
    headers: { "content-type": "text/plain" },
  });
  expect((await look(true, 9)).items).toContainEqual(expect.objectContaining({ path: "a.txt", bytes: KIB }));
});
