import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeAccountsOf } from "@stoa/server/platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOldService, type OldService } from "../testing/old-service.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

const WORKSPACES = 16;
const FILES = 12;
const STOA = join(import.meta.dirname, "../../bin/stoa.mjs");

let old: OldService;
let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  old = await createOldService("sqlite");
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
  // As root each person's own account comes through to their files.
  chmodSync(line.directory, 0o711);
  mkdirSync(line.path("data"), { recursive: true });
  for (let id = 100; id < 100 + WORKSPACES; id += 1) await addWorkspace(id);
});
afterAll(async () => {
  await removeAccountsOf(line.path("data"));
  line.remove();
  await database.drop();
  await old.remove();
});

async function addWorkspace(id: number): Promise<void> {
  const folder = join(old.root, "ada_ext", String(id), "inner");
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < FILES; n += 1) writeFileSync(join(folder, `${n}.txt`), `${id} ${n}`);
  await old.execute(
    `insert into user_workspaces_server_workspace (id, user_id_id, name, description, file_path, disk_space, status,
       datetime_created, workspace_details)
     values (${id}, 2, 'many', '', 'ada_ext/${id}', 0, 'idle', '2022-01-01 00:00:00', '{}')`,
  );
}

test("an import that is killed again and again brings everything once, and leaves nothing half", {
  timeout: 120_000,
}, async () => {
  const seen: number[] = [];
  for (let round = 0; round < 40; round += 1) {
    const ended = await importUntil(round < 3 ? 3 * round + 1 : null);
    seen.push(await countThings());
    if (ended) break;
  }
  // It was killed in the middle, and went on from there.
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  const rows = await query(
    "select id from workspaces where owner_id = 2 and id >= 100 and deleted_at is null order by id",
  );
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: WORKSPACES }, (_, n) => 100 + n));
  for (const { id } of rows) {
    const folder = line.path("data/workspaces/2", String(id), "inner");
    const contents = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(contents.sort()).toEqual(Array.from({ length: FILES }, (_, n) => `${id} ${n}`).sort());
  }
  // One that was killed between a folder's name and its commit finds a folder without a workspace, and keeps it aside.
  const folders = readdirSync(line.path("data/workspaces/2")).filter(
    (name) => !/^\.(staging|unclaimed-\d+-\d+)$/.test(name),
  );
  const known = (await query("select id from workspaces where owner_id = 2 and deleted_at is null")).map(({ id }) =>
    String(id),
  );
  expect(folders.sort()).toEqual(known.sort());
  expect(readdirSync(line.path("data/workspaces/2/.staging"))).toEqual([]);
  expect(await query("select count(*)::int as count, count(distinct id)::int as ids from jobs")).toEqual([
    { count: 5, ids: 5 },
  ]);
});

/** Kills it after so many workspaces (and a while); null: lets it end. @returns whether it ended by itself */
async function importUntil(workspaces: number | null): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [STOA, "import", "uws", "--database", old.database, "--root", old.root, "--go"],
    {
      cwd: line.directory,
      env: { HOME: line.directory, PATH: process.env.PATH, DATABASE_URL: database.url },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [out, said] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    const begun = said.split(" of ").length - 1;
    if (workspaces !== null && begun >= workspaces) setTimeout(() => child.kill("SIGKILL"), Math.random() * 30);
  });
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== null && !out.includes("Came:")) throw new Error(said);
  return code !== null;
}

async function countThings(): Promise<number> {
  return (await query("select count(*)::int as count from imported_things"))[0]?.count as number;
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(sql)).rows;
}
