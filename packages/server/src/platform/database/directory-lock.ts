import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { type FileHandle, link, open, readFile, rename, rm, stat } from "node:fs/promises";
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

export interface LockOptions {
  /** Milliseconds that a holder in another world may leave the file untouched. */
  readonly deadAfterMs?: number;
  /** Asked before a dead holder's lock is taken: throws when something of its is still at work. */
  readonly beforeTakeover?: () => Promise<void>;
  /** The lock has become another's while we held it: whatever works in the directory must end at once. */
  readonly onLost?: (error: StartError) => void;
}

const TOUCH_EVERY_MS = 2_000;
const DEAD_AFTER_MS = 10_000;
const CHECK_AGAIN_MS = 20;
const LOOK_EVERY_MS = 200;

/**
 * Takes the data directory for this process: an embedded database has one server. The file names its holder
 * by pid and start time, so that one left by a killed process is known as such and replaced.
 * @throws StartError naming the holder, when there is one.
 */
export async function lockDirectory(dataDir: string, options: LockOptions = {}): Promise<DirectoryLock> {
  const file = path.join(dataDir, "server.lock");
  const own = describeSelf();
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await writeSynced(temporary, own);
  try {
    while (!(await tryTake(file, temporary, options))) await sleep(CHECK_AGAIN_MS);
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  const stopTouching = keepTouching({ file, own, handle }, options.onLost ?? (() => undefined));
  return {
    async release() {
      await stopTouching();
      await handle.close();
      if ((await readLock(file)) === own) await rm(file, { force: true });
    },
  };
}

interface HeldLock {
  readonly file: string;
  readonly own: string;
  /** Of our own file, whatever stands under its name now: another's lock must never look alive by our doing. */
  readonly handle: FileHandle;
}

/** @returns ends it, and waits for the touch that is under way. */
function keepTouching(lock: HeldLock, onLost: (error: StartError) => void): () => Promise<void> {
  let last = Promise.resolve();
  let busy = false;
  const touch = async (): Promise<void> => {
    const now = new Date();
    await lock.handle.utimes(now, now);
    const text = await readLock(lock.file);
    if (text === lock.own) return;
    clearInterval(heartbeat);
    onLost(lockLost(path.dirname(lock.file), text === null ? null : parseHolder(text)));
  };
  const heartbeat = setInterval(() => {
    if (busy) return;
    busy = true;
    // A disk that fails for a moment proves nothing; the next look does.
    last = touch()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, TOUCH_EVERY_MS).unref();
  return async () => {
    clearInterval(heartbeat);
    await last;
  };
}

/** Who holds the directory now; null when nobody does. */
export async function directoryHolder(dataDir: string): Promise<LockHolder | null> {
  const file = path.join(dataDir, "server.lock");
  const text = await readLock(file);
  return text !== null && (await isHeld(file, text, DEAD_AFTER_MS)) ? parseHolder(text) : null;
}

async function tryTake(file: string, temporary: string, options: LockOptions): Promise<boolean> {
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
  if (await isHeld(file, text, options.deadAfterMs ?? DEAD_AFTER_MS)) {
    throw inUse(path.dirname(file), parseHolder(text));
  }
  await options.beforeTakeover?.();
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

/**
 * Another world's processes can't be seen: there only a file that changes proves a holder alive. Its time is never
 * compared with our clock, which may be another machine's.
 */
async function isHeld(file: string, text: string, deadAfterMs: number): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder?.world === world()) return isRunning(holder);
  const before = await touchedAt(file);
  for (const deadline = Date.now() + deadAfterMs; Date.now() < deadline; ) {
    await sleep(Math.min(LOOK_EVERY_MS, deadAfterMs));
    if ((await touchedAt(file)) !== before) return (await readLock(file)) !== null;
  }
  return false;
}

async function touchedAt(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found ? `${found.ino} ${found.mtimeNs}` : "gone";
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

function lockLost(dataDir: string, holder: LockHolder | null): StartError {
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : "nobody we know";
  return new StartError(
    `The lock of the data directory ${dataDir} is no longer this server's: it names ${who}. The database was stopped at once, for two on one directory destroy it.`,
    "See that one server alone has this directory, and never remove or copy its server.lock while one runs.",
    { passing: true },
  );
}

async function readLock(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

async function writeSynced(file: string, text: string): Promise<FileHandle> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close();
    await rm(file, { force: true });
    throw error;
  }
}
