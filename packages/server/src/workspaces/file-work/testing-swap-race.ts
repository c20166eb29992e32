import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileWork } from "./contract.ts";
import { attacksOf, SECRET } from "./testing-race-attacks.ts";

/**
 * Swaps the folder `door`, and the file `own.txt`, with links to what lies outside and back, over and over, and counts
 * what succeeded. In between the folder has no name for a moment: file work may make one there, which has to go before
 * the old one comes back.
 */
const swapper = `
  const fs = require("node:fs");
  const [inside, ...outside] = process.argv.slice(1);
  const [door, aside, file, fileAside] = ["door", "aside", "own.txt", "own.aside"].map((name) => inside + "/" + name);
  const quietly = (work) => { try { work(); } catch {} };
  const back = () => {
    try { fs.renameSync(aside, door); } catch {}
    if (!fs.existsSync(aside)) return;
    quietly(() => fs.rmSync(door, { recursive: true, force: true }));
  };
  fs.writeFileSync(file, "own");
  for (let count = 0, turn = 0; ; turn += 1) {
    const target = outside[turn % outside.length];
    quietly(() => {
      fs.renameSync(door, aside);
      fs.symlinkSync(target, door);
      count += 1;
      if (count % 50 === 0) fs.writeSync(1, count + "\\n");
      fs.unlinkSync(door);
    });
    while (fs.existsSync(aside)) back();
    quietly(() => fs.renameSync(file, fileAside));
    quietly(() => fs.symlinkSync(target + "/secret.txt", file));
    quietly(() => fs.unlinkSync(file));
    quietly(() => fs.renameSync(fileAside, file));
    if (count % 50 === 0) quietly(() => fs.writeFileSync(door + "/secret.txt", "own"));
  }`;

export interface Race {
  readonly files: FileWork;
  readonly accountId: number;
  readonly workspace: number;
  /** The workspace's folder on the disk. */
  readonly path: string;
  /** How often the folder is to have been a link, at least. */
  readonly swaps: number;
  /** Folders that the links lead to besides one that is open to everybody; they get a secret, too. */
  readonly alsoOutside?: readonly string[];
  /** Whose process swaps; left out: our own account's. */
  readonly as?: { readonly uid: number; readonly gid: number };
}

export interface RaceOutcome {
  /** How often the folder was a link. */
  readonly swaps: number;
  readonly worked: number;
  readonly refused: number;
  /** What was read, written or removed outside, in words; to be none. */
  readonly breaches: readonly string[];
}

/** Does all that file work does in a folder which a hostile program swaps for a link meanwhile. */
export async function raceSwaps(race: Race): Promise<RaceOutcome> {
  const open = await mkdtemp(path.join(tmpdir(), "stoa-outside-"));
  const outside = [open, ...(race.alsoOutside ?? [])];
  for (const folder of outside) await hideSecret(folder);
  // Whoever follows the link may do there what they like: only where it leads keeps them from it.
  await chmod(open, 0o777);
  await chmod(path.join(open, "secret.txt"), 0o666);
  const child = spawn(process.execPath, ["-e", swapper, race.path, ...outside], {
    stdio: ["ignore", "pipe", "inherit"],
    ...race.as,
  });
  try {
    const tally = { worked: 0, refused: 0, breaches: [] as string[] };
    const swaps = countedBy(child);
    // Each kind on its own: those that wait for the disk hold up no other.
    const done = await Promise.allSettled(
      (await attacksOf(race, (what) => tally.breaches.push(what))).map(async (attack) => {
        for (let round = 0; swaps() < race.swaps || !metBoth(tally); round += 1) await tried(attack(round), tally);
      }),
    );
    for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
    for (const folder of outside) tally.breaches.push(...(await changesOf(folder)));
    return { ...tally, swaps: swaps() };
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
    await rm(open, { recursive: true, force: true });
  }
}

async function hideSecret(folder: string): Promise<void> {
  await writeFile(path.join(folder, "secret.txt"), SECRET);
  await mkdir(path.join(folder, "inner"));
}

function countedBy(child: ChildProcess): () => number {
  let swaps = 0;
  child.stdout?.on("data", (data: Buffer) => {
    swaps = Number(data.toString().trim().split("\n").at(-1));
  });
  return () => {
    if (child.exitCode !== null) throw new Error("the swapping ended by itself");
    return swaps;
  };
}

type Tally = { worked: number; refused: number; breaches: string[] };

/** Or the race has shown nothing. */
function metBoth({ worked, refused }: Tally): boolean {
  return worked >= 100 && refused >= 100;
}

async function tried(attack: Promise<unknown>, tally: Tally): Promise<void> {
  try {
    await attack;
    tally.worked += 1;
  } catch (error) {
    if (!(error instanceof StoaError || (error instanceof Error && "code" in error))) throw error;
    tally.refused += 1;
  }
}

async function changesOf(outside: string): Promise<string[]> {
  const names = (await readdir(outside, { recursive: true })).sort();
  const text = await readFile(path.join(outside, "secret.txt"), "utf8").catch(() => "(gone)");
  const changes = text === SECRET ? [] : [`the file outside holds ${JSON.stringify(text)}`];
  return names.join() === "inner,secret.txt" ? changes : [...changes, `outside there are ${names.join(", ")}`];
}
