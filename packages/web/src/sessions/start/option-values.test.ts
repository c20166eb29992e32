import { describe, expect, test } from "vitest";
import type { Parameter } from "../../api/types.ts";
import {
  firstValues,
  fits,
  isForFew,
  listOf,
  nearestStop,
  optionsIn,
  stopsOf,
  tableOf,
  textOfList,
  textOfTable,
} from "./option-values.ts";

const parameter = (
  variable_name: string,
  default_value: Parameter["default_value"],
  validation: Parameter["validation"],
): Parameter => ({ display_name: variable_name, description: "", variable_name, default_value, validation });

const cpus = parameter("num_cpus", 1, { type: "int", min: 1, max: 4, required: false });
const gpu = parameter("gpu_enabled", false, { type: "bool" });

describe("what a slider stops at", () => {
  test.each([
    [1, 4, [1, 2, 3, 4]],
    [1, 40, [1, 2, 4]],
    [1, 480, [1, 15, 30]],
    [1024, 8192, [1024, 1280, 1536]],
  ])("%i to %i is round, few, and has both ends", (min, max, first) => {
    const stops = stopsOf(min, max, true);
    expect(stops.slice(0, first.length)).toEqual(first);
    expect(stops.at(-1)).toBe(max);
    expect(stops.length).toBeLessThanOrEqual(34);
    expect(stops).toEqual([...new Set(stops)].toSorted((a, b) => a - b));
  });

  test("nothing to choose is one stop", () => expect(stopsOf(2, 2, true)).toEqual([2]));

  test("parts of a whole are kept", () => expect(stopsOf(0, 1, false)[1]).toBe(0.05));

  test("a typed value stands at the nearest", () => expect(nearestStop([1, 15, 30], 24)).toBe(2));
});

describe("what a field takes", () => {
  test.each([
    [cpus, 2, true],
    [cpus, 5, false],
    [cpus, 1.5, false],
    [cpus, "2", false],
    [gpu, true, true],
    [gpu, "yes", false],
    [parameter("queue", "short", { type: "str", choices: ["short", "long"] }), "later", false],
    [parameter("gpus", 1, { type: "int", choices: [1, 2, 4] }), 2, true],
    [parameter("gpus", 1, { type: "int", choices: [1, 2, 4] }), 3, false],
    [parameter("note", "", { type: "str", required: false, choices: [] }), "anything", true],
    [parameter("name", "", { type: "str", required: true }), "", false],
  ])("%o: %s", (one, value, isTaken) => expect(fits(one, value)).toBe(isTaken));

  test("what was chosen last counts only as long as it fits", () => {
    expect(firstValues([cpus, gpu], { num_cpus: 3, gpu_enabled: true, other: 1 })).toEqual({
      num_cpus: 3,
      gpu_enabled: true,
    });
    expect(firstValues([cpus, gpu], { num_cpus: 64, gpu_enabled: "on" })).toEqual({ num_cpus: 1, gpu_enabled: false });
  });
});

describe("what is written in lines", () => {
  const tags = parameter("tags", ["a", 2], { type: "list" });
  const marks = parameter("marks", { a: "1" }, { type: "dict" });

  test("a list has a line for each thing, and is one again", () => {
    expect(textOfList(tags.default_value ?? undefined)).toBe("a\n2");
    expect(listOf(" a b \n\n[1]\n")).toEqual(["a b", "[1]"]);
    expect(listOf("")).toEqual([]);
    expect([fits(tags, listOf("")), fits(tags, "a, b"), fits(tags, {})]).toEqual([true, false, false]);
  });

  test("a table has name=value on each line, and is none while a line says neither", () => {
    expect(textOfTable({ a: "1", b: { c: 2 } })).toBe('a=1\nb={"c":2}');
    expect(tableOf("a = 1\nb=x=y\nc=")).toEqual({ a: "1", b: "x=y", c: "" });
    expect([tableOf("a=1\nb"), tableOf("=1")]).toEqual([null, null]);
    expect([fits(marks, {}), fits(marks, "b"), fits(marks, [])]).toEqual([true, false, false]);
  });
});

test("what must be said or is chosen stands in front, what is written by few is folded away", () => {
  expect(isForFew(cpus)).toBe(false);
  expect(isForFew(gpu)).toBe(false);
  expect(isForFew(parameter("channel", "stable", { type: "str", choices: ["stable", "new"] }))).toBe(false);
  expect(isForFew(parameter("repository", "", { type: "str", required: true }))).toBe(false);
  expect(isForFew(parameter("arguments", "", { type: "str" }))).toBe(true);
  expect(isForFew(parameter("packages", [], { type: "list" }))).toBe(true);
  expect(isForFew(parameter("environment", {}, { type: "dict" }))).toBe(true);
});

test("kept options are read as far as they can be", () => {
  expect(optionsIn('{"num_cpus":2,"word":null}')).toEqual({ num_cpus: 2 });
  for (const text of [undefined, "", "{", "[1]", "null", "7"]) expect(optionsIn(text), String(text)).toEqual({});
});
