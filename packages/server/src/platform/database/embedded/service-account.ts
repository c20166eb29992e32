import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { StartError } from "../../errors/start-error.ts";

/** Whom PostgreSQL runs as. */
export interface ServiceAccount {
  readonly uid: number;
  readonly gid: number;
}

export const SERVICE_ACCOUNT = "stoa-postgres";

/** By full path: the operator's PATH may hold nothing but Node. Debian's and BusyBox's spellings of adduser differ. */
const makers: readonly (readonly [string, readonly string[]])[] = [
  ["useradd", ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]],
  ["adduser", ["--system", "--group", "--no-create-home", "--home", "/nonexistent", "--shell", "/bin/false"]],
  ["adduser", ["-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false"]],
];

/**
 * The account PostgreSQL runs as: oneself, or, as root (which PostgreSQL refuses), the system user
 * `stoa-postgres`, created when absent. initdb asks for an entry in the user database, so a bare number won't do.
 */
export async function serviceAccount(): Promise<ServiceAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const present = findAccount();
  if (present) return present;
  for (const [name, options] of makers) await runMaker(name, options);
  const made = findAccount();
  if (made) return made;
  throw new StartError(
    `PostgreSQL does not run as root, and the system user ${SERVICE_ACCOUNT} could not be created.`,
    `Create it (useradd --system ${SERVICE_ACCOUNT}), start Stoa as an ordinary user, or set DATABASE_URL.`,
  );
}

function findAccount(): ServiceAccount | null {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${SERVICE_ACCOUNT}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

async function runMaker(name: string, options: readonly string[]): Promise<void> {
  const program = [`/usr/sbin/${name}`, `/sbin/${name}`, `/usr/bin/${name}`].find((file) => existsSync(file));
  if (!program || findAccount()) return;
  // A failure shows in the account's absence; the next program may still do it.
  await promisify(execFile)(program, [...options, SERVICE_ACCOUNT]).catch(() => undefined);
}
