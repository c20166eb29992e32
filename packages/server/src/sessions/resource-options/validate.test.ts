import { describe, expect, it } from "vitest";
import { pythonRepr } from "./python-text.ts";
import { readResourceOptions } from "./validate.ts";

const refusal = (asked: Record<string, unknown>): string => {
  try {
    readResourceOptions(asked);
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

  it("prints values as Python does", () => {
    expect(pythonRepr([1, 1.5, null, true, "it's", 'say "it\'s"', { a: ["\n", "\u0001"] }])).toBe(
      `[1, 1.5, None, True, "it's", 'say "it\\'s"', {'a': ['\\n', '\\x01']}]`,
    );
  });
});
