import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../platform/database/embedded/embedded-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's PostgreSQL: database `stoa`, as a role that may create databases. */
    postgresUrl: string;
  }
}

/** Only tests may lose data: nothing here waits for a disk. */
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

/** Vitest's global set-up: one embedded PostgreSQL for the whole run, in a temporary directory. */
export default async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), `stoa-test-${process.pid}-`));
  // As root the server runs as another account, which must get through.
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, settings });
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  await client.query("alter role stoa createdb");
  await client.end();
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
