import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { claimWithJson, readJson, writeJsonAtomically } from "./atomic-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stoa-atomic-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("leaves nothing behind when it can't write, at whatever step", () => {
  mkdirSync(join(folder, "taken", "inside"), { recursive: true });
  expect(() => writeJsonAtomically(join(folder, "taken"), {})).toThrow(); // at the rename
  expect(() => writeJsonAtomically(join(folder, "new"), { big: 1n })).toThrow(); // at the content
  expect(() => claimWithJson(join(folder, "new"), { big: 1n })).toThrow();
  expect(claimWithJson(join(folder, "taken"), {})).toBe(false);
  expect(readdirSync(folder)).toEqual(["taken"]);
});

it("keeps what is there when it can't write", () => {
  const file = join(folder, "kept");
  writeJsonAtomically(file, { a: 1 });
  expect(() => writeJsonAtomically(file, { a: 2n })).toThrow();
  expect(readFileSync(file, "utf8")).toBe('{"a":1}');
});

it("reads nothing that is longer than it may be", () => {
  const file = join(folder, "long");
  writeJsonAtomically(file, "x".repeat(100));
  expect([readJson(file), readJson(file, 102), readJson(file, 101)]).toEqual([
    "x".repeat(100),
    "x".repeat(100),
    undefined,
  ]);
});
