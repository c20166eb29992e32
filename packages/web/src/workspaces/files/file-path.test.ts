import { expect, test } from "vitest";
import { isFileName, joinPath, numberedPath, shownName, trail } from "./file-path.ts";

test("the trail names every folder on the way", () => {
  expect(trail("")).toEqual([]);
  expect(trail("a/b c/d")).toEqual([
    { name: "a", path: "a" },
    { name: "b c", path: "a/b c" },
    { name: "d", path: "a/b c/d" },
  ]);
});

test("joins without a leading slash", () => {
  expect(joinPath("", "x")).toBe("x");
  expect(joinPath("a/b", "x")).toBe("a/b/x");
});

test("a..b is a fine name, .. is not", () => {
  expect(isFileName("a..b")).toBe(true);
  for (const bad of ["", ".", "..", "a/b", "a\0b"]) expect(isFileName(bad), JSON.stringify(bad)).toBe(false);
});

test("marks that turn the reading direction around are seen; the joiners of Persian stay", () => {
  expect(shownName("evil\u202efdp.exe")).toBe("evil\ufffdfdp.exe");
  expect(shownName("a\nb\u2067c")).toBe("a\ufffdb\ufffdc");
  expect(shownName("نتیجه\u200cها.txt")).toBe("نتیجه\u200cها.txt");
});

test("a numbered name keeps folder and ending", () => {
  expect(numberedPath("a/b.txt", 1)).toBe("a/b.txt");
  expect(numberedPath("a/b.txt", 2)).toBe("a/b 2.txt");
  expect(numberedPath(".bashrc", 2)).toBe(".bashrc 2");
  expect(numberedPath("a.b/c", 3)).toBe("a.b/c 3");
});
