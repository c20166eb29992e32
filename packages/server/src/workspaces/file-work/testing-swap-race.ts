import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileWork } from "./contract.ts";

const SECRET = "a secret of somebody else";
const OWN = "own";

/**
 * Swaps `door` with a link to the folder outside and back, over and over, and counts what succeeded. In between it
 * has no name for a moment: file work may make a folder there, which has to go before the old one comes back.
 */
const swapper = `
  const fs = require("node:fs");
  const [inside, outside] = process.argv.slice(1);
  const [door, aside] = ["door", "aside"].map((name) => inside + "/" + name);
  const back = () => {
    try { fs.renameSync(aside, door); } catch {}
    if (!fs.existsSync(aside)) return;
    try { fs.rmSync(door, { recursive: true, force: true }); } catch {}
  };
  for (let count = 0; ; ) {
    try {
      fs.renameSync(door, aside);
      fs.symlinkSync(outside, door);
      count += 1;
      if (count % 50 === 0) fs.writeSync(1, count + "\\n");
      fs.unlinkSync(door);
    } catch {}
    while (fs.existsSync(aside)) back();
    if (count % 50 === 0) { try { fs.writeFileSync(door + "/secret.txt", "own"); } catch {} }
  }`;

export interface Race {
  readonly files: FileWork;
  readonly accountId: number;
  readonly workspace: number;
  /** The workspace's folder on the disk. */
  readonly path: string;
  readonly swaps: number;
  /** Whose process swaps; left out: our own account's. */
  readonly as?: { readonly uid: number; readonly gid: number };
}

export interface RaceOutcome {
  readonly swaps: number;
  readonly worked: number;
  readonly refused: number;
  /** What was read, written or removed outside, in words; to be none. */
  readonly breaches: readonly string[];
}

/** Does all that file work does in a folder which a hostile program swaps for a link meanwhile. */
export async function raceSwaps(race: Race): Promise<RaceOutcome> {
  const outside = await mkdtemp(path.join(tmpdir(), "stoa-outside-"));
  await writeFile(path.join(outside, "secret.txt"), SECRET);
  await mkdir(path.join(outside, "inner"));
  // Whoever follows the link may do there what they like: only where it leads keeps them from it.
  await chmod(outside, 0o777);
  await chmod(path.join(outside, "secret.txt"), 0o666);
  const child = spawn(process.execPath, ["-e", swapper, race.path, outside], {
    stdio: ["ignore", "pipe", "inherit"],
    ...race.as,
  });
  try {
    const tally = { worked: 0, refused: 0, breaches: [] as string[] };
    const swaps = countedBy(child);
    // Each kind on its own: those that wait for the disk hold up no other.
    const done = await Promise.allSettled(
      attacksOf(race, (what) => tally.breaches.push(what)).map(async (attack) => {
        for (let round = 0; swaps() < race.swaps || !metBoth(tally); round += 1) await tried(attack(round), tally);
      }),
    );
    for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
    tally.breaches.push(...(await changesOf(outside)));
    return { ...tally, swaps: swaps() };
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
    await rm(outside, { recursive: true, force: true });
  }
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

function attacksOf(race: Race, breach: (what: string) => void): ((round: number) => Promise<unknown>)[] {
  const { files, accountId, workspace } = race;
  const run: FileWork["run"] = (_, name, args, io) => files.run(accountId, name, args, io);
  const secret = { workspace, parts: ["door", "secret.txt"] };
  const expectOwn = (what: string, text: string) => {
    if (text.includes(SECRET.slice(0, 8))) breach(`${what} gave what lies outside`);
  };
  const expectSize = (what: string, items: readonly { name: string; size: number }[]) => {
    for (const { name, size } of items)
      if (size === SECRET.length || name === "inner") breach(`${what} showed ${name}`);
  };
  const write = async (round: number) => {
    const staged = await run(0, "stageUpload", { what: "x", limit: 9, left: 9 }, { input: [Buffer.from("x")] });
    const placements = [{ parts: ["door", `new-${round % 7}`], staged }];
    await run(0, "placeStaged", { workspace, placements }).finally(() =>
      run(0, "discardStaged", { names: [staged.name] }),
    );
  };
  const read = async () => {
    const { bytes } = await files.open(accountId, "downloadFile", secret);
    for await (const chunk of bytes) expectOwn("a download", Buffer.from(chunk).toString());
  };
  const edit = async () => {
    const { text, etag } = await run(0, "readText", secret);
    expectOwn("a text", text);
    const staged = await run(0, "stageUpload", { what: "x", limit: 99, left: 99 }, { input: [Buffer.from(OWN)] });
    await run(0, "replaceText", { ...secret, staged: staged.name, version: etag }).finally(() =>
      run(0, "discardStaged", { names: [staged.name] }),
    );
  };
  const look = async () => {
    const page = await run(0, "listFolder", { workspace, parts: ["door"], limit: 50 });
    expectSize("a listing", page.items);
    const found = await run(0, "walkTree", { workspace, parts: [], match: "e", depth: null, limit: 50 });
    expectSize("a search", found.items);
    const { bytes } = await run(0, "scanWorkspace", { workspace });
    if (bytes >= SECRET.length * 2) breach("a scan counted what lies outside");
  };
  const moveAway = async (round: number) => {
    const number = round % 7;
    const to = { workspace, parts: [`moved-${number}`] };
    const from = { workspace, parts: ["door", `new-${number}`] };
    await run(0, "moveEntry", { from, to, replaced: null });
    await run(0, "moveEntry", { from: to, to: { workspace, parts: ["door", `back-${number}`] }, replaced: null });
  };
  const copy = async (round: number) => {
    const number = round % 7;
    const name = `copy-race-${number}`;
    await run(0, "stageCopy", { from: secret, name });
    const copied = { workspace, parts: ["door", `copy-${number}`] };
    await run(0, "placeCopy", { name, to: copied, replaced: null }).finally(() => run(0, "discardCopy", { name }));
  };
  const throwAway = async (round: number) => {
    const number = round % 7;
    const entry = 1_000_000 + round;
    const names = [`back-${number}`, `copy-${number}`, `made-${number}`, "secret.txt"];
    const parts = ["door", names[round % names.length] ?? ""];
    await run(0, "trashFile", { workspace, parts, entry }).finally(() => run(0, "purgeEntry", { entry }));
  };
  const makeFolder = (round: number) =>
    run(0, "makeFolder", { workspace, parts: ["door", `made-${round % 7}`, "deep"] });
  return [write, read, edit, look, moveAway, copy, throwAway, makeFolder];
}

async function changesOf(outside: string): Promise<string[]> {
  const names = (await readdir(outside, { recursive: true })).sort();
  const text = await readFile(path.join(outside, "secret.txt"), "utf8").catch(() => "(gone)");
  const changes = text === SECRET ? [] : [`the file outside holds ${JSON.stringify(text)}`];
  return names.join() === "inner,secret.txt" ? changes : [...changes, `outside there are ${names.join(", ")}`];
}
