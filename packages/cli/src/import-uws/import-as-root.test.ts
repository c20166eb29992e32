import { chmodSync, chownSync, mkdirSync, statSync } from "node:fs";
import { isRoot, removeAccounts, testUidRange } from "@stoa/server/platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOldService, type OldService } from "../testing/old-service.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

const range = testUidRange();

/** Only root can give files to others; CI runs as root. */
describe.runIf(isRoot)("an import beside a server that has a broker", () => {
  let old: OldService;
  let database: TestDatabase;
  let line: CommandLine;
  beforeAll(async () => {
    old = await createOldService("sqlite");
    database = await createTestDatabase();
    const STOA_UID_RANGE = `${range.first}-${range.last}`;
    line = new CommandLine({ DATABASE_URL: database.url, STOA_UID_RANGE });
    chmodSync(line.directory, 0o711);
    mkdirSync(line.path("data"), { mode: 0o711 });
  });
  afterAll(async () => {
    line.remove();
    await removeAccounts(range);
    await database.drop();
    await old.remove();
  });

  test("brings each file under its person's own account, out of folders that only root can read", async () => {
    chmodSync(`${old.root}/ada_ext/11`, 0o700);
    const { out, err } = await line.run("import", "uws", "--database", old.database, "--root", old.root, "--go");
    expect(out, err).toContain("Came: 5 people, 4 workspaces");
    const uidOf = (path: string) => statSync(line.path("data/workspaces", path)).uid;
    const ada = uidOf("2/11/notes.txt");
    expect(ada).toBeGreaterThanOrEqual(range.first);
    expect([uidOf("2/11"), uidOf("2/11/data/deep/table.csv")]).toEqual([ada, ada]);
    expect(uidOf("3/12/notes.txt")).toBeGreaterThanOrEqual(range.first);
    expect(uidOf("3/12/notes.txt")).not.toBe(ada);
  });
});

describe("a data directory of another account", () => {
  test.runIf(isRoot)("is not written to", async () => {
    const old = await createOldService("sqlite");
    const database = await createTestDatabase();
    const line = new CommandLine({ DATABASE_URL: database.url });
    mkdirSync(line.path("data"));
    chownSync(line.path("data"), 12_345, 12_345);
    const ran = await line.run("import", "uws", "--database", old.database, "--root", old.root, "--go");
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining("belongs to uid 12345") });
    expect((await database.pool.query("select 1 from imported_things")).rowCount).toBe(0);
    line.remove();
    await database.drop();
    await old.remove();
  });
});
