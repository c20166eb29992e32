import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { createTestFolder } from "../files/testing-folder.ts";
import { scanWorkspace } from "./scan-workspace.ts";

it("names files and links, counts all bytes, and leaves out dot files and folders", async () => {
  await using test = await createTestFolder();
  await mkdir(path.join(test.path, "a", "b"), { recursive: true });
  await mkdir(path.join(test.path, ".cache"));
  await writeFile(path.join(test.path, "one"), "1");
  await writeFile(path.join(test.path, "a", "b", "two"), "22");
  await writeFile(path.join(test.path, ".cache", "hidden"), "333");
  await writeFile(path.join(test.path, "a", ".dot"), "4444");
  await symlink("/etc", path.join(test.path, "a", "etc"));
  expect(await scanWorkspace(test.folder)).toEqual({
    details: { files: [{ name: "/a/b/two" }, { name: "/one" }], symlinks: [{ name: "/a/etc" }] },
    bytes: 10,
    complete: true,
  });
});

it("stops at its bound and says so", async () => {
  await using test = await createTestFolder();
  for (const name of ["a", "b", "c", "d"]) await writeFile(path.join(test.path, name), "");
  const scan = await scanWorkspace(test.folder, 3);
  expect(scan.complete).toBe(false);
  expect(scan.details.files).toHaveLength(2);
});
