import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../errors/start-error.ts";
import { SERVICE_ACCOUNT, type ServiceAccount } from "./embedded/service-account.ts";

const ELSEWHERE = "or choose another directory with STOA_DATA_DIR (and keep what is in the old one)";

/**
 * Makes the data directory when it is new (0711: other accounts get through to what is theirs, and see nothing),
 * proves that it can be written, and that PostgreSQL's account, if there is one, can reach it.
 * @throws StartError when one of these fails
 */
export async function prepareDataDirectory(dataDir: string, account: ServiceAccount | null): Promise<void> {
  try {
    await makeDirectories(dataDir);
    await proveWritable(dataDir);
    await mkdir(path.join(dataDir, "keys"), { recursive: true, mode: 0o700 });
    await chmod(path.join(dataDir, "keys"), 0o700);
  } catch (error) {
    throw unusable(dataDir, error as NodeJS.ErrnoException);
  }
  if (account) await proveReachable(dataDir, account);
}

/** Whatever the umask is, what we make lets others through. (node's own recursive mkdir never ends below /proc.) */
async function makeDirectories(directory: string): Promise<void> {
  if ((await stat(directory).catch(() => null))?.isDirectory()) return;
  if (directory !== path.dirname(directory)) await makeDirectories(path.dirname(directory));
  await mkdir(directory);
  await chmod(directory, 0o711);
}

async function proveWritable(directory: string): Promise<void> {
  const probe = path.join(directory, `.probe-${randomBytes(6).toString("hex")}`);
  const handle = await open(probe, "wx", 0o600);
  try {
    await handle.writeFile("x");
    await handle.sync();
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}

async function proveReachable(dataDir: string, account: ServiceAccount): Promise<void> {
  for (let directory = dataDir; ; directory = path.dirname(directory)) {
    const { mode, uid, gid } = await stat(directory);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if (!(mode & bit)) {
      throw new StartError(
        `The data directory ${dataDir} is out of reach for other accounts: ${directory} lets nobody but its owner in ` +
          `(mode ${(mode & 0o777).toString(8)}). As root, Stoa runs PostgreSQL as the account ${SERVICE_ACCOUNT}.`,
        `Set STOA_DATA_DIR=/var/lib/stoa (the default for root), or run: chmod o+x ${directory}`,
      );
    }
    if (directory === path.dirname(directory)) return;
  }
}

const reasons: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EACCES: ["this account may not write there", `Give it to the account that runs Stoa (chown -R), ${ELSEWHERE}.`],
  EPERM: ["it belongs to another account", `Start Stoa as that account, give it to this one (chown -R), ${ELSEWHERE}.`],
  EROFS: ["the file system is read-only", `Mount it read-write, ${ELSEWHERE}.`],
  ENOSPC: ["the disk is full", `Make room on the disk, ${ELSEWHERE}.`],
  EDQUOT: ["the disk quota is used up", `Raise the quota, ${ELSEWHERE}.`],
  ENOTDIR: ["a part of its path is not a directory", "Correct STOA_DATA_DIR."],
  ENOENT: ["no directory can be made there", "Correct STOA_DATA_DIR."],
  EEXIST: ["it is not a directory", "Correct STOA_DATA_DIR."],
};

function unusable(dataDir: string, error: NodeJS.ErrnoException): StartError {
  const [what, remedy] = reasons[error.code ?? ""] ?? [error.message, `Mend it, ${ELSEWHERE}.`];
  return new StartError(`The data directory ${dataDir} can't be used: ${what}.`, remedy, { cause: error });
}
