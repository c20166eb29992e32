import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { walk, walkMaking } from "./descriptor-walk.ts";
import { openFile } from "./read-file.ts";
import { removeTree } from "./remove-tree.ts";
import { createTestFolder } from "./testing-folder.ts";

it("opens what is below, and makes what is missing", async () => {
  await using test = await createTestFolder();
  await using made = await walkMaking(test.folder, ["a", "b", "c"]);
  await writeFile(made.at("x.txt"), "x");
  await using again = await walk(test.folder, ["a", "b", "c"]);
  expect((await again.entries()).map(({ name }) => name)).toEqual(["x.txt"]);
  await expect(walk(test.folder, ["a", "none"])).rejects.toMatchObject({ code: "not_found" });
});

it.each([["link"], ["link", "deeper"], ["inside", "up"]])("follows no link on the way (%s)", async (...parts) => {
  await using test = await createTestFolder();
  await mkdir(path.join(test.path, "inside"));
  await symlink("/", path.join(test.path, "link"));
  await symlink("..", path.join(test.path, "inside", "up"));
  await expect(walk(test.folder, parts)).rejects.toMatchObject({ code: "conflict" });
  await expect(walkMaking(test.folder, parts)).rejects.toMatchObject({ code: "conflict" });
});

it("opens regular files only, and never waits for a FIFO or device", async () => {
  await using test = await createTestFolder();
  execFileSync("mkfifo", [path.join(test.path, "fifo")]);
  await symlink("/etc/passwd", path.join(test.path, "passwd"));
  await symlink("/dev/zero", path.join(test.path, "zero"));
  await mkdir(path.join(test.path, "folder"));
  for (const name of ["fifo", "passwd", "zero", "folder"]) {
    await expect(openFile(test.folder, [name])).rejects.toMatchObject({ code: "conflict" });
  }
  await expect(openFile(test.folder, ["none"])).rejects.toMatchObject({ code: "not_found" });
  await expect(openFile(test.folder, [])).rejects.toMatchObject({ code: "conflict" });
});

it("removes a tree and leaves alone what its links point to", async () => {
  await using test = await createTestFolder();
  await using outside = await createTestFolder();
  await writeFile(path.join(outside.path, "kept.txt"), "kept");
  await mkdir(path.join(test.path, "a", "b"), { recursive: true });
  await symlink(outside.path, path.join(test.path, "a", "b", "out"));
  await symlink(path.join(outside.path, "kept.txt"), path.join(test.path, "a", "file"));
  await removeTree(test.folder, "a");
  await removeTree(test.folder, "a");
  expect(await test.folder.entries()).toEqual([]);
  expect(await readFile(path.join(outside.path, "kept.txt"), "utf8")).toBe("kept");
});

it("removes what its owner has closed", async () => {
  await using test = await createTestFolder();
  await mkdir(path.join(test.path, "a", "closed"), { recursive: true });
  await writeFile(path.join(test.path, "a", "closed", "x"), "x");
  await chmod(path.join(test.path, "a", "closed"), 0o000);
  await chmod(path.join(test.path, "a"), 0o500);
  await removeTree(test.folder, "a");
  expect(await test.folder.entries()).toEqual([]);
});
