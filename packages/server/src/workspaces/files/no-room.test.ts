import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "./directories.ts";

/** A disk without room: what is made from the first of these on is refused. */
const full = { at: null as RegExp | null };
/** Node's own functions: what they are replaced by, all modules see. */
const real = { mkdir: fs.mkdir, link: fs.link, symlink: fs.symlink };
type Make = (...args: never[]) => Promise<unknown>;

function refusing<M extends Make>(make: M, target: (args: Parameters<M>) => unknown): M {
  return (async (...args: Parameters<M>) => {
    const there = await fs.lstat(String(target(args))).catch(() => null);
    if (there !== null || !full.at?.test(String(target(args)))) return make(...args);
    full.at = /./;
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC", errno: -28 });
  }) as unknown as M;
}

const ME = 1;
let dataDir: string;
let files: ReturnType<typeof createInProcessFileWork>;
beforeAll(async () => {
  Object.assign(fs, {
    mkdir: refusing(real.mkdir, ([target]) => target),
    link: refusing(real.link, ([, target]) => target),
    symlink: refusing(real.symlink, ([, target]) => target),
  });
  syncBuiltinESMExports();
  dataDir = await fs.mkdtemp(path.join(tmpdir(), "stoa-full-"));
  files = createInProcessFileWork({ directories: createDirectories(dataDir, "node"), symlinkRoots: [] });
});
beforeEach(async () => {
  full.at = null;
  for (const place of ["workspaces", "trash"]) await fs.rm(path.join(dataDir, place), { recursive: true, force: true });
  await fs.mkdir(live("folder"), { recursive: true });
  await fs.writeFile(live("folder", "x"), "then");
  await fs.writeFile(live("file"), "then");
});
afterAll(async () => {
  Object.assign(fs, real);
  syncBuiltinESMExports();
  await fs.rm(dataDir, { recursive: true, force: true });
});

const live = (...parts: string[]) => path.join(dataDir, "workspaces", String(ME), "7", ...parts);
const place = (...parts: string[]) => ({ workspace: 7, parts });
const noRoom = (what: string) => ({
  code: "disk_full",
  message: `There is no room left for ${what}. Nothing was written.`,
});

it.each(["folder", "file"])("puts a %s back where there was no room for what was to replace it", async (name) => {
  const staged = { name: "mark-copy", to: place(name) };
  await files.run(ME, "stageCopy", { from: place(name), name: staged.name });
  const { ino } = await fs.stat(live(name));
  full.at = new RegExp(`/${name}$`);
  await expect(files.run(ME, "placeCopy", { ...staged, replaced: 4 })).rejects.toMatchObject(noRoom(name));
  expect((await fs.stat(live(name))).ino).toBe(ino);
  full.at = null;
  expect(await files.run(ME, "isInTrash", { entry: 4, name })).toBe(false);
});

it("puts a folder back where its move left an empty one in its place, and over nothing else", async () => {
  const { putBack } = await import("./move-entry.ts");
  const { OpenFolder } = await import("./descriptor-walk.ts");
  await using kept = await OpenFolder.trusted(live());
  for (const target of ["empty", "full"]) await fs.mkdir(live(target, "folder"), { recursive: true });
  await fs.writeFile(live("full", "folder", "y"), "");
  await using taken = await OpenFolder.trusted(live("full"));
  await expect(putBack(kept, "folder", taken)).rejects.toMatchObject({ code: "ENOTEMPTY" });
  await using empty = await OpenFolder.trusted(live("empty"));
  await putBack(kept, "folder", empty);
  expect(await fs.readdir(live("empty", "folder"))).toEqual(["x"]);
});

it("tells it of what was asked for, not of our own names", async () => {
  const staged = { name: "mark-copy", to: place("folder") };
  await files.run(ME, "stageCopy", { from: place("folder"), name: staged.name });
  full.at = /\.inode$/;
  await expect(files.run(ME, "placeCopy", { ...staged, replaced: 4 })).rejects.toMatchObject(noRoom("folder"));
  full.at = /\/trash\/1$|fd\/\d+\/4$/;
  full.at = /\/4$/;
  const trashed = { ...place("folder"), entry: 4 };
  await expect(files.run(ME, "trashFile", trashed)).rejects.toMatchObject(noRoom("folder"));
});
