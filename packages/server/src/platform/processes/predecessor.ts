import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, ownIdentity, type ProcessIdentity, readProcess } from "../database/process-identity.ts";

/** Milliseconds that a server without its broker has to end by itself. */
const PATIENCE_MS = 8_000;

interface Pair {
  readonly broker: ProcessIdentity;
  readonly server: ProcessIdentity;
}

const NAME = /^\.server-\d+\.json$/;

/**
 * Waits for servers whose broker was killed: they notice and end, but two servers must not meet in one data directory
 * that has one database. One that doesn't end is killed.
 * @param folder root's own
 */
export async function endOrphans(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((one) => NAME.test(one))) {
    const file = path.join(folder, name);
    const pair = readPair(file);
    if (pair !== null && isRunning(pair.broker)) continue;
    if (pair !== null) await end(pair.server);
    rmSync(file, { force: true });
  }
}

/** Notes which server is ours. @returns forgets it */
export function noteServer(folder: string, pid: number): () => void {
  const file = path.join(folder, `.server-${process.pid}.json`);
  const pair: Pair = { broker: ownIdentity(), server: { pid, startTime: readProcess(pid)?.startTime ?? "0" } };
  writeFileSync(file, JSON.stringify(pair), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

async function end(server: ProcessIdentity): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; isRunning(server); await sleep(20)) {
    if (Date.now() < until) continue;
    process.kill(server.pid, "SIGKILL");
    await sleep(200);
  }
}

function readPair(file: string): Pair | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Pair;
  } catch {
    return null;
  }
}
