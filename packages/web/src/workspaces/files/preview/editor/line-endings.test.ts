import { describe, expect, test } from "vitest";
import { asInFile, asTyped, isMixed } from "./line-endings.ts";

const mark = "\ufeff";

test("a field gets line feeds and no mark", () => {
  expect(asTyped(`${mark}one\r\ntwo\nthree\rfour`)).toBe("one\ntwo\nthree\nfour");
});

describe("what is saved", () => {
  test.each([
    ["line feeds", "one\ntwo\n", "one\nnew\ntwo\n", "one\nnew\ntwo\n"],
    ["Windows' ends", "one\r\ntwo\r\n", "one\nnew\ntwo\n", "one\r\nnew\r\ntwo\r\n"],
    ["old Macs' ends", "one\rtwo", "one\ntwo\nthree", "one\rtwo\rthree"],
    ["a mark", `${mark}one\r\n`, "other\n", `${mark}other\r\n`],
    ["a mark and nothing else", mark, "first\n", `${mark}first\n`],
    ["nothing", "", "first\nsecond\n", "first\nsecond\n"],
    ["no end at all", "one", "one\ntwo\n", "one\ntwo\n"],
  ])("has %s where the file had", (_, original, typed, saved) => {
    expect(asInFile(typed, original)).toBe(saved);
    expect(asInFile(asTyped(original), original)).toBe(original);
  });
});

describe("a file of several ends", () => {
  const original = "a\r\nb\nc\r\nd\ne\r\nf";
  const save = (change: (lines: string[]) => unknown) => {
    const lines = asTyped(original).split("\n");
    change(lines);
    return asInFile(lines.join("\n"), original);
  };

  test("is known as one", () => {
    expect([isMixed(original), isMixed("a\r\nb\r\n"), isMixed("a\nb"), isMixed("")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
  test("keeps each line's own when nothing was typed, and when one is changed in its place", () => {
    expect(save(() => {})).toBe(original);
    expect(save((lines) => lines.splice(3, 1, "D"))).toBe("a\r\nb\nc\r\nD\ne\r\nf");
  });
  test("keeps it between two changes as well; a new line has the usual one", () => {
    expect(save((lines) => lines.splice(1, 0, "new") && lines.splice(5, 1))).toBe("a\r\nnew\r\nb\nc\r\nd\nf");
    expect(save((lines) => lines.splice(0, 1) && lines.splice(4, 0, "x", "y"))).toBe("b\nc\r\nd\ne\r\nx\r\ny\r\nf");
  });
  test("keeps what is before and after a change that is too long to be looked through", () => {
    const long = `a\r\nb\n${"x\r\n".repeat(3_000)}y\nz\r\n`;
    const typed = `a\nb\n${"w\n".repeat(2_000)}y\nz\n`;
    expect(asInFile(typed, long)).toBe(`a\r\nb\n${"w\r\n".repeat(2_000)}y\nz\r\n`);
  });
});
