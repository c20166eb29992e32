import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lendPrograms } from "../../testing/lent-programs.ts";
import { spawnEmbedded, temporaryDataDir } from "../../testing/spawn-embedded.ts";
import { createTestDatabase } from "../../testing/test-database.ts";
import { clusterLayout } from "./embedded/layout.ts";
import { runningPostmaster } from "./embedded/orphan.ts";
import { openDatabase } from "./open-database.ts";

const log = pino({ level: "silent" });

describe("openDatabase", () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  beforeAll(async () => {
    directory = await temporaryDataDir();
    lendPrograms(directory.path);
  });
  afterAll(() => directory.remove());
  const config = (url: string | null = null, directUrl: string | null = null) => ({
    dataDir: directory.path,
    nodeId: "node-1",
    database: { url, directUrl, poolSize: 2 },
  });

  test("a tool works beside a running server, and leaves it running", async () => {
    const server = await spawnEmbedded(directory.path);
    const tool = await openDatabase(config(), log, { tool: "beside" });
    expect(tool.connectionString).toBe(server.said.url);
    await sql`create table by_tool (id int)`.execute(tool.db);
    await tool.close();
    expect(await runningPostmaster(clusterLayout(directory.path))).not.toBeNull();
    await server.end("SIGTERM");
  });

  test("a tool that must be alone is refused beside a server", async () => {
    const server = await spawnEmbedded(directory.path);
    await expect(openDatabase(config(), log, { tool: "alone" })).rejects.toMatchObject({ name: "StartError" });
    await server.end("SIGTERM");
  });

  test("without a server the tool starts PostgreSQL itself, and stops it", async () => {
    const tool = await openDatabase(config(), log, { tool: "beside" });
    await sql`select * from by_tool`.execute(tool.db);
    await tool.close();
    expect(await runningPostmaster(clusterLayout(directory.path))).toBeNull();
  });

  test("PostgreSQL dies under load: callers get 503 or an answer, then all is well again", async () => {
    const database = await openDatabase(config(), log);
    const postmaster = await runningPostmaster(clusterLayout(directory.path));
    await sql`select 1`.execute(database.db);
    process.kill(postmaster?.pid ?? 0, "SIGKILL");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        sql`select pg_sleep(0.01)`.execute(database.db).then(
          () => 200,
          (error) => error.status,
        ),
      ),
    );
    expect(new Set([...answers, 200, 503])).toEqual(new Set([200, 503]));
    const ask = () => sql`select 1`.execute(database.db).then(() => "well", String);
    await expect.poll(ask, { timeout: 15_000 }).toBe("well");
    await database.close();
  });

  test("an external database is used as it is; LISTEN goes past the pooler", async () => {
    const external = await createTestDatabase({ migrated: false });
    const database = await openDatabase(config(external.url, `${external.url}?x`), log);
    expect(database.directConnectionString).toBe(`${external.url}?x`);
    const { rows } = await sql`select current_setting('application_name') as name`.execute(database.db);
    expect(rows).toEqual([{ name: "stoa/node-1" }]);
    await database.close();
    const nowhere = { ...config(external.url), dataDir: "/dev/null/data" };
    await expect(openDatabase(nowhere, log)).rejects.toMatchObject({ name: "StartError" });
    await external.drop();
  });
});
