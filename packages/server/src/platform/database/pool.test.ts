import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { connect } from "./connect.ts";
import { isConnectionLoss } from "./connection-loss.ts";
import { proveAnswering } from "./external-database.ts";
import { endPool } from "./pool.ts";

const unavailable = { name: "StoaError", code: "unavailable", status: 503 };

describe("the pool", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  afterAll(() => database.drop());

  const cut = async (applicationName: string) => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${applicationName}
      and pid <> pg_backend_pid()`.execute(database.db);
  };
  const open = (name: string, onIdleError: (error: Error) => void = () => undefined, size = 1) =>
    connect({ url: database.url, size, applicationName: name, onIdleError });

  test("a connection cut while idle is reported and replaced", async () => {
    const reported: Error[] = [];
    const { db, pool } = open("idle", (error) => reported.push(error));
    await sql`select 1`.execute(db);
    await cut("idle");
    await expect.poll(() => reported.length).toBe(1);
    expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }]);
    await pool.end();
  });

  test("a connection cut within a transaction: unavailable, and the pool goes on", async () => {
    const { db, pool } = open("busy");
    const work = db.transaction().execute(async (trx) => {
      await sql`create table never (id int)`.execute(trx);
      await cut("busy");
      await sql`select 1 from never`.execute(trx);
    });
    const error = await work.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unavailable);
    expect(isConnectionLoss(error)).toBe(true);
    expect((await sql`select to_regclass('never') as found`.execute(db)).rows).toEqual([{ found: null }]);
    await pool.end();
  });

  test("a commit whose answer was lost does not claim that nothing was changed", async () => {
    const { db, pool } = open("commit");
    await sql`create table slow (id int)`.execute(db);
    await sql`create function dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(5); return null; end'`.execute(
      db,
    );
    await sql`create constraint trigger dawdle after insert on slow deferrable initially deferred
      for each row execute function dawdle()`.execute(db);
    const work = db.transaction().execute((trx) => sql`insert into slow values (1)`.execute(trx));
    const outcome = expect(work).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining("Look whether"),
    });
    const committing = sql`select 1 from pg_stat_activity where application_name = 'commit' and query = 'commit'`;
    await expect.poll(async () => (await committing.execute(database.db)).rows.length).toBe(1);
    await cut("commit");
    await outcome;
    await pool.end();
  });

  test("an error of one's own is not hidden by the connection's loss after it", async () => {
    const { db, pool } = open("own");
    const work = db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      await cut("own");
      throw new RangeError("mine");
    });
    await expect(work).rejects.toThrow("mine");
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test("nobody there, or no connection free: unavailable", async () => {
    const nobody = connect({
      url: "postgresql://u:p@127.0.0.1:1/d",
      size: 1,
      applicationName: "x",
      onIdleError: () => undefined,
    });
    await expect(sql`select 1`.execute(nobody.db)).rejects.toMatchObject(unavailable);
    await nobody.pool.end();
    const socket = connect({
      url: "postgresql://u:p@localhost/d?host=/nonexistent",
      size: 1,
      applicationName: "x",
      onIdleError: () => undefined,
    });
    await expect(sql`select 1`.execute(socket.db)).rejects.toMatchObject(unavailable);
    await socket.pool.end();
  });

  test("a database that takes no connections: unavailable", async () => {
    const name = `closed_${process.pid}`;
    await sql`create database ${sql.ref(name)} allow_connections false`.execute(database.db);
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    const closed = connect({ url: url.href, size: 1, applicationName: "x", onIdleError: () => undefined });
    await expect(sql`select 1`.execute(closed.db)).rejects.toMatchObject(unavailable);
    await expect(proveAnswering(closed.pool, url.href)).rejects.toMatchObject({ name: "StartError", passing: true });
    await closed.pool.end();
    await sql`drop database ${sql.ref(name)}`.execute(database.db);
  });

  test("once ended, no connection is left, and none is reported as lost", async () => {
    const reported: Error[] = [];
    const { db, pool } = open("ends", (error) => reported.push(error), 5);
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.05)`.execute(db)));
    const left = sql`select pid from pg_stat_activity
      where application_name = 'ends' and datname = current_database()`;
    expect((await left.execute(database.db)).rows).toHaveLength(5);
    let closed = 0;
    pool.on("remove", () => {
      closed += 1;
    });
    const ended = endPool(pool);
    pool.emit("error", new Error("terminated by the server's end"), {} as never);
    await ended;
    expect(closed).toBe(5);
    expect((await left.execute(database.db)).rows).toEqual([]);
    expect(reported).toEqual([]);
  });

  test("what PostgreSQL refuses is not taken for its absence", async () => {
    const wrong = await sql`select nothing`.execute(database.db).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: "42703" });
    expect(isConnectionLoss(wrong)).toBe(false);
    expect(isConnectionLoss(Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "open" }))).toBe(false);
  });

  test("statements, and transactions that nobody goes on with, end by themselves", async () => {
    const { rows } = await sql`select current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.db);
    expect(rows).toEqual([{ statement: "1min", idle: "1min" }]);
  });
});
