import { stat, statfs } from "node:fs/promises";
import path from "node:path";
import { type Check, fail, ok, warn } from "./check.ts";

const GIB = 2 ** 30;
const LITTLE_BYTES = 2 * GIB;
const TOO_LITTLE_BYTES = GIB / 4;

/** The data directory, as it is. Changes nothing. */
export async function checkDirectory(dataDir: string): Promise<Check[]> {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const text = found.code === "ENOENT" ? "is not there yet" : `can't be read (${found.code})`;
    return [warn("data directory", `${dataDir} ${text}.`, "The first start makes it; else correct STOA_DATA_DIR.")];
  }
  if (!found.isDirectory()) {
    return [fail("data directory", `${dataDir} is not a directory.`, "Correct STOA_DATA_DIR.")];
  }
  return [
    ok("data directory", dataDir),
    await checkPrivate(path.join(dataDir, "keys")),
    await checkPrivate(path.join(dataDir, "postgres")),
    ...(await checkRoom(dataDir)),
  ];
}

async function checkPrivate(directory: string): Promise<Check> {
  const name = `permissions of ${path.basename(directory)}`;
  const found = await stat(directory).catch(() => null);
  if (!found) return ok(name, "not there yet");
  const mode = (found.mode & 0o777).toString(8);
  if ((found.mode & 0o077) === 0) return ok(name, mode);
  return fail(name, `${directory} is open to other accounts (${mode}).`, `chmod 700 ${directory}`);
}

async function checkRoom(dataDir: string): Promise<Check[]> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(dataDir);
  const [free, share] = [bavail * bsize, blocks > 0 ? Math.round((bavail / blocks) * 100) : 0];
  const found = `${(free / GIB).toFixed(1)} GiB free (${share} %)`;
  const fix = "Empty the trash, remove old backups, or move the data directory to a larger disk.";
  const room =
    free < TOO_LITTLE_BYTES
      ? fail("disk room", found, fix)
      : free < LITTLE_BYTES
        ? warn("disk room", found, fix)
        : ok("disk room", found);
  // Some file systems count no inodes.
  const inodes = files === 0 ? 100 : Math.round((ffree / files) * 100);
  if (inodes >= 5) return [room];
  return [
    room,
    warn("disk room", `only ${inodes} % of the disk's inodes are free`, "Remove directories of many files."),
  ];
}
