import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { pageOf } from "./list-folder.ts";
import { removeTree } from "./remove-tree.ts";
import { createTestFolder } from "./testing-folder.ts";

/** Latin-1 "café": no UTF-8. */
const latin = Buffer.from("caf\xe9.txt", "latin1");
const below = (folder: string, name: Buffer) => Buffer.concat([Buffer.from(`${folder}/`), name]);
const openDescriptors = () => readdirSync("/proc/self/fd").length;

/** Makes `depth` folders, each in the one before, as a session's shell can: no path is long enough. */
export function nest(folder: string, depth: number, name = "d"): void {
  const script = `for (let i = 0; i < ${depth}; i++) { fs.mkdirSync("${name}"); process.chdir("${name}"); }
    fs.writeFileSync("bottom", "");`;
  execFileSync(process.execPath, ["-e", script], { cwd: folder });
}

it("removes names that are no UTF-8, of files and folders", async () => {
  await using test = await createTestFolder();
  const folder = below(test.path, Buffer.from("dir\xff", "latin1"));
  mkdirSync(folder);
  writeFileSync(Buffer.concat([folder, Buffer.from("/"), latin]), "x");
  mkdirSync(path.join(test.path, "tree"));
  writeFileSync(below(path.join(test.path, "tree"), latin), "x");
  mkdirSync(below(path.join(test.path, "tree"), Buffer.from("\xfe", "latin1")));
  await removeTree(test.folder, "tree");
  await removeTree(test.folder, Buffer.from("dir\xff", "latin1"));
  expect(readdirSync(test.path)).toEqual([]);
});

it("lists them readably, flagged, beside a name that only looks like it", async () => {
  await using test = await createTestFolder();
  writeFileSync(below(test.path, latin), "123");
  writeFileSync(path.join(test.path, "caf\\xe9.txt"), "");
  writeFileSync(path.join(test.path, "سلام"), "");
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf(test.folder, ["in"], { cursor, limit: 1 });
    seen.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toMatchObject([
    { name: "caf\\xe9.txt", openable: true, size: 0 },
    { name: "caf\\xe9.txt", path: "in/caf\\xe9.txt", type: "file", openable: false, size: 3 },
    { name: "سلام", openable: true },
  ]);
});

it("removes 5,000 nested folders with few descriptors", async () => {
  await using test = await createTestFolder();
  await mkdir(path.join(test.path, "tree", "side"), { recursive: true });
  nest(path.join(test.path, "tree"), 5_000);
  const before = openDescriptors();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, openDescriptors());
  }, 5);
  try {
    await removeTree(test.folder, "tree");
  } finally {
    clearInterval(watch);
  }
  expect(readdirSync(test.path)).toEqual([]);
  expect(most - before).toBeLessThan(150);
  expect(openDescriptors()).toBeLessThanOrEqual(before + 2);
});

it("stops when it is told to, and another removal ends what it began", async () => {
  await using test = await createTestFolder();
  mkdirSync(path.join(test.path, "tree"));
  for (let index = 0; index < 50; index += 1) writeFileSync(path.join(test.path, "tree", `f${index}`), "");
  await expect(removeTree(test.folder, "tree", AbortSignal.abort())).rejects.toThrow("aborted");
  await removeTree(test.folder, "tree");
  expect(readdirSync(test.path)).toEqual([]);
});
