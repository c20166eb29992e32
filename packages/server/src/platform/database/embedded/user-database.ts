import { open, readFile } from "node:fs/promises";
import path from "node:path";
import type { ServiceAccount } from "./service-account.ts";

/** Where system accounts live by convention, the highest first. */
const SYSTEM_IDS = { most: 998, least: 100 };

/** The account of that name in the local user database; null when there is none. */
export async function findAccount(name: string, etc = "/etc"): Promise<ServiceAccount | null> {
  const found = (await entries(path.join(etc, "passwd"))).find((entry) => entry[0] === name);
  const [, , uid, gid] = found ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * Adds a locked account and its group where no program for that is installed. Each is one appended line: nothing
 * that is there is written again, so nobody's change can be lost.
 */
export async function addAccount(name: string, etc = "/etc"): Promise<void> {
  if (await findAccount(name, etc)) return;
  const [passwd, group] = [path.join(etc, "passwd"), path.join(etc, "group")];
  const taken = new Set([...(await entries(passwd)), ...(await entries(group))].map((entry) => entry[2]));
  let id = SYSTEM_IDS.most;
  while (taken.has(String(id))) id -= 1;
  if (id < SYSTEM_IDS.least) throw new Error("no number is left for a system account");
  await append(group, `${name}:x:${id}:`);
  await append(passwd, `${name}:x:${id}:${id}::/nonexistent:/bin/false`);
}

async function entries(file: string): Promise<string[][]> {
  const text = await readFile(file, "utf8");
  return text.split("\n").map((line) => line.split(":"));
}

async function append(file: string, line: string): Promise<void> {
  const ends = (await readFile(file, "utf8")).endsWith("\n");
  await using handle = await open(file, "a");
  await handle.writeFile(`${ends ? "" : "\n"}${line}\n`);
  await handle.sync();
}
