import { randomBytes } from "node:crypto";
import { startHubDouble } from "@stoa/server/hub/testing/hub-double.ts";
import { withDatabase } from "@stoa/server/platform/database/connection-string.ts";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { createOldPortal, type OldPortalDatabase } from "../testing/old-portal.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

let old: OldPortalDatabase | null = null;
let database: TestDatabase;
let line: CommandLine;
beforeEach(async () => {
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
});
afterEach(async () => {
  line.remove();
  await database.drop();
  await old?.drop();
  old = null;
});

async function portal(shape: string, ...more: string[]) {
  old ??= await createOldPortal(shape);
  return line.run("import", "portal", "--database", old.url, ...more);
}

const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;

test("people without ids, a log that knows them by name, ids that are words", async () => {
  const shape = `
    create table users (username text, email text);
    insert into users values ('ada', 'ada@old.example.org'), ('ben', 'ben@old.example.org');
    create table logs (id text primary key, username text, timestamp timestamptz, code text, duration_seconds real);
    insert into logs select 'run-' || n, case when n % 2 = 0 then 'ada' else 'ben' end, now() - n * interval '1 hour',
      'n = ' || n, 0.25 from generate_series(1, 30) n`;
  expect((await portal(shape, "--users-table", "users", "--go")).out).toContain("Came: 2 people, 30 executions.");
  expect((await portal(shape, "--users-table", "users", "--go")).out).toContain("Came: 0 people, 0 executions.");
  expect(
    await rows(`select a.username, count(*)::int as n, max(e.milliseconds) as ms from activity_executions e
      join accounts a on a.id = e.account_id group by 1 order by 1`),
  ).toEqual([
    { username: "ada", n: 15, ms: 250 },
    { username: "ben", n: 15, ms: 250 },
  ]);
});

test("times without a zone are of the one that is said, and an unknown one is refused", async () => {
  const shape = `
    create table users (id int, username text, password text, created_at timestamp);
    insert into users values (1, 'ada', 'x', '2024-01-01 03:30:00');
    create table audit_logs (id int primary key, user_id int, timestamp timestamp, code text);
    insert into audit_logs values (1, 1, date_trunc('day', now() - interval '20 days') + interval '3 hours 30 minutes', '1')`;
  expect((await portal(shape, "--time-zone", "Middle/Nowhere")).err).toContain('time zone "Middle/Nowhere"');
  const { out } = await portal(shape, "--time-zone", "Asia/Tehran", "--go");
  expect(out).toContain("timestamp: timestamp (timestamp without time zone, taken as Asia/Tehran)");
  expect(out).toContain("Came: 1 people, 1 executions.");
  expect(await rows("select created_at from accounts")).toEqual([{ created_at: new Date("2024-01-01T00:00:00Z") }]);
  expect(await rows("select (at at time zone 'UTC')::time::text as time from activity_executions")).toEqual([
    { time: "00:00:00" },
  ]);
  // Read otherwise it would be another history.
  expect((await portal(shape, "--go")).err).toContain("This is another database than the one imported as portal");
  expect(await rows("select count(*)::int as n from activity_executions")).toEqual([{ n: 1 }]);
});

test("two portals under names of their own, with the same ids", async () => {
  const shape = `
    create table users (id int, username text, password text, created_at timestamptz default now());
    insert into users values (1, 'ada', 'x');
    create table audit_logs (id int primary key, user_id int, timestamp timestamptz, code text);
    insert into audit_logs values (1, 1, '2026-01-01', 'one')`;
  await portal(shape, "--go", "--all", "--source", "lab-a");
  await old?.query("update users set username = 'ben', created_at = created_at + interval '1 hour'");
  await old?.query("update audit_logs set code = 'two'");
  expect((await portal(shape, "--go", "--all", "--source", "lab-a")).err).toContain("another database");
  expect((await portal(shape, "--go", "--all", "--source", "lab-b")).out).toContain("Came: 1 people, 1 executions.");
  expect((await portal(shape, "--source", "Lab B")).code).toBe(2);
  expect(await rows("select code from activity_executions order by code")).toEqual([{ code: "one" }, { code: "two" }]);
});

test("a password of another kind, or one that would keep the server busy, does not come", async () => {
  const form = `${"C".repeat(21)}.${"a".repeat(31)}`;
  const shape = `
    create table users (id int, username text, password bytea);
    insert into users values (1, 'plain', 'secret'), (2, 'costly', '$2b$31$${form}'), (3, 'argon', '$argon2id$v=19$x'),
      (4, 'good', '$2a$12$${form}'), (5, 'bytes', '\\x00ff')`;
  const { out } = await portal(shape, "--no-log", "--go");
  expect(out).toContain("1 keep their password");
  expect(out).toContain("4 have none that can be taken over");
  expect(out).not.toContain("secret");
  expect(await rows("select username, password_hash from accounts where password_hash is not null")).toEqual([
    { username: "good", password_hash: `$2a$12$${form}` },
  ]);
});

