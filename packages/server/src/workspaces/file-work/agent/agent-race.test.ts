import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { createTestAgents, type TestAgents } from "./testing-agents.ts";

const SWAPS = 10_000;
const SECRET = "another person's secret";
/** Swaps a folder and a file of the workspace with links to what lies outside, in turn, over and over. */
const swapper = `
  const fs = require("node:fs");
  const outside = process.argv.slice(1);
  const quietly = (work) => { try { work(); } catch {} };
  for (let count = 1; ; count += 1) {
    const target = outside[count % outside.length];
    quietly(() => fs.renameSync("door", "aside"));
    quietly(() => fs.symlinkSync(target, "door"));
    quietly(() => fs.unlinkSync("door"));
    quietly(() => fs.renameSync("aside", "door"));
    quietly(() => fs.mkdirSync("door"));
    quietly(() => fs.writeFileSync("door/secret.txt", "own", { flag: "wx" }));
    quietly(() => fs.renameSync("own.txt", "own.aside"));
    quietly(() => fs.symlinkSync(target + "/secret.txt", "own.txt"));
    quietly(() => fs.unlinkSync("own.txt"));
    quietly(() => fs.renameSync("own.aside", "own.txt"));
    if (count % 50 === 0) fs.writeSync(1, count + "\\n");
  }`;

/** Runs it as the person; at the end of the scope it is gone. */
function startSwapper(agents: TestAgents, outside: readonly string[]): AsyncDisposable & { swaps(): number } {
  let swaps = 0;
  const [program, ...args] = agents.as(1);
  const child = spawn(program, [...args, process.execPath, "-e", swapper, ...outside], {
    cwd: agents.workspacePath(1, 10),
    stdio: ["ignore", "pipe", "inherit"],
  });
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

async function makeWorkspace({ files }: TestAgents, account: number, id: number, text: string): Promise<void> {
  const list = ["own.txt", "door/secret.txt"].map((what) => ({ what, parts: what.split("/"), size: text.length }));
  const input = list.map(() => Buffer.from(text));
  const { name } = await files.run(account, "stageWorkspace", { files: list }, { input });
  await files.run(account, "nameWorkspace", { staged: name, workspace: id });
}

/** Everything that a hostile program's owner can have the server do in its workspace, at once. */
function attacks({ files }: TestAgents, round: number): Promise<unknown>[] {
  const at = (...parts: string[]) => ({ workspace: 10, parts });
  const read = async (...parts: string[]) => {
    const { bytes } = await files.open(1, "downloadFile", at(...parts));
    let text = "";
    for await (const part of bytes) text += Buffer.from(part).toString();
    if (text.includes(SECRET)) throw new Error("read from outside");
  };
  const write = async () => {
    const staged = await files.run(1, "stageUpload", { what: "x", limit: 9, left: 9 }, { input: [Buffer.from("x")] });
    const placements = [{ parts: ["door", `new-${round % 7}`], staged }];
    await files.run(1, "placeStaged", { workspace: 10, placements });
  };
  const pack = async () => {
    const { bytes } = await files.open(1, "packSelection", { workspace: 10, paths: [["door"]] } as never);
    for await (const part of bytes) if (Buffer.from(part).includes(SECRET)) throw new Error("packed from outside");
  };
  const take = async () => {
    await files.run(1, "trashFile", { ...at("door", `new-${(round + 3) % 7}`), entry: 1000 + round });
  };
  const copy = async () => {
    const name = `copy-${round}`;
    await files.run(1, "stageCopy", { from: at("door"), name });
    await files.run(1, "discardCopy", { name } as never);
  };
  const list = () => files.run(1, "listFolder", { ...at("door"), limit: 10 });
  return [read("door", "secret.txt"), read("own.txt"), write(), pack(), take(), copy(), list()];
}

/** Only root can work as somebody else; CI runs as root, and must have this one. */
describe.runIf(isRoot)("a hostile program beside the agent", () => {
  it(`has nothing outside read or written in ${SWAPS} swaps`, { timeout: 120_000 }, async () => {
    const agents = await createTestAgents();
    const vault = path.join(agents.broker.dataDir, "vault");
    mkdirSync(vault);
    writeFileSync(path.join(vault, "secret.txt"), SECRET);
    // Readable and writable for everybody: only the rules of the walk keep them from here.
    chmodSync(vault, 0o777);
    chmodSync(path.join(vault, "secret.txt"), 0o666);
    await makeWorkspace(agents, 1, 10, "own");
    await makeWorkspace(agents, 2, 20, SECRET);
    const theirs = agents.workspacePath(2, 20);
    const before = readdirSync(theirs, { recursive: true }).sort();
    let [worked, refused] = [0, 0];
    {
      await using child = startSwapper(agents, [vault, theirs, path.join(agents.broker.dataDir, "keys"), "/root"]);
      for (let round = 0; child.swaps() < SWAPS; round += 1) {
        for (const outcome of await Promise.allSettled(attacks(agents, round))) {
          if (outcome.status === "fulfilled") worked += 1;
          else if (outcome.reason instanceof StoaError && outcome.reason.code !== "unavailable") refused += 1;
          // The system's own word, as the command had it.
          else if ("code" in outcome.reason && outcome.reason.code !== "unavailable") refused += 1;
          else throw outcome.reason;
        }
      }
      expect(child.swaps()).toBeGreaterThanOrEqual(SWAPS);
    }
    expect(readdirSync(vault)).toEqual(["secret.txt"]);
    expect(readFileSync(path.join(vault, "secret.txt"), "utf8")).toBe(SECRET);
    expect(readdirSync(theirs, { recursive: true }).sort()).toEqual(before);
    expect(readFileSync(path.join(theirs, "own.txt"), "utf8")).toBe(SECRET);
    // Both sides of the swap were met, or the test has shown nothing; and one agent has stood it all.
    expect(worked).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    expect(agents.started.filter(({ accountId }) => accountId === 1)).toHaveLength(1);
    await agents.close();
  });
});
