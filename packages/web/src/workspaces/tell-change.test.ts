import { expect, test } from "vitest";
import en from "../locales/en.json" with { type: "json" };
import { tellChange } from "./tell-change.ts";

const words: Readonly<Record<string, string>> = en.happened;
/** The key and its values, once the catalogue has it. */
const t = ((key: string, values: Readonly<Record<string, unknown>> = {}) => {
  const name = key.replace("happened.", "");
  if (key === "files.root") return "/";
  if (words[name] === undefined && words[`${name}_one`] === undefined) throw new Error(`no such words: ${key}`);
  return [name, ...["name", "from", "to", "folder", "count"].map((one) => values[one] ?? "")]
    .join(" ")
    .trim()
    .replace(/ +/g, " ");
}) as never;
const tell = (action: string, details: Readonly<Record<string, unknown>> = {}) => tellChange(t, { action, details });

test("each change has words of its own, with the names of files alone", () => {
  expect(tell("workspace.file.move", { from: "a/b.txt", to: "a/c.txt" })).toBe("file_rename b.txt c.txt");
  expect(tell("workspace.file.move", { from: "b.txt", to: "c/b.txt" })).toBe("file_move b.txt / c");
  expect(tell("workspace.file.move", { from: "a/b.txt", to: "c/d.txt" })).toBe("file_move b.txt a c/d.txt");
  expect(tell("workspace.upload", { files: 3, paths: ["x/y.csv"] })).toBe("upload y.csv 3");
  expect(tell("workspace.file.delete", { path: "a.txt", kind: "file" })).toBe("file_delete a.txt 1");
  for (const action of ["create", "update", "delete", "restore", "import", "archive.unpack"])
    tell(`workspace.${action}`);
  for (const action of ["copy", "edit", "restore"]) tell(`workspace.file.${action}`, { path: "a", from: "a", to: "b" });
  tell("workspace.folder.create", { path: "a" });
});

test("what is not known is told as a change", () => {
  expect(tell("workspace.conjure")).toBe("changed");
});

test("what was done is told even where it is not known to what", () => {
  expect(tell("workspace.upload", { files: 7, into: "" })).toBe("uploadMany 7");
  expect(tell("workspace.upload", { files: 7, into: "a/raw" })).toBe("uploadInto raw 7");
  for (const action of ["file.copy", "file.delete", "file.edit", "file.move", "file.restore", "folder.create"]) {
    expect(tell(`workspace.${action}`)).toBe(`some_${action.replace(".", "_")}`);
  }
  expect(tell("workspace.upload")).toBe("some_upload");
});
