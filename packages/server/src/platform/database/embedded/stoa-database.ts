import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { StartError } from "../../errors/start-error.ts";
import { isConnectionLoss } from "../connection-loss.ts";
import { CLUSTER_OWNER } from "./passwords.ts";
import type { PostmasterOptions } from "./postmaster.ts";

const TRIES = 5;

/**
 * The role and the database that Stoa itself uses: no superuser. Safe to repeat.
 * @throws StartError when the server goes away meanwhile, again and again.
 */
export async function makeStoaDatabase(ownerUrl: string, password: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await makeOnce(ownerUrl, password);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      if (attempt === TRIES) throw wentAway(error);
      await sleep(attempt * 200);
    }
  }
}

async function makeOnce(ownerUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  // Without a listener a server that is being shut down would end this process with it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const verb = (await client.query("select 1 from pg_roles where rolname = 'stoa'")).rowCount ? "alter" : "create";
    await client.query(`${verb} role stoa login password ${pg.escapeLiteral(password)}`);
    const found = await client.query("select 1 from pg_database where datname = 'stoa'");
    if (!found.rowCount) await client.query("create database stoa owner stoa");
  } finally {
    await client.end().catch(() => undefined);
  }
}

function wentAway(cause: unknown): StartError {
  return new StartError(
    `The embedded PostgreSQL was shut down while it was being set up (${cause instanceof Error ? cause.message : cause}).`,
    "Start again; if it happens again, look at postgres/postgres.log in the data directory.",
    { cause, passing: true },
  );
}

/**
 * Sets the superuser's password in a cluster whose own was lost, through PostgreSQL's single-user mode:
 * who owns the files owns the cluster. Nothing may run on it.
 */
export async function resetOwnerPassword(options: PostmasterOptions): Promise<void> {
  const { binaries, layout, account, passwords } = options;
  await new Promise<void>((resolve, reject) => {
    const args = ["--single", "-D", layout.data, "postgres"];
    const settings = { cwd: layout.home, env: { LC_ALL: "C", TZ: "UTC" }, ...account };
    const child = execFile(binaries.postgres, args, settings, (error, _stdout, stderr) => {
      // Single-user mode reports a failed statement in its output only.
      if (error || /\b(ERROR|FATAL|PANIC):/.test(stderr)) reject(notReset(stderr || String(error)));
      else resolve();
    });
    const statement = `alter role ${CLUSTER_OWNER} password ${pg.escapeLiteral(passwords.owner)}`;
    child.stdin?.on("error", () => undefined).end(`${statement}\n`);
  });
}

function notReset(said: string): StartError {
  return new StartError(
    `keys/postgres.json is missing in the data directory, and new passwords could not be set: ${said.trim()}`,
    "Put keys/postgres.json back from a copy.",
  );
}
