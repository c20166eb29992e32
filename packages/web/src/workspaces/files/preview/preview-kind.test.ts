import { expect, test } from "vitest";
import { imageLimit, imageType, isArchive, notebookLimit, previewKind } from "./preview-kind.ts";

test.each([
  ["notes.md", "markdown"],
  ["notes.txt", "text"],
  ["run.ipynb", "notebook"],
  ["a.JSON", "json"],
  ["paper.pdf", "pdf"],
  ["talk.mp3", "audio"],
  ["talk.webm", "video"],
  ["Makefile", "text"],
  [".bashrc", "text"],
  ["picture.PNG", "image"],
  ["drawing.svg", "image"],
  ["page.html", "text"],
  ["data.csv", "table"],
  ["backup.tar.gz", "bytes"],
])("%s is shown as %s", (name, kind) => {
  expect(previewKind(name, 10)).toBe(kind);
});

test("no type that could run something is given to a blob", () => {
  for (const name of ["a.svg", "a.html", "a.xml", "a.xhtml", "a.svgz", "a"]) expect(imageType(name)).toBeNull();
});

test("an image too large to fetch is not shown", () => {
  expect(previewKind("a.png", imageLimit + 1)).toBe("bytes");
});

test("a notebook too large to read as one is shown as text", () => {
  expect(previewKind("a.ipynb", notebookLimit + 1)).toBe("text");
});

test("archives are known by their endings", () => {
  expect(["a.zip", "a.TAR.GZ", "a.tgz", "a.tar"].every(isArchive)).toBe(true);
  expect(["a.gz", "zip", "a.zip.txt"].some(isArchive)).toBe(false);
});
