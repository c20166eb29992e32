import { describe, expect, it } from "vitest";
import { PathRefused, parseNewPath, parsePath } from "./file-names.ts";

const problemOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof PathRefused) return error.problem;
    throw error;
  }
  return null;
};

describe("parsePath", () => {
  it.each([
    ["a/b.txt", ["a", "b.txt"]],
    ["/a/b.txt", ["a", "b.txt"]],
    ["", []],
    ["/", []],
    ["a..b", ["a..b"]],
    ["...", ["..."]],
    ["دفتر \u200fیک.ipynb", ["دفتر \u200fیک.ipynb"]],
    ["e\u0301", ["e\u0301"]],
    ["x".repeat(255), ["x".repeat(255)]],
  ])("reads %j", (path, parts) => {
    expect(parsePath(path)).toEqual(parts);
  });

  it.each([
    ["..", "dots"],
    ["a/../b", "dots"],
    ["a/..", "dots"],
    ["a//b", "empty"],
    ["a/", "empty"],
    ["//a", "empty"],
    ["./a", "empty"],
    ["a\0b", "not_text"],
    ["\ud800", "not_text"],
    ["x".repeat(256), "too_long"],
    ["ش".repeat(128), "too_long"],
    [Array(101).fill("a").join("/"), "too_long"],
    [Array(40).fill("x".repeat(120)).join("/"), "too_long"],
  ])("refuses %j", (path, problem) => {
    expect(problemOf(() => parsePath(path))).toBe(problem);
  });
});

describe("parseNewPath", () => {
  it.each(["a\nb", "tab\t", "\u001b[31m", "\u0085"])("makes no name with the control character in %j", (path) => {
    expect(problemOf(() => parseNewPath(path))).toBe("control");
    expect(problemOf(() => parsePath(path))).toBeNull();
  });

  it("needs a name", () => {
    expect(problemOf(() => parseNewPath("/"))).toBe("empty");
  });
});
