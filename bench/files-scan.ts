/**
 * Looking through a workspace of 200,000 files: CPU of a scan, and of one more after 1,000 changes, beside
 * `find -printf` over the same tree; and the first page of a folder of 10,000 files.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInProcessFileWork } from "../packages/server/src/workspaces/file-work/in-process.ts";
import { createDirectories } from "../packages/server/src/workspaces/files/directories.ts";
import { median } from "./support/median.ts";
import { atMost, print } from "./support/report.ts";

const FOLDERS = 2_000;
const FILES_EACH = 100;
const CHANGES = 1_000;
const ROUNDS = 5;

const home = await mkdtemp(join(tmpdir(), "stoa-bench-scan-"));
const directories = createDirectories(home, "bench");
const files = createInProcessFileWork({ directories, symlinkRoots: [] });
const tree = directories.workspacePath(1, 1);
const wide = directories.workspacePath(1, 2);

try {
  makeTree();
  const figures = { find: [] as number[], again: [] as number[], first: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.find.push(findCpu());
    // Another process's memory is empty, as this one's is at its first scan.
    figures.first.push(await firstScan());
    await scan();
    change(round);
    figures.again.push(await scan());
  }
  const pages = await firstPages();
  const [find, again, first] = [median(figures.find), median(figures.again), median(figures.first)];
  const note = `ours ${ms(again)}, find ${ms(find)}; a scan that remembers nothing: ${ms(first)}`;
  print({
    name: "Files scan",
    rows: [
      atMost(
        `Rescan of ${FOLDERS * FILES_EACH} files with ${CHANGES} changes, CPU beside find -printf`,
        ratio(again, find),
        1,
        "×",
        note,
      ),
      atMost("First page of a folder of 10,000 files", Math.round(pages), 100, "ms", "the slowest of five"),
    ],
  });
} finally {
  rmSync(home, { recursive: true, force: true });
}

function makeTree(): void {
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = folderOf(folder);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES_EACH; file += 1) writeFileSync(join(path, `file-${file}.dat`), "x".repeat(file));
  }
  mkdirSync(wide, { recursive: true });
  for (let file = 0; file < 10_000; file += 1) writeFileSync(join(wide, `file-${file}.dat`), "");
}

function folderOf(index: number): string {
  return join(tree, `part-${index % 40}`, `run-${index}`);
}

/** New files, removed ones and longer ones, in places all over the tree. */
function change(round: number): void {
  for (let index = 0; index < CHANGES; index += 1) {
    const folder = folderOf((index * 7 + round * 131) % FOLDERS);
    if (index % 4 === 0) rmSync(join(folder, `file-${(index + round) % FILES_EACH}.dat`), { force: true });
    else if (index % 4 === 1) appendFileSync(join(folder, `file-${(index + round) % FILES_EACH}.dat`), "more");
    else writeFileSync(join(folder, `new-${round}-${index}.dat`), "new");
  }
}

/** ms of CPU, user and system. */
async function scan(): Promise<number> {
  const before = process.cpuUsage();
  const { bytes } = await files.run(1, "scanWorkspace", { workspace: 1 });
  const { user, system } = process.cpuUsage(before);
  expectTruth(bytes);
  return (user + system) / 1000;
}

/** What is on the disk, by another's count. */
function expectTruth(bytes: number): void {
  const listing = execFileSync("find", [tree, "-type", "f", "-printf", "%s\n"], { encoding: "utf8", maxBuffer: 1e8 });
  const truth = listing.split("\n").reduce((sum, size) => sum + Number(size), 0);
  if (truth !== bytes) throw new Error(`the scan counted ${bytes} bytes, and there are ${truth}`);
}

/** Of a process that scans for the first time; its start is left out. */
async function firstScan(): Promise<number> {
  const script = `
    import { createInProcessFileWork } from ${JSON.stringify(join(import.meta.dirname, "../packages/server/src/workspaces/file-work/in-process.ts"))};
    import { createDirectories } from ${JSON.stringify(join(import.meta.dirname, "../packages/server/src/workspaces/files/directories.ts"))};
    const files = createInProcessFileWork({ directories: createDirectories(process.argv[1], "bench"), symlinkRoots: [] });
    const before = process.cpuUsage();
    await files.run(1, "scanWorkspace", { workspace: 1 });
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script, home], { encoding: "utf8" }));
}

function findCpu(): number {
  const command = `find "$0" -printf '%y %s %p\\n' > /dev/null; times`;
  const times = execFileSync("bash", ["-c", command, tree], { encoding: "utf8" }).trim().split("\n")[1] ?? "";
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => {
    return sum + (Number(minutes) * 60 + Number(seconds)) * 1000;
  }, 0);
}

async function firstPages(): Promise<number> {
  let slowest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const page = await files.run(1, "listFolder", { workspace: 2, parts: [], limit: 100 });
    if (page.items.length !== 100) throw new Error("the page is short");
    slowest = Math.max(slowest, performance.now() - started);
  }
  return slowest;
}

function ratio(ours: number, theirs: number): number {
  return Number((ours / theirs).toFixed(2));
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
