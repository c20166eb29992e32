import { realpath } from "node:fs/promises";
import type { Logger } from "pino";
import { StartError } from "../../errors/start-error.ts";
import { connectionString } from "../connection-string.ts";
import { prepareDataDirectory } from "../data-directory.ts";
import { lockDirectory } from "../directory-lock.ts";
import { installBinaries, removeOtherBinaries } from "./binaries.ts";
import { clusterVersion, initialiseCluster, makeHome } from "./cluster.ts";
import { type ClusterLayout, clusterLayout } from "./layout.ts";
import { adoptOrStop, runningPostmaster } from "./orphan.ts";
import { type ClusterPasswords, makePasswords, readPasswords } from "./passwords.ts";
import { ownerUrl, type Postmaster, type PostmasterOptions, startPostmaster } from "./postmaster.ts";
import { serviceAccount } from "./service-account.ts";
import { makeStoaDatabase, resetOwnerPassword } from "./stoa-database.ts";
import { supervise, trimLog } from "./supervisor.ts";

export interface EmbeddedPostgres {
  /** The database `stoa` as the role that owns it. */
  readonly url: string;
  /** The superuser, on the database `postgres`. */
  readonly ownerUrl: string;
  /** Fast shutdown: connections are cut, everything is written, the process has ended when it resolves. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly log: Logger;
  /** `postgresql.conf` names and values besides ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Runs PostgreSQL from the npm package's binaries in `dataDir/postgres` (made at the first start) and watches
 * over it. One that an earlier, killed server left running is adopted.
 * @throws StartError when it can't: the directory is in use, unusable, or of another major version.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = await serviceAccount();
  await prepareDataDirectory(options.dataDir, account);
  // PostgreSQL's processes are known by where they stand, and that has no symlinks in it.
  const dataDir = await realpath(options.dataDir);
  const lock = await lockDirectory(dataDir);
  try {
    const layout = clusterLayout(dataDir);
    const settings = options.settings ?? {};
    const binaries = await installBinaries(layout.runtime, { durable: settings.fsync !== "off" });
    await makeHome(layout, account);
    refuseOtherVersion(layout, await clusterVersion(layout), binaries.major);
    const start = await makeReady({ layout, binaries, account, settings });
    await trimLog(layout.log);
    const postmaster = (await adoptOrStop(start)) ?? (await startPostmaster(start));
    await makeStoaDatabase(ownerUrl(postmaster, start.passwords), start.passwords.stoa);
    await removeOtherBinaries(layout.runtime, binaries);
    const supervisor = supervise(start, postmaster, options.log);
    return {
      ...addresses(postmaster, start.passwords),
      async stop() {
        await supervisor.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The addresses of the server that another process runs in this directory; null when none runs. For tools. */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string; ownerUrl: string } | null> {
  const layout = clusterLayout(await realpath(dataDir));
  const [postmaster, passwords] = [await runningPostmaster(layout), await readPasswords(layout.passwords)];
  return postmaster && passwords ? addresses(postmaster, passwords) : null;
}

function addresses({ host, port }: Postmaster, passwords: ClusterPasswords): { url: string; ownerUrl: string } {
  return {
    url: connectionString({ user: "stoa", password: passwords.stoa, database: "stoa", host, port }),
    ownerUrl: ownerUrl({ host, port }, passwords),
  };
}

/** Sees to a cluster and to passwords that fit it, whichever of the two there was. */
async function makeReady(setup: Omit<PostmasterOptions, "passwords">): Promise<PostmasterOptions> {
  const { layout } = setup;
  const present = await readPasswords(layout.passwords);
  const start = { ...setup, passwords: present ?? (await makePasswords(layout.passwords)) };
  if ((await clusterVersion(layout)) === null) {
    await initialiseCluster(start);
  } else if (!present) {
    await adoptOrStop(start, { adopt: false });
    await resetOwnerPassword(start);
  }
  return start;
}

function refuseOtherVersion(layout: ClusterLayout, found: number | null, ours: number): void {
  if (found === null || found === ours) return;
  const steps =
    found < ours
      ? `1. With the release that made it, run \`npx stoa backup before-upgrade.stoa\`. 2. Move ${layout.home} away. ` +
        "3. With this release, run `npx stoa restore before-upgrade.stoa`."
      : "Start the newer release that made it. To go back to this one, restore a backup that this one made.";
  throw new StartError(
    `The database in ${layout.data} was made by PostgreSQL ${found}; this release brings PostgreSQL ${ours}, which can't open it. Nothing was changed.`,
    steps,
  );
}
