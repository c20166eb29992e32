import { createStoa, type Stoa } from "@stoa/server/app.ts";
import { loadConfig } from "@stoa/server/config/load.ts";
import { startHubDouble } from "@stoa/server/hub/testing/hub-double.ts";
import { createLog } from "@stoa/server/platform/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOldPortal, daysAgo, fillUsual, OLD_PASSWORD, type OldPortalDatabase } from "../testing/old-portal.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

let old: OldPortalDatabase;
let database: TestDatabase;
let line: CommandLine;
let stoa: Stoa | null = null;
beforeAll(async () => {
  old = await createOldPortal();
  await fillUsual(old);
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await stoa?.app.close();
  line.remove();
  await database.drop();
  await old.drop();
});

const portal = (...more: string[]) => line.run("import", "portal", "--database", old.url, ...more);
const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
const contents = () =>
  rows(`select (select count(*)::int from accounts) as accounts, (select count(*)::int from activity_executions) as log,
    (select count(*)::int from audit_entries) as audited, (select count(*)::int from imported_things) as things,
    (select count(*)::int from hub_users) as hub, (select count(*)::int from activity_totals) as totals`);

describe("an old portal", () => {
  test("is told as it is read and what would come, and nothing is changed", async () => {
    const before = await contents();
    const { code, out, err } = await portal();
    expect(code, err).toBe(0);
    expect(out).toContain("People are read from users:");
    expect(out).toContain("  password: hashed_password (character varying)");
    expect(out).toContain("  created_at: created_at (timestamp without time zone, taken as UTC)");
    expect(out).toContain("  is_disabled: no column; nobody is deactivated by it");
    expect(out).toContain("Executions are read from audit_logs:");
    expect(out).toContain("People: 3 come, 0 are linked, 0 are here already, 0 stay behind.");
    expect(out).toContain("2 keep their password");
    expect(out).toContain("boss (2): was an administrator there, is none here");
    expect(out).toContain("carl (3): is deactivated, as there");
    expect(out).toContain("Executions: 2 there, 2 of them come, or came before.");
    expect(out).toContain("nobody is linked to the hub's user of the same name by its spelling");
    expect(out).toContain("Nothing was changed.");
    expect(await contents()).toEqual(before);
  });

  test("says the same as JSON, without a secret", async () => {
    const { out } = await portal("--json");
    const { mapping, plan, done } = JSON.parse(out);
    expect(done).toBeNull();
    expect(mapping.users).toMatchObject({ table: "public.users", columns: { password: "hashed_password" } });
    expect(plan.people.map(({ fate }: { fate: string }) => fate)).toEqual(["take", "take", "take"]);
    expect(plan.executions).toMatchObject({ all: 2, take: 2 });
    expect(out).not.toContain("$2");
  });

  test("comes, with what new people get here, and nobody as an administrator", async () => {
    const { code, out, err } = await portal("--go");
    expect(out, err).toContain("Came: 3 people, 2 executions.");
    expect(code).toBe(0);
    expect(
      await rows(`select username, email, full_name, organization, status, is_admin, email_verified_at,
        left(password_hash, 4) as hash, created_at from accounts order by username`),
    ).toMatchObject([
      {
        username: "ada",
        email: "ada@old.example.org",
        full_name: "Ada Lovelace",
        organization: "Analytical",
        status: "active",
        is_admin: false,
        email_verified_at: null,
        hash: "$2b$",
        created_at: new Date("2021-12-01T18:30:00.123Z"),
      },
      { username: "boss", is_admin: false, hash: "$2y$", organization: null },
      { username: "carl", full_name: "علی رضایی", status: "deactivated", hash: null },
    ]);
    expect(
      await rows(`select a.username, e.cell_number, e.code, e.milliseconds, e.failed, e.error from activity_executions e
        join accounts a on a.id = e.account_id order by e.id`),
    ).toEqual([
      { username: "ada", cell_number: 7, code: 'print("سلام")', milliseconds: 12, failed: false, error: null },
      { username: "ada", cell_number: 8, code: "1/0", milliseconds: 3, failed: true, error: "ZeroDivisionError" },
    ]);
    expect(await rows("select executions::int, errors::int, milliseconds::int from activity_totals")).toEqual([
      { executions: 2, errors: 1, milliseconds: 15 },
    ]);
    expect(await rows("select sum(executions)::int as n from activity_days")).toEqual([{ n: 2 }]);
    expect(await rows("select * from hub_users where state = 'ours'")).toEqual([]);
    const audited = await rows("select action, count(*)::int as n from audit_entries group by 1 order by 1");
    expect(audited).toContainEqual({ action: "account.import", n: 3 });
    expect(audited).toContainEqual({ action: "activity.import", n: 1 });
  });

  test("changes nothing the second time, and brings what is new", async () => {
    const before = await contents();
    expect((await portal("--go")).out).toContain("Came: 0 people, 0 executions.");
    expect(await contents()).toEqual(before);
    await old.query("insert into users (username, email) values ('dora', 'dora@old.example.org')");
    await old.query("insert into audit_logs (user_id, timestamp, code, status) values (4, $1, 'x', 'success')", [
      daysAgo(1),
    ]);
    expect((await portal("--go")).out).toContain("Came: 1 people, 1 executions.");
    expect(await rows("select full_name, password_hash from accounts where username = 'dora'")).toEqual([
      { full_name: "dora", password_hash: null },
    ]);
  });

  test("lets people in by their old password, which is hashed anew then", async () => {
    const config = loadConfig(
      { HOME: "/nonexistent", DATABASE_URL: database.url, STOA_DATA_DIR: line.path("data") },
      "/nonexistent",
    );
    const log = createLog({ logLevel: "silent" });
    stoa = await createStoa({ config, database: { db: database.db, directConnectionString: database.url }, log });
    const signIn = (username: string) =>
      stoa?.app.inject({
        method: "POST",
        url: "/api/token",
        headers: { host: "localhost:8080", "content-type": "application/x-www-form-urlencoded" },
        payload: new URLSearchParams({ username, password: OLD_PASSWORD }).toString(),
      });
    expect((await signIn("ada"))?.json()).toMatchObject({ token_type: "bearer", username: "ada" });
    expect((await signIn("boss"))?.statusCode).toBe(200);
    expect((await signIn("carl"))?.statusCode).toBe(401);
    const hashes = await rows("select password_hash from accounts where username in ('ada', 'boss')");
    for (const { password_hash } of hashes) expect(password_hash).toMatch(/^\$argon2id\$/);
    const { code, out } = await portal("--go");
    expect([code, out.includes("Came: 0 people")]).toEqual([0, true]);
    expect(await rows("select 1 from accounts where password_hash like '$2%'")).toEqual([]);
  });

  test("links the hub's users where the operator says so, names that are taken excepted", async () => {
    await rows(
      `insert into hub_users (account_id, name, state) select id, 'boss', 'ours' from accounts where username = 'dora'`,
    );
    await rows(
      "insert into hub_users (account_id, name, state, problem) select id, 'ada', 'taken', 'x' from accounts where username = 'ada'",
    );
    await rows("insert into hub_seen_users (name, is_admin, seen_at) values ('carl', true, now())");
    const hub = await startHubDouble();
    for (const name of ["ada", "boss", "carl", "dora"]) hub.addUser(name);
    const beside = new CommandLine({
      ...{ DATABASE_URL: database.url, STOA_DATA_DIR: line.path("data") },
      ...{ JUPYTERHUB_API_URL: hub.apiUrl, JUPYTERHUB_API_TOKEN: hub.token },
    });
    const link = () => beside.run("import", "portal", "--database", old.url, "--go", "--link-hub-users");
    const { out, err } = await link();
    expect(out, err).toContain("Linked: 1 users of the hub.");
    expect(out).toContain("boss is not linked: another account has the hub's user of that name");
    expect(out).toContain("carl is not linked: the hub's user of that name is an administrator there");
    expect(out).toContain("dora is not linked: they have the hub's user boss already");
    expect(await rows("select name, state, problem, linked_by from hub_users order by name")).toMatchObject([
      { name: "ada", state: "ours", problem: null, linked_by: expect.stringContaining("operator at the host") },
      { name: "boss", state: "ours", linked_by: null },
    ]);
    expect(await rows("select count(*)::int as n from audit_entries where action = 'hub.link'")).toEqual([{ n: 1 }]);
    expect((await link()).out).toContain("Linked: 0 users of the hub.");
    beside.remove();
    await hub.close();
  });

  test("does not bring somebody again who was deleted here", async () => {
    await rows("update accounts set status = 'deactivated', deleted_at = now() where username = 'carl'");
    const { code, out } = await portal("--go");
    expect(out).toContain("carl (3): stays behind: their account was deleted here since");
    expect(code).toBe(1);
  });
});
