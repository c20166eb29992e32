import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "../errors/start-error.ts";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

export interface DirectoryLock {
  release(): Promise<void>;
}

/** Who has the directory. `world` names the kernel and its pid namespace: only inside it does a pid mean anything. */
export interface LockHolder extends ProcessIdentity {
  readonly world: string;
  readonly host: string;
  readonly since: string;
}

/** In another world (a container on the same volume) only the file's age tells; its holder touches it. */
const TOUCH_EVERY_MS = 2_000;
const DEAD_AFTER_MS = 10_000;
const CHECK_AGAIN_MS = 20;

/**
 * Takes the data directory for this process: an embedded database has one server. The file names its holder
 * by pid and start time, so that one left by a killed process is known as such and replaced.
 * @throws StartError naming the holder, when there is one.
 */
export async function lockDirectory(dataDir: string, deadAfterMs = DEAD_AFTER_MS): Promise<DirectoryLock> {
  const file = path.join(dataDir, "server.lock");
  const own = describeSelf();
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  await writeSynced(temporary, own);
  try {
    while (!(await tryTake(file, temporary, deadAfterMs))) await sleep(CHECK_AGAIN_MS);
  } finally {
    await rm(temporary, { force: true });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS).unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await readLock(file)) === own) await rm(file, { force: true });
    },
  };
}

/** Who holds the directory now; null when nobody does. */
export async function directoryHolder(dataDir: string): Promise<LockHolder | null> {
  const file = path.join(dataDir, "server.lock");
  const text = await readLock(file);
  return text !== null && (await isHeld(file, text, DEAD_AFTER_MS)) ? parseHolder(text) : null;
}

async function tryTake(file: string, temporary: string, deadAfterMs: number): Promise<boolean> {
  const linked = await link(temporary, file).then(
    () => true,
    (error) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (linked) return true;
  const text = await readLock(file);
  if (text === null) return false;
  if (await isHeld(file, text, deadAfterMs)) throw inUse(path.dirname(file), parseHolder(text));
  return await replaceStale(file, text, temporary);
}

/**
 * Two starting servers may both find the same dead holder. A socket in the abstract namespace, named by what
 * they both read (which nobody else can read), lets one at a time look again and replace it; it goes with its process.
 */
async function replaceStale(file: string, stale: string, temporary: string): Promise<boolean> {
  const name = createHash("sha256").update(stale).digest("hex").slice(0, 32);
  const guard = createServer();
  const held = await new Promise<boolean>((resolve) => {
    guard.once("error", () => resolve(false));
    guard.listen(`\0stoa-takeover-${name}`, () => resolve(true));
  });
  if (!held) return false;
  try {
    if ((await readLock(file)) !== stale) return false;
    await rename(temporary, file);
    return true;
  } finally {
    guard.close();
  }
}

async function isHeld(file: string, text: string, deadAfterMs: number): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder?.world === world()) return isRunning(holder);
  const before = await age(file);
  if (before > deadAfterMs) return false;
  await sleep(deadAfterMs - Math.max(before, 0) + 100);
  return (await age(file)) <= deadAfterMs;
}

async function age(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found ? Date.now() - found.mtimeMs : Number.POSITIVE_INFINITY;
}

function describeSelf(): string {
  const holder: LockHolder = {
    ...ownIdentity(),
    world: world(),
    host: hostname(),
    since: new Date().toISOString(),
  };
  return `${JSON.stringify({ ...holder, nonce: randomBytes(12).toString("hex") })}\n`;
}

function world(): string {
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
}

function parseHolder(text: string): LockHolder | null {
  try {
    const holder = JSON.parse(text) as Partial<LockHolder>;
    return Number.isInteger(holder.pid) && holder.startTime && holder.world ? (holder as LockHolder) : null;
  } catch {
    return null;
  }
}

function inUse(dataDir: string, holder: LockHolder | null): StartError {
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : "another process";
  return new StartError(
    `The data directory ${dataDir} is in use by a Stoa server: ${who}.`,
    "Stop that one first, or choose another directory with STOA_DATA_DIR. Several servers share an external database (DATABASE_URL).",
  );
}

async function readLock(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
