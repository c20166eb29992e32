import { type FileHandle, readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { folderIn, giveHeld, inside, nameIn } from "./descriptors.ts";
import { type BrokerGround, PLACES } from "./ground.ts";
import { takeOver } from "./take-over.ts";

/**
 * Gives the server what an earlier one, of another account, left in the folder of the sessions: their ends and what
 * they printed. What a process still works in stays as it is: it runs as that account, and whoever could write there
 * could have it do things. Before the server has started.
 */
export async function takeFormerRuns(run: FileHandle, ground: BrokerGround): Promise<void> {
  const { dataDir, server, formerOwners, log } = ground;
  const names = (await readdir(inside(run, "."))).filter((name) => /^([1-9]\d*|\.place|\.stale-.*)$/.test(name));
  const used = await foldersInUse();
  const running: string[] = [];
  let taken = 0;
  for (const name of names) {
    await using held = await nameIn(run, name);
    const stats = await held.stat();
    if (stats.uid === server.uid || !formerOwners.has(stats.uid)) continue;
    if (stats.isFile() && stats.nlink === 1) await giveHeld(held, server.uid, server.gid);
    if (!stats.isDirectory()) continue;
    if (used.has(path.join(dataDir, PLACES.run, name))) running.push(name);
    else if (await giveFolder(run, name, ground)) taken += 1;
  }
  if (taken > 0) log.info({ taken }, "gave the server what is left of an earlier one's sessions");
  if (running.length === 0) return;
  log.warn(
    { sessions: running },
    "sessions of an earlier server still run as its account, and only its kind can end them",
  );
}

/** An empty one is a person's, whom a kill kept from getting it. */
async function giveFolder(run: FileHandle, name: string, { server, formerOwners }: BrokerGround): Promise<boolean> {
  await using folder = await folderIn(run, name);
  if ((await readdir(inside(folder, "."))).length === 0) return false;
  await takeOver(folder, server, formerOwners);
  return true;
}

/** Where processes work, by the system's word. */
async function foldersInUse(): Promise<Set<string>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // One that has ended meanwhile works nowhere.
  return new Set(await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => ""))));
}
