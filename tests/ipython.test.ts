import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const there = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0;
if (!there && process.env.STOA_PEERS === "required") throw new Error("Python 3.9 is missing, and peers are required.");

describe.skipIf(!there)("the extension for IPython", () => {
  it("passes its own tests, against a double of what takes reports", async () => {
    const options = {
      cwd: join(import.meta.dirname, "../integrations/ipython"),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
    };
    const args = ["-W", "error::ResourceWarning", "-m", "unittest", "discover", "-s", "tests", "-t", "."];
    // It prints to stderr, and fails the promise with all of it where a test has failed.
    const { stderr } = await promisify(execFile)("python3", args, options);
    expect(stderr).toMatch(/Ran (?:[4-9]\d|\d{3,}) tests[\s\S]*\nOK/);
  });
});
