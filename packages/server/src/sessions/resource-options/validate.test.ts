import { describe, expect, it } from "vitest";
import type { DeclaredParameter } from "../../config/schema.ts";
import { pythonRepr } from "./python-text.ts";
import { readResourceOptions } from "./validate.ts";

const own = (validation: DeclaredParameter["validation"]): DeclaredParameter => ({
  display_name: "P",
  description: "",
  variable_name: "p",
  default_value: null,
  validation,
});

const refusal = (asked: Record<string, unknown>, offered?: readonly DeclaredParameter[]): string => {
  try {
    readResourceOptions(asked, offered);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("resource options", () => {
  it("fills in what was not asked for and ignores what it doesn't know", () => {
    expect(readResourceOptions({ num_cpus: 2, colour: "red" })).toEqual({
      num_cpus: 2,
      memory_mb: 1024,
      time_limit_min: 180,
      gpu_enabled: false,
    });
  });

  it.each([
    [{ memory_mb: 1 }, `["memory_mb: Value '1' not above minimum of 1024."]`],
    [{ num_cpus: 5 }, `["num_cpus: Value '5' above maximum of 4."]`],
    [
      { num_cpus: "2" },
      `["num_cpus: Value '2' of type str does not match required type int. Skipping further validation of parameter num_cpus."]`,
    ],
    [
      { num_cpus: true, time_limit_min: null },
      `["num_cpus: Value 'True' of type bool does not match required type int. Skipping further validation of parameter num_cpus.", ` +
        `"time_limit_min: Value 'None' of type NoneType does not match required type int. Skipping further validation of parameter time_limit_min."]`,
    ],
    [
      { gpu_enabled: 'a"b' },
      `['gpu_enabled: Value \\'a"b\\' of type str does not match required type bool. Skipping further validation of parameter gpu_enabled.']`,
    ],
  ])("refuses %j as the original does", (asked, list) => {
    expect(refusal(asked)).toBe(`Invalid resource options found: ${list}`);
  });

  it("goes by what is offered, and by our own defaults for what sessions are counted by", () => {
    const validation = { type: "int", min: 2, max: 16, required: true } as const;
    const offered = [
      { display_name: "CPUs", description: "", variable_name: "num_cpus", default_value: 2, validation },
      {
        display_name: "Queue",
        description: "",
        variable_name: "queue",
        default_value: "short",
        validation: { type: "str", required: false },
      },
    ] as const;
    expect(readResourceOptions({ num_cpus: 16, memory_mb: 1 }, offered)).toEqual({
      num_cpus: 16,
      queue: "short",
      memory_mb: 1024,
      time_limit_min: 180,
      gpu_enabled: false,
    });
    expect(() => readResourceOptions({}, offered)).toThrow(
      "Invalid resource options found: ['Missing required: num_cpus']",
    );
  });

  describe.each([
    ["str", "x"],
    ["int", 3],
    ["float", 2.5],
    ["bool", true],
    ["list", [1]],
    ["dict", { a: 1 }],
    ["NoneType", null],
  ])("a value of type %s", (type, value) => {
    it.each(["str", "int", "float", "bool", "list", "dict"] as const)("for a parameter of type %s", (required) => {
      const offered = [own({ type: required, required: false })];
      const shown = { str: "x", int: "3", float: "2.5", bool: "True", list: "[1]", dict: "{'a': 1}", NoneType: "None" };
      const fits = type === required || (type === "int" && required === "float");
      const text = `p: Value '${shown[type as keyof typeof shown]}' of type ${type} does not match required type ${required}. Skipping further validation of parameter p.`;
      expect(refusal({ p: value }, offered)).toBe(
        fits ? "accepted" : `Invalid resource options found: ${pythonRepr([text])}`,
      );
    });
  });

  it.each([
    [{ type: "str", choices: ["a", "b"] }, "c", "p: Value 'c' not among ['a', 'b']."],
    [{ type: "str", alone: true }, "--config=/x", "p: Value '--config=/x' begins with '-'."],
    [{ type: "str" }, "a\0b", "p: Value has characters that no text can have."],
    [{ type: "dict" }, { a: ["\ud800"] }, "p: Value has characters that no text can have."],
    [{ type: "str" }, "x".repeat(16_385), "p: Value of 16385 characters above maximum of 16384."],
    [{ type: "float", max: 2 }, 2.5, "p: Value '2.5' above maximum of 2."],
    [{ type: "float" }, Number.POSITIVE_INFINITY, "p: Value 'inf' is not a number."],
  ] as const)("keeps to %j, and refuses %j", (validation, value, problem) => {
    const offered = [own({ required: false, ...validation })];
    expect(refusal({ p: value }, offered)).toBe(`Invalid resource options found: ${pythonRepr([problem])}`);
  });

  it("prints numbers as Python does", () => {
    expect(pythonRepr([1e21, 1e-7, 0.00001, 0.0001, -2.5])).toBe(
      "[1000000000000000000000, 1e-07, 1e-05, 0.0001, -2.5]",
    );
  });

  it("prints as Python does what it would not show: marks of direction, odd spaces, halves of characters", () => {
    const text = "a\u202eb\u00a0c\u200d\u2028\ud800\u{e0001}\u0085 نام 😀";
    expect(pythonRepr(text)).toBe("'a\\u202eb\\xa0c\\u200d\\u2028\\ud800\\U000e0001\\x85 نام 😀'");
  });

  it("prints values as Python does", () => {
    expect(pythonRepr([1, 1.5, null, true, "it's", 'say "it\'s"', { a: ["\n", "\u0001"] }])).toBe(
      `[1, 1.5, None, True, "it's", 'say "it\\'s"', {'a': ['\\n', '\\x01']}]`,
    );
  });
});
