import { expect, test } from "vitest";
import type { LargeThing } from "../../api/storage-rescue.ts";
import { folderOf, keyOf, nameOf, outermost, sumOf } from "./large-things.ts";

const thing = (path: string, bytes: number, more: Partial<LargeThing> = {}): LargeThing => ({
  workspace: { id: 1, name: "Thesis" },
  path,
  kind: "file",
  bytes,
  trash_entry: null,
  openable: true,
  download: null,
  ...more,
});
const folder = (path: string, bytes: number, more: Partial<LargeThing> = {}) =>
  thing(path, bytes, { kind: "folder", ...more });

test("what lies in a chosen folder goes with it, and is counted once", () => {
  const data = folder("data", 10);
  const things = [thing("data/deep/a", 3), data, folder("data/deep", 5), thing("data2/a", 7)];
  expect(outermost(things).map(({ path }) => path)).toEqual(["data", "data2/a"]);
  expect(sumOf(things)).toBe(17);
});

test("the same path in another workspace, or in the trash, is another thing", () => {
  const things = [
    folder("data", 10),
    thing("data/a", 3, { workspace: { id: 2, name: "Other" } }),
    thing("data/a", 4, { trash_entry: 9 }),
  ];
  expect(sumOf(things)).toBe(17);
});

test("a folder in the trash takes nothing along that is not there", () => {
  expect(sumOf([folder("data", 10, { trash_entry: 9 }), thing("data/a", 3)])).toBe(13);
});

test("what lies outside workspaces is another thing than what has its path in one", () => {
  const things = [folder("data", 10, { workspace: null }), thing("data/a", 3), thing("data/b", 2, { workspace: null })];
  expect(sumOf(things)).toBe(13);
  expect(new Set([...things, folder("data", 1)].map(keyOf)).size).toBe(4);
});

test("things are called by their last part, a whole workspace by its name", () => {
  expect([nameOf(thing("a/b c", 1)), folderOf(thing("a/b c", 1))]).toEqual(["b c", "a"]);
  expect([nameOf(thing("a", 1)), folderOf(thing("a", 1))]).toEqual(["a", ""]);
  expect(nameOf(thing("", 1, { kind: "workspace", trash_entry: 3 }))).toBe("Thesis");
});
