import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { removeTree } from "./remove-tree.ts";
import { scanTree } from "./scan-tree.ts";
import { createTestFolder } from "./testing-folder.ts";

it("names files and links, counts all bytes, and leaves out dot files and folders", async () => {
  await using test = await createTestFolder();
  await mkdir(path.join(test.path, "a", "b"), { recursive: true });
  await mkdir(path.join(test.path, ".cache"));
  await writeFile(path.join(test.path, "one"), "1");
  await writeFile(path.join(test.path, "a", "b", "two"), "22");
  await writeFile(path.join(test.path, ".cache", "hidden"), "333");
  await writeFile(path.join(test.path, "a", ".dot"), "4444");
  await symlink("/etc", path.join(test.path, "a", "etc"));
  expect(await scanTree(test.folder)).toEqual({
    details: { files: [{ name: "/a/b/two" }, { name: "/one" }], symlinks: [{ name: "/a/etc" }] },
    bytes: 10,
    complete: true,
    skipped: 0,
  });
});

it("stops at its bound and says so", async () => {
  await using test = await createTestFolder();
  for (const name of ["a", "b", "c", "d"]) await writeFile(path.join(test.path, name), "");
  const scan = await scanTree(test.folder, { mostEntries: 3 });
  expect(scan.complete).toBe(false);
  expect(scan.details.files).toHaveLength(3);
});

it("looks no deeper than any path leads, and says how much it left", async () => {
  await using test = await createTestFolder();
  const script = `for (let i = 0; i < 2000; i++) { fs.writeFileSync("f", "1"); fs.mkdirSync("d"); process.chdir("d"); }`;
  execFileSync(process.execPath, ["-e", script], { cwd: test.path });
  const scan = await scanTree(test.folder);
  expect(scan).toMatchObject({ bytes: 100, complete: true, skipped: 1 });
  expect(scan.details.files).toHaveLength(100);
  // Once more by hand: the test's own removal is not made for this.
  await removeTree(test.folder, "d");
});

it("keeps names up to their bytes, and counts all files", async () => {
  await using test = await createTestFolder();
  const deep = path.join(test.path, ...Array.from({ length: 15 }, () => "x".repeat(250)));
  await mkdir(deep, { recursive: true });
  for (let index = 0; index < 300; index += 1) writeFileSync(path.join(deep, `\u0001${index}`), "1");
  await mkdir(path.join(deep, "y".repeat(250)));
  await writeFile(Buffer.concat([Buffer.from(`${test.path}/caf`), Buffer.from([0xe9])]), "1");
  const scan = await scanTree(test.folder);
  expect(scan).toMatchObject({ bytes: 301, complete: true, skipped: 1 });
  const bytes = Buffer.byteLength(JSON.stringify(scan.details));
  expect(bytes).toBeLessThanOrEqual(256 * 1024);
  expect(bytes).toBeGreaterThan(240 * 1024);
  expect(scan.details.files).toContainEqual({ name: "/caf\\xe9" });
});
