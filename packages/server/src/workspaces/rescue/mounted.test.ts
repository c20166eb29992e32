import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { removeDirectory } from "../../testing/remove-directory.ts";
import type { CommandIo, PersonFolders } from "../file-work/contract.ts";
import { OpenFolder } from "../files/descriptor-walk.ts";
import { eraseStored } from "../files/erase-stored.ts";
import { largestEntries } from "../files/largest-entries.ts";
import { mountsBelow } from "../files/mounts.ts";
import { removeTree } from "../files/remove-tree.ts";
import { boundsOf, isOutside } from "../files/storage-folder.ts";

const io = { signal: AbortSignal.timeout(60_000) } as CommandIo;
const KIB = 1024;

/** Only root mounts. Each is undone after its test. */
describe.runIf(process.getuid?.() === 0)("what is mounted in somebody's storage", () => {
  let ground = "";
  let home = "";
  let group = "";
  let mounted: string[] = [];
  beforeEach(async () => {
    ground = await realpath(await mkdtemp(path.join(tmpdir(), "stoa-mounted-")));
    [home, group] = [path.join(ground, "ada"), path.join(ground, "lab")];
    for (const name of ["ada/tree/own", "ada/sub", "lab", "places"])
      await mkdir(path.join(ground, name), { recursive: true });
    await writeFile(path.join(group, "paper"), Buffer.alloc(8 * KIB));
    await writeFile(path.join(home, "tree/own/a"), Buffer.alloc(KIB));
  });
  afterEach(async () => {
    for (const at of mounted.reverse()) execFileSync("umount", ["-l", at]);
    mounted = [];
    await removeDirectory(ground);
  });

  const places = async () => OpenFolder.trusted(path.join(ground, "places"));
  const folders = { account: places, trash: places } as unknown as PersonFolders;

  function mount(at: string, ...how: string[]): void {
    execFileSync("mount", [...how, at]);
    mounted.push(at);
  }
  const bind = (what: string, at: string) => mount(path.join(home, at), "--bind", what);
  const tmpfs = (at: string) => mount(path.join(home, at), "-t", "tmpfs", "none");

  async function erase(name: string, directory = home) {
    const { dev: device, ino: inode } = await stat(directory);
    return eraseStored(folders, { directory, device, inode, parts: name.split("/") }, io);
  }
  const refused = { code: "conflict", message: expect.stringContaining("mounted") };

  async function find() {
    const question = { workspaces: [], entries: [], storage: home, limit: 9, by: "contents" } as const;
    return (await largestEntries(folders, question, io)).items.map(({ path: at }) => at).sort();
  }

  it.each([
    ["itself", "tree/lab", "tree/lab"],
    ["below", "tree/lab", "tree"],
    ["on the way", "tree/lab", "tree/lab/paper"],
    ["with a name that is written otherwise", "tree/o d\t\\é", "tree"],
  ])("of the same file system stays, and so does what it lies in: %s", async (_name, at, asked) => {
    await mkdir(path.join(home, at));
    bind(group, at);
    await expect(erase(asked)).rejects.toMatchObject(refused);
    expect(await readdir(group)).toEqual(["paper"]);
    expect(await readdir(path.join(home, "tree/own"))).toEqual(["a"]);
    expect(await find()).toEqual(["tree/own/a"]);
  });

  it("of another one stays, too, however deep it lies", async () => {
    const deep = `tree/${Array.from({ length: 36 }, (_, n) => `d${n}`).join("/")}/m`;
    await mkdir(path.join(home, deep), { recursive: true });
    tmpfs(deep);
    await writeFile(path.join(home, deep, "keep"), "x");
    await expect(erase("tree")).rejects.toMatchObject(refused);
    expect(await readdir(path.join(home, "tree"))).toEqual(["d0", "own"]);
    expect(await readdir(path.join(home, deep))).toEqual(["keep"]);
  });

  it("on a file leaves that file and its neighbours", async () => {
    await writeFile(path.join(home, "tree/file"), "");
    bind(path.join(group, "paper"), "tree/file");
    await expect(erase("tree/file")).rejects.toMatchObject(refused);
    await expect(erase("tree")).rejects.toMatchObject(refused);
    expect((await stat(path.join(group, "paper"))).size).toBe(8 * KIB);
    expect(await find()).toEqual(["tree/own/a"]);
  });

  it("holds up nothing that lies beside it", async () => {
    await mkdir(path.join(home, "tree2"));
    bind(group, "tree2");
    await erase("tree");
    expect((await readdir(home)).sort()).toEqual(["sub", "tree2"]);
  });

  it("is not looked at where the storage itself is a mount", async () => {
    const at = path.join(ground, "bound");
    await mkdir(at);
    mount(at, "--bind", home);
    await erase("tree/own", at);
    expect(await readdir(path.join(home, "tree"))).toEqual([]);
  });

  it("meanwhile is seen by each folder's mount, of the same file system too, before its mode is changed", async () => {
    await using storage = await OpenFolder.trusted(home);
    const bounds = await boundsOf(folders, storage);
    expect(await mountsBelow(storage)).toEqual(new Set());
    await mkdir(path.join(home, "tree/lab"));
    bind(group, "tree/lab");
    await chmod(group, 0o000);
    // Root is never refused: as it is for a person whose folder is closed to them.
    const open = OpenFolder.prototype.folder;
    const opening = vi.spyOn(OpenFolder.prototype, "folder").mockImplementation(async function (
      this: OpenFolder,
      name,
    ) {
      if (String(name) === "lab") throw Object.assign(new Error("closed"), { code: "EACCES" });
      return open.call(this, name);
    });
    const removing = removeTree(storage, "tree", io.signal, (stats, descriptor) => {
      if (isOutside(bounds, stats, descriptor)) throw new Error("outside");
    });
    await expect(removing).rejects.toThrow("outside");
    opening.mockRestore();
    expect(await readdir(group)).toEqual(["paper"]);
    expect((await stat(group)).mode & 0o777).toBe(0);
    for (const at of ["tree/lab", "sub"]) {
      await using folder = await OpenFolder.trusted(path.join(home, at));
      expect(isOutside(bounds, await folder.self(), folder.descriptor), at).toBe(at !== "sub");
    }
  });

  it.each([
    ["on the way", "tree/lab", "tree/lab/paper"],
    ["below", "tree/lab", "tree"],
    ["on it", "tree/file", "tree/file"],
  ])("at the last moment is left alone, too: %s", async (_name, at, asked) => {
    await mkdir(path.join(home, "tree/lab"));
    await writeFile(path.join(home, "tree/file"), "");
    const look = OpenFolder.prototype.stat;
    const looking = vi.spyOn(OpenFolder.prototype, "stat").mockImplementation(async function (this: OpenFolder, name) {
      if (name === "tree" && mounted.length === 0) bind(path.join(group, at === "tree/file" ? "paper" : ""), at);
      return look.call(this, name);
    });
    await expect(erase(asked)).rejects.toMatchObject(refused);
    looking.mockRestore();
    expect(mounted).toHaveLength(1);
    expect((await stat(path.join(group, "paper"))).size).toBe(8 * KIB);
  });

  it("read-only is told as what it is", async () => {
    const at = path.join(ground, "fixed");
    await mkdir(at);
    mount(at, "--bind", home);
    execFileSync("mount", ["-o", "remount,ro,bind", at]);
    const told = { code: "conflict", message: expect.stringContaining("only be read") };
    await expect(erase("tree", at)).rejects.toMatchObject(told);
  });
});
