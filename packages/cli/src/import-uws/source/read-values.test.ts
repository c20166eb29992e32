import { describe, expect, test } from "vitest";
import { readDecimal, readFlag, readId, readObject, readTime } from "./read-values.ts";

describe("values as the databases write them", () => {
  test.each([
    ["2021-12-09 18:30:00.123456+00", "2021-12-09T18:30:00.123Z"],
    ["2021-12-09 18:30:00", "2021-12-09T18:30:00.000Z"],
    ["2021-12-09 18:30:00.5+05:30", "2021-12-09T13:00:00.500Z"],
    ["2021-12-09T18:30:00Z", "2021-12-09T18:30:00.000Z"],
    ["infinity", undefined],
    ["yesterday", undefined],
    [null, undefined],
  ])("the time %j", (text, expected) => {
    expect(readTime({ at: text }, "at")?.toISOString()).toBe(expected);
  });

  test.each([
    ["1.25000", "1.25000"],
    ["0", "0"],
    ["1e-3", "0.00100"],
    ["-5", "0"],
    ["NaN", "0"],
    ["Infinity", "0"],
    [null, "0"],
  ])("the decimal %j", (text, expected) => expect(readDecimal({ n: text }, "n")).toBe(expected));

  test.each([
    ["12", 12],
    ["0", null],
    ["-1", null],
    ["9007199254740993", null],
    [null, null],
  ])("the number %j", (text, expected) => expect(readId({ id: text }, "id")).toBe(expected));

  test("flags of both databases", () => {
    expect(["true", "1", "false", "0", null].map((flag) => readFlag({ flag }, "flag"))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test("JSON without what PostgreSQL can't keep, and nothing for what is no object", () => {
    expect(readObject({ json: '{"a\\u0000": ["x\\ud800", 1]}' }, "json")).toEqual({ "a\uFFFD": ["x\uFFFD", 1] });
    for (const json of ["[1]", "null", "{", "", null]) expect(readObject({ json }, "json")).toEqual({});
  });
});
