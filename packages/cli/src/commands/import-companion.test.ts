import { appendFileSync, chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isRoot, removeAccounts, testUidRange } from "@stoa/server/platform/processes/testing-broker.ts";
import { createTestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, expect, test } from "vitest";
import { CommandLine } from "../testing/remembering-terminal.ts";

const range = testUidRange();
afterAll(async () => {
  if (isRoot) await removeAccounts(range);
});

test("a companion's directories are listed first and then taken over, as root by a broker", async () => {
  const database = await createTestDatabase();
  const STOA_UID_RANGE = `${range.first}-${range.last}`;
  const line = new CommandLine({ DATABASE_URL: database.url, STOA_UID_RANGE });
  const base = line.path("base");
  const run = (...args: string[]) => line.run("import", "companion", ...args);
  try {
    chmodSync(line.directory, 0o711);
    mkdirSync(line.path("data"), { mode: 0o711 });
    for (const folder of ["ada", "hub", "groups", "groups/lab", "a.b", "with space"]) {
      mkdirSync(join(base, folder), { recursive: true, mode: 0o711 });
    }
    appendFileSync(line.path(".env"), `STORAGE_BASE_PATH=${base}\n`);
    const listed = await run();
    expect(listed.out, listed.err).toMatch(/^ada: no quota$/m);
    expect(listed.out).toContain("3 to take over. With --go it is done.");
    for (const name of ["a.b", "with space"]) {
      expect(listed.out).toContain(`left alone: "${name}", because a name has letters, digits, - and _ only`);
    }
    const rows = async () => (await database.pool.query("select kind, name from storage_subjects order by name")).rows;
    expect(await rows()).toEqual([]);
    const done = await run("--go");
    expect(done.out, done.err).toContain("3 taken over.");
    expect(await rows()).toEqual([
      { kind: "user", name: "ada" },
      { kind: "user", name: "hub" },
      { kind: "group", name: "lab" },
    ]);
  } finally {
    line.remove();
    await database.drop();
  }
});

test("before the server's first start they are listed, and the server is what takes them over", async () => {
  const database = await createTestDatabase({ migrated: false });
  const line = new CommandLine({ DATABASE_URL: database.url });
  try {
    mkdirSync(line.path("base/ada"), { recursive: true, mode: 0o711 });
    mkdirSync(line.path("base/a.b"));
    appendFileSync(line.path(".env"), `STORAGE_BASE_PATH=${line.path("base")}\n`);
    const listed = await line.run("import", "companion", "--json");
    expect(JSON.parse(listed.out), listed.err).toMatchObject({
      found: [{ kind: "user", name: "ada" }],
      left_alone: [{ kind: "user", name: "a.b" }],
      adopted: null,
    });
    const refused = await line.run("import", "companion", "--go");
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain("The database is empty: the server has not been started on it yet.");
    expect(refused.err).toContain("it takes over at once what this command lists without --go");
  } finally {
    line.remove();
    await database.drop();
  }
});
