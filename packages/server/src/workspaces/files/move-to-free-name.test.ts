import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { moveToFreeName } from "./move-to-free-name.ts";
import { createTestFolder } from "./testing-folder.ts";

it("numbers a file whose name is taken, before its extension", async () => {
  await using from = await createTestFolder();
  await using to = await createTestFolder();
  for (const expected of ["report.csv", "report (2).csv", "report (3).csv"]) {
    await writeFile(path.join(from.path, "report.csv"), expected);
    expect(await moveToFreeName(from.folder, "report.csv", to.folder, "report.csv")).toBe(expected);
    expect(await readFile(path.join(to.path, expected), "utf8")).toBe(expected);
  }
  expect(await readdir(from.path)).toEqual([]);
});

it("never merges a folder into another, nor replaces a file by one", async () => {
  await using from = await createTestFolder();
  await using to = await createTestFolder();
  await mkdir(path.join(to.path, "data"));
  await writeFile(path.join(to.path, "data (2)"), "a file");
  await mkdir(path.join(from.path, "data"));
  await writeFile(path.join(from.path, "data", "x"), "x");
  expect(await moveToFreeName(from.folder, "data", to.folder, "data")).toBe("data (3)");
  expect(await readdir(path.join(to.path, "data (3)"))).toEqual(["x"]);
  expect(await readFile(path.join(to.path, "data (2)"), "utf8")).toBe("a file");
});

it("shortens a name that the number would make too long", async () => {
  await using from = await createTestFolder();
  await using to = await createTestFolder();
  const name = `${"ش".repeat(125)}.txt`;
  await writeFile(path.join(to.path, name), "");
  await writeFile(path.join(from.path, "x"), "");
  const got = await moveToFreeName(from.folder, "x", to.folder, name);
  expect(got).toMatch(/^ش+ \(2\)\.txt$/);
  expect(Buffer.byteLength(got)).toBeLessThanOrEqual(255);
});
