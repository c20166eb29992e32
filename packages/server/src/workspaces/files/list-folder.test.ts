import { writeFileSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { type FolderEntry, pageOf } from "./list-folder.ts";
import { createTestFolder } from "./testing-folder.ts";

it("lists folders first, in pages that neither repeat nor skip", async () => {
  await using test = await createTestFolder();
  for (const name of ["b.txt", "a.txt", "ی.txt", "Z.txt"]) await writeFile(path.join(test.path, name), name);
  for (const name of ["z", "m"]) await mkdir(path.join(test.path, name));
  await symlink("z", path.join(test.path, "link"));
  const seen: FolderEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf(test.folder, ["at"], { cursor, limit: 2 });
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen.map(({ name, type }) => `${type} ${name}`)).toEqual([
    "folder m",
    "folder z",
    "file Z.txt",
    "file a.txt",
    "file b.txt",
    "symlink link",
    "file ی.txt",
  ]);
  expect(seen[3]).toMatchObject({ path: "at/a.txt", size: 5 });
  expect(seen[5]).toMatchObject({ size: 0 });
});

it("goes on after an entry that has been removed", async () => {
  await using test = await createTestFolder();
  for (const name of ["a", "b", "c"]) await writeFile(path.join(test.path, name), "");
  const first = await pageOf(test.folder, [], { limit: 2 });
  await rm(path.join(test.path, "b"));
  const rest = await pageOf(test.folder, [], { cursor: first.next_cursor ?? "", limit: 2 });
  expect(rest).toMatchObject({ items: [{ name: "c" }], next_cursor: null });
});

it.each(["", "x", "Mg", "💥"])("refuses the cursor %j", async (cursor) => {
  await using test = await createTestFolder();
  await expect(pageOf(test.folder, [], { cursor, limit: 2 })).rejects.toMatchObject({ code: "invalid" });
});

it("shows the first page of 10,000 files quickly", async () => {
  await using test = await createTestFolder();
  for (let index = 0; index < 10_000; index += 1) writeFileSync(path.join(test.path, `file-${index}`), "");
  const started = performance.now();
  const page = await pageOf(test.folder, [], { limit: 100 });
  expect(page.items).toHaveLength(100);
  // 100 ms is the aim on a quiet machine (bench); tests share theirs.
  expect(performance.now() - started).toBeLessThan(1_000);
});