test("is refused on a database that the server never ran on, and beside another import", async () => {
  const shape = "create table users (id int, username text, password text)";
  const client = await database.pool.connect();
  await client.query("select pg_advisory_lock(3564260014)");
  expect((await portal(shape, "--no-log", "--go")).err).toContain("Another import runs on this database.");
  client.release(true);
  const empty = await createTestDatabase({ migrated: false });
  const elsewhere = new CommandLine({ DATABASE_URL: empty.url });
  const { err } = await elsewhere.run("import", "portal", "--database", old?.url ?? "", "--no-log");
  expect(err).toContain("The database is empty.");
  elsewhere.remove();
  await empty.drop();
});

test("who comes gets what new people get: a user at the hub is wanted; the one of old is theirs by the operator's word", async () => {
  const hub = await startHubDouble();
  for (const name of ["ada", "ben"]) hub.addUser(name);
  const beside = new CommandLine({
    ...{ DATABASE_URL: database.url, JUPYTERHUB_API_URL: hub.apiUrl, JUPYTERHUB_API_TOKEN: hub.token },
  });
  old = await createOldPortal(`
    create table users (id int, username text, password text);
    insert into users values (1, 'ada', 'x'), (2, 'Ben', 'x')`);
  const run = (...more: string[]) =>
    beside.run(
      ...["import", "portal", "--database", old?.url ?? "", "--no-log", "--go"],
      "--rename",
      "Ben=benjamin",
      ...more,
    );
  expect((await run()).out).toContain("Came: 2 people");
  const names = () =>
    rows(`select a.username, h.name, h.state, h.linked_by is not null as linked
    from hub_users h join accounts a on a.id = h.account_id order by 1`);
  expect(await names()).toEqual([
    { username: "ada", name: "ada", state: "wanted", linked: false },
    { username: "benjamin", name: "benjamin", state: "wanted", linked: false },
  ]);
  expect((await run("--link-hub-users")).out).toContain("Linked: 2 users of the hub.");
  expect(await names()).toEqual([
    { username: "ada", name: "ada", state: "ours", linked: true },
    { username: "benjamin", name: "ben", state: "ours", linked: true },
  ]);
  beside.remove();
  await hub.close();
});

test("somebody whose name is taken while the others come stays behind, and stops nobody", async () => {
  await database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'taken' using errcode = 'unique_violation'; end $$;
    create trigger refuse before insert on accounts for each row when (new.username = 'ada') execute function refuse()`);
  const shape = `
    create table users (id text, username text, password text);
    insert into users values ('a', 'ada', 'x'), (E'\\x1b[2J', 'ben', 'x');
    create table audit_logs (id int primary key, user_id text, timestamp timestamptz, code text);
    insert into audit_logs values (1, 'a', now(), '1'), (2, E'\\x1b[2J', now(), '2'), (3, E'\\x1b]0;x', now(), '3')`;
  const { code, out, err } = await portal(shape, "--go");
  expect(out).toContain("Came: 1 people, 1 executions.");
  expect(err).toContain("ada did not come: the name or the address was taken meanwhile");
  expect(code).toBe(1);
  expect(out + err).not.toContain("\u001b");
  await database.pool.query("drop trigger refuse on accounts");
  expect((await portal(shape, "--go")).out).toContain("Came: 1 people, 1 executions.");
});

test("a database without an encoding comes, with what is no UTF-8 in it replaced", async () => {
  const server = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const url = withDatabase(server, name);
  await run(server, `create database ${name} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`);
  await run(
    url,
    `create table users (id int, username text, password text, full_name text);
     insert into users values (1, 'ada', 'x', E'J\\xfcrgen علی'), (2, E'b\\xe9n', 'x', 'B');
     create table audit_logs (id int primary key, user_id int, timestamp timestamptz, code text);
     insert into audit_logs values (1, 1, now(), E'print(\\xff\\xfe)')`,
  );
  const { out, err } = await line.run("import", "portal", "--database", url, "--go");
  await run(server, `drop database ${name}`);
  expect(out, err).toContain("Came: 1 people, 1 executions.");
  expect(await rows("select full_name from accounts")).toEqual([{ full_name: "J\ufffdrgen علی" }]);
  expect(await rows("select code from activity_executions")).toEqual([{ code: "print(\ufffd\ufffd)" }]);
});

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
