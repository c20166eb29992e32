import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionString } from "../connection-string.ts";
import { isRunning } from "../process-identity.ts";
import { installBinaries } from "./binaries.ts";
import { clusterVersion, initialiseCluster, makeHome } from "./cluster.ts";
import { clusterLayout } from "./layout.ts";
import { makePasswords, readPasswords } from "./passwords.ts";
import { ownerUrl, startPostmaster } from "./postmaster.ts";
import { serviceAccount } from "./service-account.ts";

export interface EmbeddedPostgres {
  /** The database `stoa` as the role that owns it. */
  readonly url: string;
  /** The superuser, on the database `postgres`. */
  readonly ownerUrl: string;
  /** Fast shutdown: connections are cut, everything is written, the process has ended when it resolves. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts PostgreSQL from the npm package's binaries in `dataDir/postgres`, made at the first start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const layout = clusterLayout(options.dataDir);
  const account = await serviceAccount();
  const binaries = await installBinaries(layout.runtime);
  await makeHome(layout, account);
  const passwords = (await readPasswords(layout.passwords)) ?? (await makePasswords(layout.passwords));
  if ((await clusterVersion(layout)) === null) await initialiseCluster(layout, binaries, account, passwords);
  const postmaster = await startPostmaster({
    layout,
    binaries,
    account,
    passwords,
    settings: options.settings ?? {},
  });
  const owner = ownerUrl(postmaster, passwords);
  await makeDatabase(owner, passwords.stoa);
  const { host, port } = postmaster;
  return {
    url: connectionString({ user: "stoa", password: passwords.stoa, database: "stoa", host, port }),
    ownerUrl: owner,
    async stop() {
      if (isRunning(postmaster)) process.kill(postmaster.pid, "SIGINT");
      while (isRunning(postmaster)) await sleep(20);
    },
  };
}

/** The role and the database that Stoa itself uses: no superuser. Safe to repeat. */
async function makeDatabase(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const verb = (await client.query("select 1 from pg_roles where rolname = 'stoa'")).rowCount ? "alter" : "create";
    await client.query(`${verb} role stoa login password ${pg.escapeLiteral(password)}`);
    const found = await client.query("select 1 from pg_database where datname = 'stoa'");
    if (!found.rowCount) await client.query("create database stoa owner stoa");
  } finally {
    await client.end();
  }
}
