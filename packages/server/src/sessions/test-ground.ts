import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lendPrograms } from "../testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createLocalResource } from "./resources/local/local.ts";

/** What outlives a server: its database and its data directory, with the accounts boss (admin, 1) and ann (2). */
export interface Ground {
  readonly database: Pick<TestDatabase, "db" | "pool" | "url" | "drop">;
  readonly dataDir: string;
  /** A workspace of that account, with its folder. */
  workspace(ownerId: number, name?: string): Promise<number>;
  clear(): Promise<void>;
}

export async function createGround(): Promise<Ground> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "stoa-sessions-"));
  lendPrograms(dataDir);
  const person =
    "insert into accounts (username, username_key, email, full_name, is_admin) values ($1, $1, $2, $1, $3)";
  await database.pool.query(person, ["boss", "boss@example.org", true]);
  await database.pool.query(person, ["ann", "ann@example.org", false]);
  return {
    database,
    dataDir,
    async workspace(ownerId, name = "work") {
      const made = await database.pool.query(
        "insert into workspaces (owner_id, name, description) values ($1, $2, '') returning id",
        [ownerId, name],
      );
      const { id } = made.rows[0] as { id: number };
      mkdirSync(join(dataDir, "workspaces", String(ownerId), String(id)), { recursive: true });
      return id;
    },
    async clear() {
      await endHosts(dataDir);
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** Session hosts outlive servers by design: a test has to end them. */
async function endHosts(dataDir: string): Promise<void> {
  const limits = { scrollbackBytes: 4096, logBytes: 4096, graceSeconds: 0, lingerSeconds: 0 };
  const runDirectory = join(dataDir, "run", "sessions");
  const local = createLocalResource({ runDirectory, limits });
  await Promise.all((await local.list()).map((id) => local.stop(id, "The test is over.").catch(() => {})));
  local.close();
}
