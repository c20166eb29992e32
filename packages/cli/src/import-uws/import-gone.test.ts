import { mkdirSync } from "node:fs";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOldService, type OldService } from "../testing/old-service.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

let old: OldService;
let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  old = await createOldService("sqlite");
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url, STOA_BROKER: "off" });
  mkdirSync(line.path("data"), { recursive: true });
});
afterAll(async () => {
  line.remove();
  await database.drop();
  await old.remove();
});

const bring = () => line.run("import", "uws", "--database", old.database, "--root", old.root, "--go");
const rows = async (sql: string) => (await database.pool.query(sql)).rows;

test("shares and jobs of a workspace whose row an operator removed since stay behind, and the rest comes", async () => {
  expect((await bring()).out).toMatch(/ 4 workspaces, 2 shares/);
  // As if the first run had ended after the workspaces, and somebody had cleaned the table up since.
  await rows(`delete from workspace_shares; delete from share_offers; delete from jobs;
    delete from imported_things where kind in ('share', 'job'); delete from workspaces where id = 13`);
  const { code, out, err } = await bring();
  expect(err).toContain("Workspace 13 came as 13 and is gone since: its shares and jobs stay behind.");
  expect(err.match(/is gone since/g)).toHaveLength(1);
  expect(out).toContain("0 workspaces, 1 shares,");
  expect(code).toBe(1);
  expect(await rows("select id, original_workspace_id as original from workspace_shares")).toEqual([
    { id: 12, original: 11 },
  ]);
});
