import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const PYTHON = "/usr/bin/python3";
const there = existsSync(PYTHON);
if (!there && process.env.STOA_PEERS === "required") throw new Error(`${PYTHON} is missing, and peers are required.`);

describe.skipIf(!there)("the hook for JupyterHub", () => {
  it("passes its own tests, against a double of contract 1", async () => {
    const folder = join(import.meta.dirname, "../../integrations/jupyterhub");
    const options = {
      cwd: folder,
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
    };
    // It prints to stderr, and fails the promise with all of it where a test has failed.
    const { stderr } = await promisify(execFile)(
      PYTHON,
      ["-m", "unittest", "discover", "-s", "tests", "-t", "."],
      options,
    );
    expect(stderr).toMatch(/Ran (?:[3-9]\d|\d{3,}) tests[\s\S]*\nOK/);
  });
});
