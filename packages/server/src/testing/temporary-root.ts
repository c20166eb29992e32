import { execFile } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { removeDirectory } from "./remove-directory.ts";

const run = promisify(execFile);
/** Bytes of memory that must be free: a run of all tests fills less than half a GiB of them. */
const ROOMY = 4 * 2 ** 30;

/**
 * Makes the folder in which a run of the tests keeps all that it makes, below the system's temporary one. Where root
 * runs them it lies in memory: hundreds of databases and dozens of data directories come and go in a run, none has to
 * outlast it, and a disk can take longer over them than all the rest does.
 * @param prefix the name's beginning
 */
export async function makeTemporaryRoot(prefix: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  if (process.getuid?.() === 0 && freemem() > ROOMY) {
    // A container's root may not be allowed to: it stays on the disk then.
    await run("mount", ["-t", "tmpfs", "-o", "size=50%", "stoa-vitest", folder]).catch(() => undefined);
  }
  // Tests work as other accounts too, as they could in the system's.
  await chmod(folder, 0o1777);
  return folder;
}

/** Also while a process still stands in it. */
export async function removeTemporaryRoot(folder: string): Promise<void> {
  // On the disk there is nothing to unmount.
  if (process.getuid?.() === 0) await run("umount", ["-l", folder]).catch(() => undefined);
  await removeDirectory(folder);
}
