import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MigrationUp } from "../../../migrations/index.ts";
import { fileTree, makeAwkwardFiles } from "../../../testing/awkward-files.ts";
import { awkwardTables, contents, fillAwkwardTables, sequences } from "../../../testing/awkward-tables.ts";
import { temporaryDataDir } from "../../../testing/spawn-embedded.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import { connect } from "../connect.ts";
import { describeSchema } from "../describe-schema.ts";
import { migrateToLatest } from "../migrate.ts";
import { backupDatabase } from "./backup.ts";
import { restoreDatabase, verifyBackup } from "./restore.ts";

const later: MigrationUp = async (db) => {
  await sql`alter table a_parents add column later text not null default 'new'`.execute(db);
};
const migrations = { "0001-awkward": awkwardTables };

describe("backup and restore", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  let original: TestDatabase;
  let source: string;
  let expected: Record<string, unknown[]>;
  const at = (...names: string[]) => path.join(directory.path, ...names);
  const backup = (target: string, changes: object = {}) =>
    backupDatabase({
      connectionString: original.url,
      target,
      dataDir: at("data"),
      includeFiles: true,
      secretKeyFile: at("data", "keys", "secret"),
      sealKey: null,
      stoaVersion: "9.9.9",
      ...changes,
    });
  const restore = (url: string, dataDir: string, changes: object = {}) =>
    restoreDatabase({
      connectionString: url,
      source,
      dataDir,
      replace: false,
      secretKeyFile: path.join(dataDir, "keys", "secret"),
      sealKey: null,
      endSessions: async () => undefined,
      migrations,
      ...changes,
    });

  beforeAll(async () => {
    directory = await temporaryDataDir();
    original = await createTestDatabase({ migrated: false });
    await migrateToLatest(original.db, migrations);
    await fillAwkwardTables(original);
    await makeAwkwardFiles(at("data"));
    source = at("first.stoa");
    await backup(source);
    expected = { ...(await contents(original)), signing_keys: [] };
  });
  afterAll(async () => {
    await original.drop();
    await directory.remove();
  });

  async function withEmpty(work: (database: TestDatabase, dataDir: string) => Promise<void>): Promise<void> {
    const database = await createTestDatabase({ migrated: false });
    const dataDir = at(`restored-${randomBytes(4).toString("hex")}`);
    await mkdir(dataDir);
    await work(database, dataDir).finally(() => database.drop());
  }

  test("wiped and restored: the same rows, sequences, schema, files and key", async () => {
    await withEmpty(async (database, dataDir) => {
      const summary = await restore(database.url, dataDir);
      expect(await contents(database)).toEqual(expected);
      expect(await describeSchema(database.db)).toEqual(await describeSchema(original.db));
      expect(await sequences(database)).toEqual(await sequences(original));
      expect(await fileTree(path.join(dataDir, "workspaces"))).toEqual(await fileTree(at("data", "workspaces")));
      expect(await fileTree(path.join(dataDir, "trash"))).toEqual(await fileTree(at("data", "trash")));
      expect(await readFile(path.join(dataDir, "keys", "secret"), "utf8")).toBe("the key");
      expect((await stat(path.join(dataDir, "keys", "secret"))).mode & 0o777).toBe(0o600);
      expect(summary.ended).toEqual(["signing_keys"]);
      expect(summary.manifest).toMatchObject({ stoa: "9.9.9", tables: { b_children: 3, signing_keys: 1 } });
      expect((await readdir(dataDir)).sort()).toEqual(["keys", "trash", "workspaces"]);
      // The triggers are on again, and the foreign keys too.
      await expect(sql`delete from kept_for_ever`.execute(database.db)).rejects.toThrow("never");
      await expect(sql`insert into b_children (parent_id) values (99)`.execute(database.db)).rejects.toMatchObject({
        code: "23503",
      });
    });
  });

  test("Stoa's own tables, with their triggers: the same, but for credentials and the events' epoch", async () => {
    const [own, target] = [await createTestDatabase(), at("own.stoa")];
    await sql`insert into accounts (username, username_key, email, full_name, password_hash)
      values ('ada', 'ada', 'ada@example.org', 'Ada', 'x')`.execute(own.db);
    await sql`insert into uws_tokens (id, account_id, secret_hash, expires_at)
      select 'x', id, 'y', now() + interval '1 day' from accounts`.execute(own.db);
    await sql`insert into account_links (account_id, purpose, secret_hash, expires_at)
      select id, 'reset', 'z', now() + interval '1 day' from accounts`.execute(own.db);
    await backup(target, { connectionString: own.url, includeFiles: false });
    await withEmpty(async (database, dataDir) => {
      const { ended } = await restore(database.url, dataDir, { source: target, migrations: undefined });
      const [before, after] = [await contents(own), await contents(database)];
      expect(ended).toEqual(expect.arrayContaining(["signing_keys", "web_sessions", "uws_tokens", "account_links"]));
      expect([after.uws_tokens, after.account_links, before.uws_tokens]).toEqual([[], [], [expect.anything()]]);
      const credentials = { event_log: [], uws_tokens: [], account_links: [] };
      expect(after.event_log).not.toEqual(before.event_log);
      expect({ ...after, ...credentials }).toEqual({ ...before, ...credentials });
      expect(await describeSchema(database.db)).toEqual(await describeSchema(own.db));
      expect(await sequences(database)).toEqual(await sequences(own));
    });
    await own.drop();
  });

  test("holes stay holes, hard links stay one file", async () => {
    await withEmpty(async (database, dataDir) => {
      await restore(database.url, dataDir);
      const place = path.join(dataDir, "workspaces", "1", "10");
      expect((await stat(path.join(place, "sparse"))).blocks * 512).toBeLessThan(1024 * 1024);
      expect((await stat(path.join(place, "sparse"))).size).toBe(20 * 1024 * 1024);
      expect((await stat(path.join(place, "again"))).ino).toBe((await stat(path.join(place, "notes.txt"))).ino);
    });
  });

  test("one moment: what commits together is in it together, or not at all", async () => {
    const target = at("moment.stoa");
    const pair = sql`with one as (insert into a_parents (id) select max(id) + 100 from a_parents returning 1)
      insert into log_of_inserts (what) select 'pair' from one`;
    const writer = setInterval(() => pair.execute(original.db).catch(() => undefined), 1);
    await backup(target, { includeFiles: false }).finally(() => clearInterval(writer));
    await withEmpty(async (database, dataDir) => {
      await restore(database.url, dataDir, { source: target });
      const { rows } = await sql<{ parents: number; log: number }>`select
        (select count(*) from a_parents where id > 100) as parents,
        (select count(*) from log_of_inserts where what = 'pair') as log`.execute(database.db);
      expect(rows[0]?.parents).toBe(rows[0]?.log);
      expect(await readdir(dataDir)).toEqual(["keys"]);
    });
  });

  test("a backup of an older release is brought up to date; a newer one is refused", async () => {
    await withEmpty(async (database, dataDir) => {
      await restore(database.url, dataDir, { migrations: { ...migrations, "0002-later": later } });
      const { rows } = await sql`select distinct later from a_parents`.execute(database.db);
      expect(rows).toEqual([{ later: "new" }]);
    });
    await withEmpty(async (database, dataDir) => {
      await expect(restore(database.url, dataDir, { migrations: {} })).rejects.toMatchObject({
        name: "StartError",
        message: expect.stringContaining("newer release (9.9.9)"),
      });
      expect(await describeSchema(database.db)).toEqual([]);
    });
  });

  test("restores only into what is empty, or replaces when told; what was there is kept aside", async () => {
    await withEmpty(async (database, dataDir) => {
      await restore(database.url, dataDir);
      await expect(restore(database.url, dataDir)).rejects.toThrow("not empty");
      await writeFile(path.join(dataDir, "workspaces", "1", "10", "since"), "x");
      await writeFile(path.join(dataDir, "keys", "secret"), "another");
      await sql`insert into kept_for_ever values (2)`.execute(database.db);
      await sql`create table by_hand (id int)`.execute(database.db);
      const { keptAside } = await restore(database.url, dataDir, { replace: true });
      expect(await contents(database)).toEqual(expected);
      expect(keptAside.map((file) => path.basename(file).split(".")[0])).toEqual(["workspaces", "trash", "secret"]);
      expect(await readFile(path.join(keptAside[0] ?? "", "1", "10", "since"), "utf8")).toBe("x");
      expect(await fileTree(path.join(dataDir, "workspaces"))).toEqual(await fileTree(at("data", "workspaces")));
    });
    await withEmpty(async (database, dataDir) => {
      await mkdir(path.join(dataDir, "workspaces", "1"), { recursive: true });
      await expect(restore(database.url, dataDir)).rejects.toThrow("There are files");
    });
  });

  test("sessions are ended and set aside, for their numbers become others'", async () => {
    await withEmpty(async (database, dataDir) => {
      const sessions = path.join(dataDir, "run", "sessions");
      await mkdir(path.join(sessions, "7"), { recursive: true });
      await writeFile(path.join(sessions, ".place"), "here");
      await expect(restore(database.url, dataDir)).rejects.toThrow("There are sessions");
      const stuck = () => Promise.reject(new Error("it goes on"));
      await expect(restore(database.url, dataDir, { replace: true, endSessions: stuck })).rejects.toThrow("it goes on");
      expect(await readdir(dataDir)).toEqual(["run"]);
      const told: string[] = [];
      const endSessions = async (directory: string) => void told.push(directory, ...(await readdir(directory)).sort());
      const { keptAside } = await restore(database.url, dataDir, { replace: true, endSessions });
      expect(told).toEqual([sessions, ".place", "7"]);
      expect(await readdir(path.join(dataDir, "run"))).toEqual([path.basename(keptAside.at(-1) ?? "")]);
      expect((await readdir(keptAside.at(-1) ?? "")).sort()).toEqual([".place", "7"]);
    });
  });

  test("refused while a server works on the database", async () => {
    await withEmpty(async (database, dataDir) => {
      const url = database.url;
      const server = connect({ url, size: 1, applicationName: "stoa/node-7", onIdleError: () => undefined });
      await sql`select 1`.execute(server.db);
      await expect(restore(url, dataDir)).rejects.toThrow("working on this database: node-7");
      await server.pool.end();
    });
  });

  test.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ["cut in half", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ["empty", () => Buffer.alloc(0)],
    ["no backup at all", () => Buffer.from("hello")],
    ["changed in one row", repack((text) => text.replace("first label", "FIRST label"))],
    ["with a row less", repack((text) => text.replace(/first label[^\n]*\n/, ""))],
    ["without its manifest", repack((text) => text.slice(0, text.indexOf('{"part":"manifest"')))],
    ["without one of its parts", repack((text) => cutPart(text, '{"part":"table","name":"log_of_inserts"'))],
    ["longer than it was", repack((text) => `${text}0\n`)],
    [
      "with a file that leads outside",
      repack((text) => text.replace('"path":"1/10/notes.txt"', '"path":"1/10/../../x.txt"')),
    ],
  ])("%s: refused, and nothing is changed", async (_what, change) => {
    await withEmpty(async (database, dataDir) => {
      const broken = at("broken.stoa");
      await writeFile(broken, change(await readFile(source)));
      await expect(restore(database.url, dataDir, { source: broken })).rejects.toMatchObject({
        name: "StartError",
        message: expect.stringContaining("damaged or incomplete"),
      });
      await expect(verifyBackup(broken, null)).rejects.toMatchObject({ name: "StartError" });
      expect(await describeSchema(database.db)).toEqual([]);
      expect(await readdir(dataDir)).toEqual([]);
    });
  });

  test("a sealed one can't be forged without the secret key", async () => {
    const [sealed, key] = [at("sealed.stoa"), Buffer.alloc(32, 1)];
    await backup(sealed, { sealKey: key, includeFiles: false, secretKeyFile: null });
    expect((await verifyBackup(sealed, key)).includes).toEqual({ files: false, secretKey: false });
    await expect(verifyBackup(sealed, Buffer.alloc(32, 2))).rejects.toThrow("seal does not fit");
  });

  test("its file is private, never replaces another, and nothing is left of one that failed", async () => {
    expect((await stat(source)).mode & 0o777).toBe(0o600);
    await expect(backup(source)).rejects.toMatchObject({ name: "StartError" });
    await expect(backup(at("missing", "x.stoa"))).rejects.toMatchObject({ name: "StartError" });
    expect((await readdir(directory.path)).filter((name) => name.includes(".tmp-"))).toEqual([]);
  });
});

function repack(change: (text: string) => string): (bytes: Buffer) => Buffer {
  return (bytes) => gzipSync(Buffer.from(change(gunzipSync(bytes).toString("latin1")), "latin1"));
}

function cutPart(text: string, start: string): string {
  const from = text.indexOf(start);
  return text.slice(0, from) + text.slice(text.indexOf('{"part":', from + 1));
}
