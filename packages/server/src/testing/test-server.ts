import { lstat, mkdir, readdir } from "node:fs/promises";
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
import { ownCompiled } from "../platform/processes/compiled.ts";
import { CHECKOUT } from "../programs.ts";
import { plainHost } from "../sessions/resources/local/plain-host.ts";
import { lendFrom } from "./lent-programs.ts";
import { makeTemporaryRoot, removeTemporaryRoot } from "./temporary-root.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's PostgreSQL: database `stoa`, as a role that may create databases. */
    postgresUrl: string;
  }
}

/**
 * Only tests may lose data: nothing here waits for a disk, or is written for a crash to be mended by. No database lives
 * long enough to be vacuumed.
 */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  max_connections: "200",
};

/** In the run's folder. */
const DATA = "server";

/**
 * Vitest's global set-up: one temporary folder and one embedded PostgreSQL for the whole run. With
 * `STOA_TEST_DATABASE_URL` the tests' databases are made on that server instead (its role needs CREATEDB): so the
 * suite runs on any version that is supported.
 */
export default async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const root = await makeTemporaryRoot(`stoa-vitest-${process.pid}-`);
  const outside = process.env.TMPDIR;
  // The workers, which start later, take it for the system's.
  process.env.TMPDIR = root;
  // Dozens of programs of ours start in a run, and to compile one takes longer than all else of its start.
  process.env.NODE_COMPILE_CACHE ??= ownCompiled(CHECKOUT);
  const dataDir = path.join(root, DATA);
  await mkdir(dataDir, { mode: 0o711 });
  const log = pino({ level: "silent" });
  const [server] = await Promise.all([startEmbeddedPostgres({ dataDir, settings, log }), plainHost({ dataDir, log })]);
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  await client.query("alter role stoa createdb");
  await client.end();
  project.provide("postgresUrl", process.env.STOA_TEST_DATABASE_URL || server.url);
  lendFrom(clusterLayout(dataDir).runtime);
  return async () => {
    await server.stop();
    if (outside === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outside;
    await removeTemporaryRoot(root);
  };
}

/** A run that was killed could not stop its server, which outlives it by design. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^stoa-vitest-(\d+)-/.exec(name)?.[1];
    if (!pid || readProcess(Number(pid))) continue;
    const root = path.join(tmpdir(), name);
    if (!(await isOurs(root))) continue;
    const abandoned = await runningPostmaster(clusterLayout(path.join(root, DATA)));
    if (abandoned) await stopPostmaster(abandoned);
    await removeTemporaryRoot(root);
  }
}

/** Another account's leftovers are its own to clear; it may be clearing them right now. */
async function isOurs(directory: string): Promise<boolean> {
  const stats = await lstat(directory).catch(() => null);
  return stats !== null && stats.uid === process.getuid?.();
}
