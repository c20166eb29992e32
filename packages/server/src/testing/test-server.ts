import { chmod, lstat, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { pino } from "pino";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../platform/database/embedded/embedded-postgres.ts";
import { clusterLayout } from "../platform/database/embedded/layout.ts";
import { runningPostmaster } from "../platform/database/embedded/orphan.ts";
import { stopPostmaster } from "../platform/database/embedded/stop-postmaster.ts";
import { readProcess } from "../platform/database/process-identity.ts";
import { removeDirectory } from "./remove-directory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's PostgreSQL: database `stoa`, as a role that may create databases. */
    postgresUrl: string;
    /** Its copy of PostgreSQL's programs. */
    postgresRuntime: string;
  }
}

/** Only tests may lose data: nothing here waits for a disk. */
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

/**
 * Vitest's global set-up: one embedded PostgreSQL for the whole run, in a temporary directory. With
 * `STOA_TEST_DATABASE_URL` the tests' databases are made on that server instead (its role needs CREATEDB): so the
 * suite runs on any version that is supported.
 */
export default async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const dataDir = await mkdtemp(path.join(tmpdir(), `stoa-vitest-${process.pid}-`));
  // As root the server runs as another account, which must get through.
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, settings, log: pino({ level: "silent" }) });
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  await client.query("alter role stoa createdb");
  await client.end();
  project.provide("postgresUrl", process.env.STOA_TEST_DATABASE_URL || server.url);
  project.provide("postgresRuntime", clusterLayout(dataDir).runtime);
  return async () => {
    await server.stop();
    await removeDirectory(dataDir);
  };
}

/** A run that was killed could not stop its server, which outlives it by design. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^stoa-vitest-(\d+)-/.exec(name)?.[1];
    if (!pid || readProcess(Number(pid))) continue;
    const dataDir = path.join(tmpdir(), name);
    if (!(await isOurs(dataDir))) continue;
    const abandoned = await runningPostmaster(clusterLayout(dataDir));
    if (abandoned) await stopPostmaster(abandoned);
    await removeDirectory(dataDir);
  }
}

/** Another account's leftovers are its own to clear; it may be clearing them right now. */
async function isOurs(directory: string): Promise<boolean> {
  const stats = await lstat(directory).catch(() => null);
  return stats !== null && stats.uid === process.getuid?.();
}
