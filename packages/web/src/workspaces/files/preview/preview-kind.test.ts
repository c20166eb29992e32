import { expect, test } from "vitest";
import { imageLimit, imageType, isArchive, previewKind } from "./preview-kind.ts";

test.each([
  ["notes.md", "text"],
  ["Makefile", "text"],
  [".bashrc", "text"],
  ["picture.PNG", "image"],
  ["drawing.svg", "text"],
  ["page.html", "text"],
  ["data.csv", "table"],
  ["backup.tar.gz", "none"],
])("%s is shown as %s", (name, kind) => {
  expect(previewKind(name, 10)).toBe(kind);
});

test("no type that could run something is given to a blob", () => {
  for (const name of ["a.svg", "a.html", "a.xml", "a.xhtml", "a.svgz", "a"]) expect(imageType(name)).toBeNull();
});

test("an image too large to fetch is not shown", () => {
  expect(previewKind("a.png", imageLimit + 1)).toBe("none");
});

test("archives are known by their endings", () => {
  expect(["a.zip", "a.TAR.GZ", "a.tgz", "a.tar"].every(isArchive)).toBe(true);
  expect(["a.gz", "zip", "a.zip.txt"].some(isArchive)).toBe(false);
});
