import { realpath } from "node:fs/promises";
import type { Logger } from "pino";
import { StartError } from "../../errors/start-error.ts";
import { connectionString } from "../connection-string.ts";
import { prepareDataDirectory } from "../data-directory.ts";
import { lockDirectory } from "../directory-lock.ts";
import { installBinaries, removeOtherBinaries } from "./binaries.ts";
import { clusterVersion, initialiseCluster, makeHome } from "./cluster.ts";
import { refuseForeignServer } from "./foreign-server.ts";
import { type ClusterLayout, clusterLayout } from "./layout.ts";
import { adoptOrStop, runningPostmaster } from "./orphan.ts";
import { type ClusterPasswords, makePasswords, readPasswords } from "./passwords.ts";
import { ownerUrl, type Postmaster, type PostmasterOptions, startPostmaster } from "./postmaster.ts";
import { type ServiceAccount, serviceAccount } from "./service-account.ts";
import { makeStoaDatabase, resetOwnerPassword } from "./stoa-database.ts";
import { stopPostmaster } from "./stop-postmaster.ts";
import { type Supervisor, supervise, trimLog } from "./supervisor.ts";

export interface EmbeddedPostgres {
  /** The database `stoa` as the role that owns it. */
  readonly url: string;
  /** The superuser, on the database `postgres`. */
  readonly ownerUrl: string;
  /** Resolves when the directory's lock has become another's: the server was then stopped at once. */
  readonly lost: Promise<StartError>;
  /** Fast shutdown: connections are cut, everything is written, the process has ended when it resolves. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly log: Logger;
  /** `postgresql.conf` names and values besides ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Gives up the start: it then throws the signal's reason, and nothing runs. */
  readonly signal?: AbortSignal;
  /** As root: the group of the account that the server runs as, which comes to the database's socket by it. */
  readonly socketGroup?: number;
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
  const layout = clusterLayout(dataDir, { shared: options.socketGroup !== undefined });
  const losing = Promise.withResolvers<StartError>();
  const lock = await lockDirectory(dataDir, {
    beforeTakeover: async () => {
      if (!(await runningPostmaster(layout))) await refuseForeignServer(layout);
    },
    onLost: losing.resolve,
  });
  // A start too ends when the directory becomes another's in the middle of it.
  const givenUp = new AbortController();
  options.signal?.addEventListener("abort", () => givenUp.abort(options.signal?.reason), { once: true });
  if (options.signal?.aborted) givenUp.abort(options.signal.reason);
  void losing.promise.then((error) => givenUp.abort(error));
  try {
    const [start, postmaster] = await startOn(layout, account, options, givenUp.signal);
    const supervisor = supervise(start, postmaster, options.log);
    const lost = losing.promise.then((error) => stopLost(supervisor, options.log, error));
    return {
      ...addresses(postmaster, start.passwords),
      lost,
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

/** With the lock held. After an error nothing runs. */
async function startOn(
  layout: ClusterLayout,
  account: ServiceAccount | null,
  options: EmbeddedOptions,
  signal: AbortSignal,
): Promise<[PostmasterOptions, Postmaster]> {
  const settings = options.settings ?? {};
  signal.throwIfAborted();
  const binaries = await installBinaries(layout.runtime, { durable: settings.fsync !== "off" });
  await makeHome(layout, account, options.socketGroup);
  refuseOtherVersion(layout, await clusterVersion(layout), binaries.major);
  signal.throwIfAborted();
  const start = await makeReady({ layout, binaries, account, settings, signal });
  await trimLog(layout.log);
  signal.throwIfAborted();
  const postmaster = (await adoptOrStop(start)) ?? (await startPostmaster(start));
  try {
    signal.throwIfAborted();
    await makeStoaDatabase(ownerUrl(postmaster, start.passwords), start.passwords.stoa);
    await removeOtherBinaries(layout.runtime, binaries);
    signal.throwIfAborted();
    return [start, postmaster];
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
}

/** Not in good order: a last checkpoint would write over what the directory's new holder has written. */
async function stopLost(supervisor: Supervisor, log: Logger, error: StartError): Promise<StartError> {
  log.fatal({ err: error }, "the data directory's lock is another's; the embedded PostgreSQL is stopped at once");
  await supervisor.stop({ atOnce: true });
  return error;
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
