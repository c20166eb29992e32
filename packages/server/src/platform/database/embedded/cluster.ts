import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { StartError } from "../../errors/start-error.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { ClusterLayout } from "./layout.ts";
import { CLUSTER_OWNER } from "./passwords.ts";
import type { PostmasterOptions } from "./postmaster.ts";
import type { ServiceAccount } from "./service-account.ts";

/**
 * Makes PostgreSQL's own directory, `D/postgres`, and gives it to the account.
 * @param socketGroup besides the account, who may come to its socket
 */
export async function makeHome(
  layout: ClusterLayout,
  account: ServiceAccount | null,
  socketGroup: number | null = null,
): Promise<void> {
  for (const directory of [layout.home, layout.socketDirectory]) {
    if (directory === null) continue;
    const group = directory === layout.socketDirectory ? socketGroup : null;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (account) await chown(directory, account.uid, group ?? account.gid);
    await chmod(directory, group === null ? 0o700 : 0o710);
  }
}

/** The major version that made this cluster; null when there is none. Written by initdb near its start. */
export async function clusterVersion(layout: ClusterLayout): Promise<number | null> {
  const text = await readFile(path.join(layout.data, "PG_VERSION"), "utf8").catch(() => null);
  return text === null ? null : Number.parseInt(text, 10);
}

/**
 * Makes the cluster under a temporary name and renames it when it is whole: a half-made one is never taken for one.
 * Checksums on; UTF-8 with PostgreSQL's built-in C.UTF-8, whose order never changes with the system's libraries.
 */
export async function initialiseCluster({
  layout,
  binaries,
  account,
  passwords,
  settings,
}: PostmasterOptions): Promise<void> {
  await removeLeftovers(layout);
  const suffix = `tmp-${randomBytes(6).toString("hex")}`;
  const [temporary, passwordFile] = [`${layout.data}.${suffix}`, path.join(layout.home, `password.${suffix}`)];
  try {
    await writeFile(passwordFile, `${passwords.owner}\n`, { mode: 0o600, flag: "wx" });
    if (account) await chown(passwordFile, account.uid, account.gid);
    await runInitdb(binaries, account, layout.home, [
      ...["--pgdata", temporary, "--username", CLUSTER_OWNER, "--pwfile", passwordFile],
      ...["--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"],
      ...["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      ...(settings.fsync === "off" ? ["--no-sync"] : []),
    ]);
    await rename(temporary, layout.data);
    await syncDirectory(layout.home);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(temporary, { recursive: true, force: true });
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  account: ServiceAccount | null,
  cwd: string,
  args: readonly string[],
): Promise<void> {
  const env = { LC_ALL: "C", PATH: path.dirname(binaries.initdb), TZ: "UTC" };
  const run = promisify(execFile)(binaries.initdb, args, { env, cwd, ...account });
  await run.catch((cause: Error & { stderr?: string }) => {
    throw new StartError(
      `The embedded PostgreSQL could not make its database: ${(cause.stderr || cause.message).trim()}`,
      "Mend what it says, or set DATABASE_URL to a PostgreSQL 15 to 18 of your own.",
      { cause },
    );
  });
}

async function removeLeftovers(layout: ClusterLayout): Promise<void> {
  for (const name of await readdir(layout.home)) {
    if (/^(data|password)\.tmp-[0-9a-f]+$/.test(name)) {
      // The initdb of a killed server may still be at it; without its files it ends by itself.
      const retry = { maxRetries: 5, retryDelay: 100 };
      await rm(path.join(layout.home, name), { recursive: true, force: true, ...retry }).catch(() => undefined);
    }
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
