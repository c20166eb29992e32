import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const exec = promisify(execFile);
/** A command that takes longer has no answer to come: the daemon has stopped working. */
const run = (program: string, args: readonly string[], options: { readonly timeout?: number } = {}) =>
  exec(program, [...args], { timeout: COMMAND_MS, ...options });
const DAEMON = "/usr/sbin/zfs-fuse";
/** Without force: with open files that stops zfs-fuse for everybody. */
const TRIES = 20;
const COMMAND_MS = 60_000;
const END_MS = 10_000;

/** A pool on a small file in a running zfs-fuse. */
export interface ZfsFuse extends AsyncDisposable {
  readonly pool: string;
  /** Where its datasets may be mounted, and its disks lie; others may go into it. */
  readonly directory: string;
  /** Runs `zfs` or `zpool`. @throws where it fails */
  zfs(...args: readonly string[]): Promise<string>;
  zpool(...args: readonly string[]): Promise<string>;
}

/** Whether zfs-fuse can be tried here. Where everything is required it has to be. */
export function hasZfsFuse(): boolean {
  const has = process.getuid?.() === 0 && existsSync(DAEMON) && existsSync("/dev/fuse");
  if (!has && process.env.STOA_PEERS === "required") throw new Error("zfs-fuse, /dev/fuse and root are required here");
  if (!has) console.warn("zfs is not tried: it takes root, /dev/fuse and zfs-fuse (apt-get install zfs-fuse)");
  return has;
}

/**
 * Makes a pool of that many disks (a mirror of two), in a zfs-fuse of its own; one that runs already is used, and left
 * running: there can be only one on a machine.
 */
export async function startZfsFuse({ disks = 1, bytes = 512 * 2 ** 20 } = {}): Promise<ZfsFuse> {
  const directory = await mkdtemp(join(tmpdir(), "stoa-zfs-"));
  await chmod(directory, 0o755);
  const daemon = (await answers()) ? null : await startDaemon();
  const pool = `stoa${process.pid}x${Date.now() % 1_000_000}`;
  const files = Array.from({ length: disks }, (_, n) => join(directory, `disk${n}`));
  for (const file of files) {
    await writeFile(file, "");
    await truncate(file, bytes);
  }
  const zfs = async (...args: readonly string[]) => (await run("zfs", args)).stdout;
  const zpool = async (...args: readonly string[]) => (await run("zpool", args)).stdout;
  await zpool("create", "-m", "none", pool, ...(disks > 1 ? ["mirror"] : []), ...files);
  return {
    pool,
    directory,
    zfs,
    zpool,
    async [Symbol.asyncDispose]() {
      try {
        await destroy(pool);
      } finally {
        if (daemon !== null) await end(daemon);
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startDaemon() {
  const daemon = spawn(DAEMON, ["--no-daemon", "--no-kstat-mount"], { stdio: "ignore", cwd: "/" });
  for (let n = 0; n < 100; n++) {
    if (daemon.exitCode !== null) throw new Error(`zfs-fuse ended with ${daemon.exitCode}`);
    if (await answers()) return daemon;
    await sleep(100);
  }
  daemon.kill("SIGKILL");
  throw new Error("zfs-fuse does not answer");
}

/** One that has stopped answering is killed, or no other could be started on this machine. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  daemon.kill("SIGTERM");
  const killed = setTimeout(() => daemon.kill("SIGKILL"), END_MS);
  await ended;
  clearTimeout(killed);
}

async function answers(): Promise<boolean> {
  return run("zpool", ["list"], { timeout: 5000 }).then(
    () => true,
    () => false,
  );
}

/** Its datasets are unmounted one by one, the lowest first: what was just used is busy for a moment. */
async function destroy(pool: string): Promise<void> {
  for (let n = 0; n < TRIES; n++) {
    const mounts = await run("zfs", ["mount"]).catch(() => ({ stdout: "" }));
    const own = mounts.stdout.split("\n").map((line) => line.split(/\s+/, 1)[0] ?? "");
    for (const dataset of own.filter((name) => name.startsWith(`${pool}/`)).reverse()) {
      await run("zfs", ["unmount", dataset]).catch(() => undefined);
    }
    const gone = await run("zpool", ["destroy", pool]).then(
      () => true,
      () => false,
    );
    if (gone) return;
    await sleep(250);
  }
  throw new Error(`the pool ${pool} can't be destroyed: something is still at work in it`);
}
