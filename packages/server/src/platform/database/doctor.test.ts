import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lendPrograms } from "../../testing/lent-programs.ts";
import { spawnEmbedded, temporaryDataDir } from "../../testing/spawn-embedded.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { type Check, diagnoseDatabase } from "./doctor.ts";

const log = pino({ level: "silent" });

describe("the doctor", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  let database: TestDatabase;
  beforeAll(async () => {
    [directory, database] = await Promise.all([temporaryDataDir(), createTestDatabase()]);
    await mkdir(path.join(directory.path, "keys"), { mode: 0o700 });
  });
  afterAll(() => Promise.all([directory.remove(), database.drop()]));

  const diagnose = (url: string | null, dataDir = directory.path, directUrl: string | null = null) =>
    diagnoseDatabase({ dataDir, nodeId: "n", database: { url, directUrl, poolSize: 2 } }, log);
  const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

  test("all is well, but that the tests' own server may lose data", async () => {
    const checks = await diagnose(database.url);
    expect(checks.filter((check) => check.state !== "ok").map((check) => check.name)).toEqual(["durability"]);
    expect(named(checks, "durability")).toMatchObject({
      state: "fail",
      fix: expect.stringContaining("postgresql.conf"),
    });
    expect(checks.map((check) => check.name)).toEqual(
      expect.arrayContaining([
        "data directory",
        "disk room",
        "PostgreSQL",
        "locale",
        "migrations",
        "queue",
        "clock",
        "listener",
      ]),
    );
  });

  test("the embedded database, beside its running server and without one", async () => {
    expect(named(await diagnose(null), "database")).toMatchObject({
      state: "warn",
      fix: expect.stringContaining("first start"),
    });
    expect(await readdir(directory.path)).toEqual(["keys"]);
    lendPrograms(directory.path);
    const server = await spawnEmbedded(directory.path);
    expect(named(await diagnose(null), "migrations")).toMatchObject({
      state: "warn",
      found: expect.stringContaining("empty"),
    });
    await server.end("SIGTERM");
    expect(named(await diagnose(null), "database")).toMatchObject({ state: "ok" });
  });

  test("each fault with its fix", async () => {
    await chmod(path.join(directory.path, "keys"), 0o755);
    expect(named(await diagnose(database.url), "permissions of keys")).toMatchObject({
      state: "fail",
      fix: `chmod 700 ${path.join(directory.path, "keys")}`,
    });
    await chmod(path.join(directory.path, "keys"), 0o700);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(database.db);
    expect(named(await diagnose(database.url), "migrations")).toMatchObject({
      state: "fail",
      found: expect.stringContaining("9999-later"),
    });
    await sql`delete from kysely_migration where name like '9999%' or name like '0001%'`.execute(database.db);
    expect(named(await diagnose(database.url), "migrations")).toMatchObject({ state: "warn" });
    await sql`create schema pgboss`.execute(database.db);
    await sql`create table pgboss.job (state text, start_after timestamptz)`.execute(database.db);
    await sql`insert into pgboss.job values ('created', now() - interval '6 minutes'), ('created', now() + interval '1 day'),
      ('completed', now() - interval '1 day')`.execute(database.db);
    expect(named(await diagnose(database.url), "queue")).toMatchObject({
      state: "warn",
      found: expect.stringContaining("1 of 1"),
    });
  });

  test("leftovers by name: of restores, of the trash, of workspaces", async () => {
    const at = (...names: string[]) => path.join(directory.path, ...names);
    expect(named(await diagnose(database.url), "leftovers")).toMatchObject({ state: "ok" });
    const left = [
      ...["trash.before-restore-1", "run/sessions.before-restore-1", "restore.tmp-2"],
      ...["trash/1/77", "workspaces/1/.unclaimed-5-1"],
    ];
    for (const name of left) await mkdir(at(name), { recursive: true });
    await writeFile(at("keys", "secret.key.before-restore-1"), "");
    const found = (await diagnose(database.url)).filter(({ name }) => name === "leftovers");
    expect(found.map(({ state }) => state)).toEqual(["warn", "warn", "warn", "warn"]);
    const text = found.map((check) => check.found).join("\n");
    for (const name of [...left, "keys/secret.key.before-restore-1"]) expect(text).toContain(at(name));
    await writeFile(at("restore.journal"), "{}");
    expect(named(await diagnose(database.url), "restore")).toMatchObject({
      state: "fail",
      fix: expect.stringContaining("finished or put back"),
    });
    for (const name of [...left, "keys/secret.key.before-restore-1", "restore.journal"]) {
      await rm(at(name), { recursive: true });
    }
  });

  test("a database that is not there, a directory that is none, a listener that hears nothing", async () => {
    expect(named(await diagnose("postgresql://u:p@127.0.0.1:1/d"), "database")).toMatchObject({
      state: "fail",
      found: expect.stringContaining("ECONNREFUSED"),
      fix: expect.stringContaining("DATABASE_URL"),
    });
    const file = path.join(directory.path, "file");
    await writeFile(file, "");
    expect(named(await diagnose(null, file), "data directory")).toMatchObject({ state: "fail" });
    const elsewhere = await createTestDatabase({ migrated: false });
    expect(named(await diagnose(database.url, directory.path, elsewhere.url), "listener")).toMatchObject({
      state: "fail",
      fix: expect.stringContaining("DATABASE_DIRECT_URL"),
    });
    await elsewhere.drop();
  });
});
