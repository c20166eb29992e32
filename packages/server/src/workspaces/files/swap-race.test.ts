import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { walk } from "./descriptor-walk.ts";
import { pageOf } from "./list-folder.ts";
import { placeFiles } from "./place-files.ts";
import { openFile } from "./read-file.ts";
import { removeTree } from "./remove-tree.ts";
import { stageFile } from "./staged-file.ts";
import { createTestFolder } from "./testing-folder.ts";

const SWAPS = 2_000;
const ROUNDS = 500;
/** Swaps the folder `door` with a link to the directory outside, over and over, from another process. */
const swapper = `
  const fs = require("node:fs");
  const [inside, outside] = process.argv.slice(1);
  const door = inside + "/door";
  let count = 0;
  for (;;) {
    try { fs.renameSync(door, inside + "/aside"); fs.symlinkSync(outside, door); } catch {}
    try { fs.unlinkSync(door); } catch {}
    try { fs.renameSync(inside + "/aside", door); } catch { try { fs.mkdirSync(door); } catch {} }
    count += 1;
    if (count % 50 === 0) fs.writeSync(1, count + "\\n");
  }`;

/** Starts it; at the end of the scope it is gone, before the folders are removed. */
function startSwapper(inside: string, outside: string): AsyncDisposable & { swaps(): number } {
  let swaps = 0;
  const child = spawn(process.execPath, ["-e", swapper, inside, outside], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.on("data", (data: Buffer) => {
    swaps = Number(data.toString().trim().split("\n").at(-1));
  });
  return {
    swaps: () => swaps,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}

it(`reads and writes nothing outside while a folder is swapped for a link ${SWAPS} times`, async () => {
  await using test = await createTestFolder();
  await using outside = await createTestFolder();
  await writeFile(path.join(outside.path, "secret.txt"), "secret");
  await mkdir(path.join(test.path, "door"));
  await writeFile(path.join(test.path, "door", "secret.txt"), "own");
  await mkdir(path.join(test.path, "staging"));

  await using staging = await test.folder.folder("staging");
  await using child = startSwapper(test.path, outside.path);
  let worked = 0;
  let refused = 0;
  for (let round = 0; round < ROUNDS || child.swaps() < SWAPS; round += 1) {
    const done = await Promise.allSettled(attacks(test.folder, staging, round));
    for (const outcome of done) {
      if (outcome.status === "fulfilled") worked += 1;
      else if (outcome.reason instanceof StoaError || "code" in outcome.reason) refused += 1;
      else throw outcome.reason;
    }
  }
  expect(await readdir(outside.path)).toEqual(["secret.txt"]);
  expect(await readFile(path.join(outside.path, "secret.txt"), "utf8")).toBe("secret");
  // Both sides of the swap were met, or the test has shown nothing.
  expect(worked).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});

function attacks(root: OpenFolder, staging: OpenFolder, round: number): Promise<unknown>[] {
  const write = async () => {
    const staged = await stageFile(staging, "t", [Buffer.from("x")], { limit: 9, left: 9 }, "x");
    await placeFiles(root, staging, [{ parts: ["door", `new-${round % 7}`], staged }]);
  };
  const read = async () => {
    const file = await openFile(root, ["door", "secret.txt"]);
    const text = await file.handle.readFile("utf8").finally(() => file.handle.close());
    if (text === "secret") throw new Error("read from outside");
  };
  const list = async () => {
    await using folder = await walk(root, ["door"]);
    await pageOf(folder, ["door"], { limit: 10 });
  };
  const take = async () => {
    await using folder = await walk(root, ["door"]);
    await rename(folder.at(`new-${(round + 3) % 7}`), staging.at(`taken-${round}`));
    await removeTree(staging, `taken-${round}`);
  };
  return [write(), read(), list(), take()];
}
