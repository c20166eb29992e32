import { describe, expect, test } from "vitest";
import { readCsv, separatorOf } from "./csv.ts";

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
    const long = readCsv("1,2\n".repeat(50_010));
    expect([long.rows.length, long.cut]).toEqual([50_000, true]);
    expect(readCsv("1,2\n").cut).toBe(false);
    expect(readCsv(`${"a,".repeat(150)}\n`)).toMatchObject({ cut: true });
  });

  test("takes the separator that all lines have alike, whatever stands in quotes or in one line alone", () => {
    expect(separatorOf("name;price\npear;1,5\nplum;2,25\n")).toBe(";");
    expect(separatorOf('"a;b;c",d\n"e;f",g\n')).toBe(",");
    expect(separatorOf("a|b\nc|d")).toBe("|");
    expect(separatorOf("one\ntwo")).toBe(",");
  });

  test("passes over the mark that Excel begins its files with", () => {
    expect(readCsv("\ufeffنام,سن\n").rows).toEqual([["نام", "سن"]]);
  });
});
