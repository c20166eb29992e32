import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { StartError } from "../../errors/start-error.ts";
import { addAccount, findAccount } from "./user-database.ts";

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
 * The account PostgreSQL runs as: null is oneself; as root (which PostgreSQL refuses) the system user
 * `stoa-postgres`, created when absent. initdb asks for a name in the user database, so a bare number won't do.
 */
export async function serviceAccount(): Promise<ServiceAccount | null> {
  if (process.getuid?.() !== 0) {
    refuseNameless();
    return null;
  }
  const account = await ensureSystemUser(SERVICE_ACCOUNT);
  if (account) return account;
  throw new StartError(
    `PostgreSQL does not run as root, and the system user ${SERVICE_ACCOUNT} could not be created.`,
    `Create it (useradd --system ${SERVICE_ACCOUNT}), start Stoa as an ordinary user, or set DATABASE_URL.`,
  );
}

/** The system user of that name, locked and without a home, made when absent; null when this machine can't. */
export async function ensureSystemUser(user: string): Promise<ServiceAccount | null> {
  const present = await findAccount(user);
  if (present) return present;
  for (const [program, options] of makers) await runMaker(user, program, options);
  // Minimal images have none of these programs.
  await addAccount(user).catch(() => undefined);
  return findAccount(user);
}

/** A container may run as a number without a name. */
function refuseNameless(): void {
  try {
    userInfo();
  } catch (cause) {
    throw new StartError(
      `This account (uid ${process.getuid?.()}) has no name in /etc/passwd, and PostgreSQL asks for one.`,
      "Run Stoa as an account that has a name, or set DATABASE_URL to a PostgreSQL of your own.",
      { cause },
    );
  }
}

async function runMaker(user: string, name: string, options: readonly string[]): Promise<void> {
  const program = [`/usr/sbin/${name}`, `/sbin/${name}`, `/usr/bin/${name}`].find((file) => existsSync(file));
  if (!program || (await findAccount(user))) return;
  // A failure shows in the account's absence; the next program may still do it.
  await promisify(execFile)(program, [...options, user]).catch(() => undefined);
}
