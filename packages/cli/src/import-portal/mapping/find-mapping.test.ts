import { afterEach, describe, expect, test } from "vitest";
import { createOldPortal, type OldPortalDatabase } from "../../testing/old-portal.ts";
import { openOldPortal } from "../source/old-portal.ts";
import { readRelations } from "../source/relations.ts";
import { findMapping, type Mapping, type Wishes } from "./find-mapping.ts";
import { logKnowsBy } from "./log-people.ts";
import { readOverrides } from "./overrides.ts";

const USERS = "create table users (id int, username text, password text)";
const LOG = "create table audit_logs (id int primary key, user_id int, timestamp timestamptz, code text)";

let old: OldPortalDatabase | null = null;
afterEach(async () => {
  await old?.drop();
  old = null;
});

async function map(shape: string, wishes: Partial<Wishes> = {}, ...columns: string[]): Promise<Mapping> {
  old = await createOldPortal(shape);
  const portal = await openOldPortal(old.url);
  try {
    return findMapping(await readRelations(portal), {
      ...{ usersTable: null, logTable: null, withLog: true, columns: readOverrides(columns) },
      ...wishes,
    });
  } finally {
    await portal.close();
  }
}

const columnsOf = ({ users, log }: Mapping) => ({
  users: Object.fromEntries([...users.columns].map(([field, { name }]) => [field, name])),
  log: Object.fromEntries([...(log?.columns ?? [])].map(([field, { name }]) => [field, name])),
});

describe("what is found", () => {
  test("by names of many spellings", async () => {
    const found = await map(`
      create table "User" ("userId" uuid, login varchar(20), "emailAddress" text, "displayName" text, company text,
        "passwordHash" text, superuser smallint, enabled boolean, "createdAt" timestamptz, "lastLogin" date);
      create table "ExecutionLogs" ("logId" bigint primary key, username text, ts timestamp, "cellNo" int, source jsonb,
        duration_seconds real, success boolean, exception bytea)`);
    expect(columnsOf(found)).toEqual({
      users: {
        id: "userId",
        username: "login",
        email: "emailAddress",
        full_name: "displayName",
        organization: "company",
        password: "passwordHash",
        is_admin: "superuser",
        is_active: "enabled",
        created_at: "createdAt",
        last_login: "lastLogin",
      },
      log: {
        id: "logId",
        username: "username",
        timestamp: "ts",
        code: "source",
        cell_number: "cellNo",
        execution_time_s: "duration_seconds",
        success: "success",
        error_message: "exception",
      },
    });
    expect(await logKnowsBy(found, [], async () => [])).toBe("username");
  });

  test("in tables of other names and schemas, beside the hub's own", async () => {
    const found = await map(`
      create schema portal;
      create table users (id int primary key, name text, admin boolean, cookie_id text);
      create table portal.people (id int, username text, email text, hashed_password text);
      create table portal.runs (id int primary key, user_id int, executed_at timestamptz, code text)`);
    expect([found.users.relation.name, found.log?.relation.name]).toEqual(["people", "runs"]);
  });

  test("is told with what is there beside it and is not read", async () => {
    const found = await map(`${USERS}; alter table users add hashed_password text, add last_login text; ${LOG}`);
    expect(columnsOf(found).users).toMatchObject({ password: "hashed_password" });
    expect(found.users.notes).toEqual([
      "not read as password: password (text)",
      "not read as last_login: last_login (text)",
    ]);
  });

  test("a log that knows people by name in a column called after ids", async () => {
    const found = await map(
      `${USERS}; create table audit_logs (id int primary key, user_id text, timestamp timestamptz, code text)`,
    );
    expect(await logKnowsBy(found, [], async () => [])).toBe("username");
  });

  test("of enumerations the words are read", async () => {
    const found = await map(`${USERS}; create type outcome as enum ('success', 'error'); ${LOG};
      alter table audit_logs add status outcome`);
    expect(columnsOf(found).log).toMatchObject({ status: "status" });
  });
});

