import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fileTree } from "../../../testing/awkward-files.ts";
import { BARRIER, barrierMigrations } from "../../../testing/commit-barrier.ts";
import { temporaryDataDir } from "../../../testing/spawn-embedded.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import { migrateToLatest } from "../migrate.ts";
import { backupDatabase } from "./backup.ts";
import { completeMoves, makeMoves, undoMoves } from "./durable-files.ts";
import { settleRestore } from "./settle-restore.ts";

describe("a restore killed between its files and its database", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  let database: TestDatabase;
  let dataDir: string;
  const source = () => path.join(directory.path, "all.stoa");
  const notes = async () => (await sql<{ text: string }>`select text from notes`.execute(database.db)).rows;
  const read = (...names: string[]) => readFile(path.join(dataDir, ...names), "utf8");
  const backup = (target: string) =>
    backupDatabase({
      connectionString: database.url,
      target,
      dataDir,
      includeFiles: true,
      secretKeyFile: path.join(dataDir, "keys", "secret"),
      sealKey: null,
      stoaVersion: "9",
    });

  async function put(text: string): Promise<void> {
    for (const folder of ["workspaces/1", "run/sessions/7", "keys"]) {
      await mkdir(path.join(dataDir, folder), { recursive: true });
    }
    await writeFile(path.join(dataDir, "workspaces/1", text), text);
    await writeFile(path.join(dataDir, "keys/secret"), text);
    await sql`delete from notes`.execute(database.db);
    await sql`insert into notes values (${text})`.execute(database.db);
  }

  beforeAll(async () => {
    directory = await temporaryDataDir();
    database = await createTestDatabase({ migrated: false });
    dataDir = path.join(directory.path, "backed-up");
    await migrateToLatest(database.db, barrierMigrations);
    await put("backup");
    await sql`insert into signing_keys values (1)`.execute(database.db);
    await backup(source());
  });
  beforeEach(async () => {
    dataDir = path.join(directory.path, `data-${Math.random()}`);
    await put("before");
  });
  afterAll(async () => {
    await database.drop();
    await directory.remove();
  });

  /** Kills the restore while its COMMIT waits; the files are swapped by then. @returns lets the commit go on. */
  async function killWithinCommit(): Promise<{ waiting: number; letGo: () => Promise<void> }> {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("select pg_advisory_lock($1)", [BARRIER]);
    const script = path.join(import.meta.dirname, "test-restore-process.ts");
    const child = spawn(process.execPath, [script, database.url, source(), dataDir], { stdio: "inherit" });
    const exited = once(child, "exit");
    const waitingPid = async (): Promise<number> => {
      const { rows } = await holder.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and objid = $1 and not granted
          and database = (select oid from pg_database where datname = current_database())`,
        [BARRIER],
      );
      return rows[0]?.pid ?? 0;
    };
    await expect.poll(waitingPid, { interval: 20 }).toBeGreaterThan(0);
    const waiting = await waitingPid();
    expect(await read("workspaces", "1", "backup")).toBe("backup");
    expect(await read("keys", "secret")).toBe("backup");
    expect(await readdir(path.join(dataDir, "run"))).not.toContain("sessions");
    child.kill("SIGKILL");
    await exited;
    return { waiting, letGo: () => holder.end() };
  }

  /** Without times: a folder's own says only that something in it was renamed. */
  const tree = async () => (await fileTree(dataDir)).map((line) => line.replace(/\|\d{13}\|/, "|"));
  const leftovers = async () => (await readdir(dataDir)).filter((name) => /^restore\.|tmp/.test(name));

  test("committed after all: the next start finishes it, and waits for the commit that is under way", async () => {
    const { letGo } = await killWithinCommit();
    await expect(backup(path.join(dataDir, "x"))).rejects.toThrow("was interrupted");
    const settled = settleRestore(dataDir, database.url);
    await sleep(300);
    await letGo();
    expect(await settled).toBe("finished");
    expect(await notes()).toEqual([{ text: "backup" }]);
    expect([await read("workspaces", "1", "backup"), await read("keys", "secret")]).toEqual(["backup", "backup"]);
    expect(await leftovers()).toEqual([]);
    expect(await settleRestore(dataDir, database.url)).toBe("none");
  });

  test("never committed: the next start puts files, key and sessions back as they were", async () => {
    const before = await tree();
    const { waiting, letGo } = await killWithinCommit();
    await sql`select pg_terminate_backend(${waiting})`.execute(database.db);
    await letGo();
    expect(await settleRestore(dataDir, database.url)).toBe("put back");
    expect(await notes()).toEqual([{ text: "before" }]);
    expect(await tree()).toEqual(before);
  });

  test("settled only by the database that it was into, and only when that answers", async () => {
    const { waiting, letGo } = await killWithinCommit();
    await sql`select pg_terminate_backend(${waiting})`.execute(database.db);
    await letGo();
    const another = await createTestDatabase({ migrated: false });
    await expect(settleRestore(dataDir, another.url)).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining("another database"),
    });
    await another.drop();
    await expect(settleRestore(dataDir, "postgresql://u:p@127.0.0.1:1/d")).rejects.toMatchObject({
      name: "StartError",
    });
    expect(await settleRestore(dataDir, database.url)).toBe("put back");
  });

  test("cut off after any of its moves, they are undone or completed", async () => {
    const at = (name: string) => path.join(dataDir, name);
    await mkdir(at("staging"));
    for (const name of ["staging/workspaces", "staging/key"]) await writeFile(at(name), "new");
    const moves = [
      { from: at("workspaces"), to: at("workspaces.aside") },
      { from: at("staging/workspaces"), to: at("workspaces") },
      { from: at("keys/secret"), to: at("keys/secret.aside") },
      { from: at("staging/key"), to: at("keys/secret") },
    ];
    const before = await tree();
    for (let made = 0; made <= moves.length; made += 1) {
      await makeMoves(moves.slice(0, made));
      await undoMoves(moves);
      expect(await tree()).toEqual(before);
    }
    for (let made = 0; made <= moves.length; made += 1) {
      await makeMoves(moves.slice(0, made));
      await completeMoves(moves);
      expect([await read("workspaces"), await read("keys", "secret")]).toEqual(["new", "new"]);
      await undoMoves(moves);
    }
  });
});
