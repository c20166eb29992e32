import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { raceSwaps } from "../file-work/testing-swap-race.ts";
import { createDirectories } from "./directories.ts";

const SWAPS = 10_000;

it(`reads and writes nothing outside while a folder is swapped for a link ${SWAPS} times`, {
  timeout: 60_000,
}, async () => {
  const home = await mkdtemp(path.join(tmpdir(), "stoa-race-"));
  const directories = createDirectories(home, "node");
  const files = createInProcessFileWork({ directories, symlinkRoots: [] });
  try {
    const workspace = directories.workspacePath(1, 1);
    await mkdir(path.join(workspace, "door"), { recursive: true });
    await writeFile(path.join(workspace, "door", "secret.txt"), "own");
    const race = await raceSwaps({ files, accountId: 1, workspace: 1, path: workspace, swaps: SWAPS });
    expect(race.breaches).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
