import { describe, expect, it } from "vitest";
import { startProgram } from "./program.ts";

describe("a program's environment", () => {
  it.each(["plain", "pty"] as const)("begins with its session's mark, whatever else is in it: %s", async (kind) => {
    const env = { PATH: "/usr/bin:/bin", LONG: "x".repeat(1000), STOA_JOB: "another's" };
    let printed = "";
    await new Promise<void>((resolve, reject) => {
      const listener = {
        output: (chunk: Buffer) => {
          printed += chunk.toString("latin1");
        },
        ended: () => resolve(),
      };
      startProgram({ kind, command: ["env"], cwd: "/", env }, { STOA_JOB: "its-own" }, listener).catch(reject);
    });
    expect(printed.split(/\r?\n/)[0]).toBe("STOA_JOB=its-own");
    expect(printed.match(/STOA_JOB=/g)).toHaveLength(1);
  });
});
