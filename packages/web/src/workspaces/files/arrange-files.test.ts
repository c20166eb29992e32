import { expect, test } from "vitest";
import type { FileEntry } from "../../api/types.ts";
import { arrange, firstView, readView, sortedBy } from "./arrange-files.ts";

const entry = (name: string, size = 0, day = 1, type: FileEntry["type"] = "file"): FileEntry => ({
  name,
  path: name,
  type,
  size,
  modified_at: `2026-01-0${day}T00:00:00.000Z`,
  openable: true,
});
const names = (entries: readonly FileEntry[]) => entries.map(({ name }) => name);

test("names are ordered as people count, folders before all, whichever way", () => {
  const entries = [entry("b10"), entry("B2"), entry("a"), entry("z", 0, 1, "folder")];
  expect(names(arrange(entries, firstView, "en"))).toEqual(["z", "a", "B2", "b10"]);
  expect(names(arrange(entries, { ...firstView, down: true }, "en"))).toEqual(["z", "b10", "B2", "a"]);
});

test("sizes and times begin with the largest and newest, equal ones by name", () => {
  const entries = [entry("b", 1, 2), entry("a", 1, 3), entry("c", 9, 1)];
  const bySize = sortedBy(firstView, "size");
  expect(names(arrange(entries, bySize, "en"))).toEqual(["c", "a", "b"]);
  expect(names(arrange(entries, sortedBy(bySize, "size"), "en"))).toEqual(["a", "b", "c"]);
  expect(names(arrange(entries, sortedBy(firstView, "changed"), "en"))).toEqual(["a", "b", "c"]);
});

test("Persian names follow the Persian alphabet", () => {
  const entries = ["یک", "پنج", "ژاله", "آب", "گل"].map((name) => entry(name));
  expect(names(arrange(entries, firstView, "fa"))).toEqual(["آب", "پنج", "ژاله", "گل", "یک"]);
});

test("a kept view that makes no sense is the first one", () => {
  for (const kept of [null, 7, "size", { sort: "colour", down: 1 }]) expect(readView(kept)).toEqual(firstView);
  expect(readView({ sort: "size", down: true, hidden: true })).toEqual({ sort: "size", down: true, hidden: true });
});
