import { expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

test("each member has a line, strings and numbers stay letter for letter", () => {
  const text = '{"a":[1.50,12345678901234567890,{ }],"b":"{\\"x\\": [1,2]}" ,"c":[\n]}';
  expect(prettyJson(text)).toBe(
    '{\n  "a": [\n    1.50,\n    12345678901234567890,\n    {}\n  ],\n  "b": "{\\"x\\": [1,2]}",\n  "c": []\n}',
  );
  expect(JSON.parse(prettyJson(text) ?? "")).toEqual(JSON.parse(text));
});

test("what is no JSON is left alone", () => {
  for (const text of ["", "{a:1}", '{"a":1', "// x"]) expect(prettyJson(text)).toBeNull();
});

test("what would be many times as long laid out is left as it stands", () => {
  const brackets = (count: number) => "[".repeat(count) + "]".repeat(count);
  expect(prettyJson(brackets(16_000))).toBeNull();
  expect(JSON.parse(prettyJson(brackets(50)) ?? "")).toEqual(JSON.parse(brackets(50)));
  const wide = `${"[".repeat(99)}${"1,".repeat(200_000)}1${"]".repeat(99)}`;
  expect(prettyJson(wide)).toBeNull();
});