describe("what the operator says", () => {
  test("goes before what is found, of either table", async () => {
    const shape = `${USERS}; alter table users add nick text, add note text; ${LOG}; alter table audit_logs add body text`;
    const found = await map(shape, {}, "username=nick", "password=-", "log.code=body", "full_name=note");
    expect(columnsOf(found)).toEqual({
      users: { id: "id", username: "nick", full_name: "note" },
      log: { id: "id", user_id: "user_id", timestamp: "timestamp", code: "body" },
    });
  });

  test("a view can stand for a table", async () => {
    const shape = `create table t1 (a int, b text); create view their_people as select a as id, b as username from t1`;
    const found = await map(shape, { usersTable: "their_people", withLog: false });
    expect(found.log).toBeNull();
    expect(found.users.relation.isView).toBe(true);
  });

  test.each([
    ["nonsense", "names nothing that is read"],
    ["users.code=x", "names nothing that is read"],
    ["log.organization=x", "names nothing that is read"],
    ["username=", "names nothing that is read"],
  ])("--column %s is refused", (text, why) => {
    expect(() => readOverrides([text])).toThrow(why);
  });

  test("twice of one field is refused", () => {
    expect(() => readOverrides(["username=a", "users.username=b"])).toThrow("of username two things are said");
  });
});

describe("what can't be mapped is refused, with what there is", () => {
  test.each<[string, string, Partial<Wishes>, string[], RegExp]>([
    ["an empty database", "select 1", {}, [], /No table is known as the old portal's people\. There is: nothing/],
    ["no log", USERS, {}, [], /No table is known as the old portal's executions/],
    [
      "people without a name",
      "create table users (id int, alias text)",
      { withLog: false },
      [],
      /users can't be read as the old portal's people: none of its columns is known as username/,
    ],
    [
      "two tables",
      `${USERS}; create table accounts (id int, username text, password text)`,
      { withLog: false },
      [],
      /More than one table could hold the old portal's people: accounts, users/,
    ],
    [
      "one name in two schemas",
      `${USERS}; create schema b; create table b.users (id int, username text)`,
      { withLog: false, usersTable: "users" },
      [],
      /users is there in more than one schema/,
    ],
    ["a table that isn't there", USERS, { usersTable: "people" }, [], /There is no table or view people/],
    ["a column that isn't there", USERS, { withLog: false }, ["email=e"], /it has no column e for email/],
    [
      "a column of another type",
      USERS,
      { withLog: false },
      ["created_at=password"],
      /its column password is of the type text, as which no created_at is read/,
    ],
    ["what has to be there, left out", USERS, { withLog: false }, ["username=-"], /username can't be left out/],
    [
      "a log of nobody",
      `${USERS}; create table audit_logs (id int, timestamp timestamptz, code text)`,
      {},
      [],
      /none of its columns is known as user_id or username/,
    ],
    [
      "a log with times as text",
      `${USERS}; create table audit_logs (id int, user_id int, timestamp text, code text)`,
      {},
      [],
      /none of its columns is known as timestamp/,
    ],
  ])("%s", async (_what, shape, wishes, columns, why) => {
    await expect(map(shape, wishes, ...columns)).rejects.toThrow(why);
  });

  test("a log whose numbers can't be the people's ids", async () => {
    const found = await map(`create table users (id uuid, username text, password text); ${LOG}`);
    await expect(logKnowsBy(found, [], async () => [])).rejects.toThrow(
      /user_id \(integer\) can't be the ids of people, which are id \(uuid\)/,
    );
  });
});

test("a database that can't be reached, or is none of PostgreSQL's, is said", async () => {
  await expect(openOldPortal("mysql://x/y")).rejects.toThrow("none of PostgreSQL's");
  await expect(openOldPortal("postgres://nobody@127.0.0.1:1/none")).rejects.toThrow("The old database can't be read");
});

test("nothing can be written by its connection", async () => {
  old = await createOldPortal(USERS);
  const portal = await openOldPortal(old.url);
  await expect(portal.rows("insert into users values (1, 'a', 'b') returning 1")).rejects.toThrow("read-only");
  await portal.close();
});
