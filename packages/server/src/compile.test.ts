import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const COMPILE = path.join(import.meta.dirname, "compile.ts");
const APP = path.join(import.meta.dirname, "app.ts");

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), "stoa-compiled-")), "server");
  await mkdir(`${folder}.draft`);
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

/** What the tests' own programs are kept compiled in is not its matter. */
const { NODE_COMPILE_CACHE: _, ...surroundings } = process.env;
const compile = () =>
  run(process.execPath, [COMPILE, folder, String(process.getuid?.()), "state"], { env: surroundings });

test("what was compiled for an account, Node takes when that account loads the server", async () => {
  await utimes(`${folder}.draft`, 1, 1); // of one that was killed
  await compile();
  const env = { ...process.env, NODE_COMPILE_CACHE: folder, NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
  const args = ["-e", `import(${JSON.stringify(APP)})`];
  const { stdout, stderr } = await run(process.execPath, args, { env, maxBuffer: 2 ** 26 });
  expect(stdout + stderr).toMatch(/app\.ts.* was accepted/);
  expect(await readdir(path.dirname(folder))).toEqual(["server"]);
  const [, made = ""] = (await readdir(folder)).sort();
  const [file = ""] = await readdir(path.join(folder, made));
  expect((await stat(path.join(folder, made, file))).mode & 0o777).toBe(0o644);
}, 60_000); // it lets everything else go first

test("while another compiles, it is left to that one", async () => {
  await compile();
  expect(await readdir(path.dirname(folder))).toEqual(["server.draft"]);
});
