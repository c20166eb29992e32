import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { type ScanOptions, scanTree } from "./scan-tree.ts";
import { createTestFolder } from "./testing-folder.ts";

let trees = 0;
/** Scans that remember, of a small tree as if it were large. */
function remembering(): ScanOptions {
  trees += 1;
  return { remember: `test ${trees}`, smallTree: 0 };
}
const watches = () =>
  readdirSync("/proc/self/fdinfo").reduce((sum, fd) => {
    try {
      return (
        sum +
        (process
          .getBuiltinModule("fs")
          .readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")
          .match(/^inotify wd/gm)?.length ?? 0)
      );
    } catch {
      return sum;
    }
  }, 0);

/** The same numbers at each run. */
function createDice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * most);
  };
}

it.each([1, 2, 3])("sees each change that a session can make, as a first scan would (%i)", async (seed) => {
  await using test = await createTestFolder();
  await using elsewhere = await createTestFolder();
  const dice = createDice(seed);
  const options = remembering();
  const folder = () =>
    path.join(test.path, ...["", `d${dice(6)}`, path.join(`d${dice(6)}`, `e${dice(3)}`)].slice(dice(3)).slice(0, 1));
  const file = () => path.join(folder(), `${dice(2) === 0 ? "f" : "é"}${dice(8)}`);
  const changes = [
    () => mkdirSync(folder(), { recursive: true }),
    () => writeFileSync(file(), "x".repeat(dice(500))),
    () => appendFileSync(file(), "more"),
    () => truncateSync(file(), dice(100)),
    () => rmSync(file(), { force: true, recursive: true }),
    () => renameSync(file(), file()),
    () => renameSync(folder(), path.join(test.path, `d${dice(6)}`)),
    () => symlinkSync("/etc", file()),
    () => {
      writeFileSync(path.join(elsewhere.path, "new"), "y".repeat(dice(900)));
      renameSync(path.join(elsewhere.path, "new"), file());
    },
  ];
  for (let round = 0; round < 60; round += 1) {
    for (let count = dice(12); count >= 0; count -= 1) {
      try {
        changes[dice(changes.length)]?.();
      } catch (error) {
        // What it was to change isn't there, or is a folder.
        if (!(error instanceof Error && "code" in error)) throw error;
      }
    }
    expect(await scanTree(test.folder, options), `round ${round}`).toEqual(await scanTree(test.folder));
  }
});

it("looks each time at files that have a second name, through which nobody is told", async () => {
  await using test = await createTestFolder();
  await using elsewhere = await createTestFolder();
  const options = remembering();
  writeFileSync(path.join(test.path, "file"), "12");
  linkSync(path.join(test.path, "file"), path.join(elsewhere.path, "twin"));
  await scanTree(test.folder, options);
  appendFileSync(path.join(elsewhere.path, "twin"), "34");
  expect((await scanTree(test.folder, options)).bytes).toBe(4);
});

it("keeps its watches, and gives back those of what is gone", async () => {
  await using test = await createTestFolder();
  const options = remembering();
  for (const name of ["a", "b"]) {
    mkdirSync(path.join(test.path, name));
    writeFileSync(path.join(test.path, name, "file"), "12");
  }
  await scanTree(test.folder, options);
  const before = watches();
  writeFileSync(path.join(test.path, "b", "file"), "1234");
  expect((await scanTree(test.folder, options)).bytes).toBe(6);
  expect(watches()).toBe(before);
  rmSync(path.join(test.path, "b"), { recursive: true });
  expect((await scanTree(test.folder, options)).bytes).toBe(2);
  await expect.poll(watches).toBe(before - 1);
});

it("forgets what a scan that was given up had begun, and gives its watches back", async () => {
  await using test = await createTestFolder();
  const options = remembering();
  const before = watches();
  mkdirSync(path.join(test.path, "a"));
  writeFileSync(path.join(test.path, "a", "file"), "12");
  await scanTree(test.folder, options);
  expect(watches()).toBe(before + 2);
  writeFileSync(path.join(test.path, "a", "file"), "1234");
  const slow = AbortSignal.abort();
  for (let index = 0; index < 5_000; index += 1) writeFileSync(path.join(test.path, `${index}`), "");
  await expect(scanTree(test.folder, { ...options, signal: slow })).rejects.toThrow("aborted");
  await expect.poll(watches).toBe(before);
  expect((await scanTree(test.folder, options)).bytes).toBe(4);
});
