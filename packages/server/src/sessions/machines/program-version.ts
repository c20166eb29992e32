import { execFile } from "node:child_process";
import { tmpdir } from "node:os";

const PATIENCE_MS = 4_000;
const LONGEST = 120;

/**
 * What a program says of itself for `--version`: the first line that has a number in it.
 * @param path absolute
 * @returns null when it says nothing of the kind, or not in time
 */
export function programVersion(path: string): Promise<string | null> {
  // Of our own environment it learns where programs lie, and nothing else.
  const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), LANG: "C.UTF-8" };
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: PATIENCE_MS, maxBuffer: 64 * 1024, env, cwd: "/" }, (_, out, err) => {
      const line = `${out}\n${err}`.split("\n").find((one) => /\d/.test(one));
      resolve(line?.trim().slice(0, LONGEST) ?? null);
    });
  });
}
