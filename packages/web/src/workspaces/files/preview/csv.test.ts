import { describe, expect, test } from "vitest";
import { readCsv, shownRows } from "./csv.ts";

describe("a table of commas", () => {
  test("reads quotes, doubled quotes and line breaks inside them", () => {
    expect(readCsv('a,b\n"x, ""y""","1\n2"\r\n').rows).toEqual([
      ["a", "b"],
      ['x, "y"', "1\n2"],
    ]);
  });

  test("finds the separator that the first line uses", () => {
    expect(readCsv("a;b;c,d\n1;2;3").rows).toEqual([
      ["a", "b", "c,d"],
      ["1", "2", "3"],
    ]);
    expect(readCsv("نام\tسن\nپریسا\t۳").rows[1]).toEqual(["پریسا", "۳"]);
  });

  test("keeps empty fields, leaves empty lines out", () => {
    expect(readCsv("a,,c\n\n,,\n").rows).toEqual([
      ["a", "", "c"],
      ["", "", ""],
    ]);
  });

  test("ends a quote that never ends, and stops at its limit", () => {
    expect(readCsv('a\n"x').rows).toEqual([["a"], ["x"]]);
    const long = readCsv("1,2\n".repeat(shownRows + 5));
    expect([long.rows.length, long.cut]).toEqual([shownRows, true]);
    expect(readCsv("1,2\n").cut).toBe(false);
  });
});
