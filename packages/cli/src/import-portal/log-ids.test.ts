import { afterEach, describe, expect, test } from "vitest";
import { CAME, createPortalImport, type PortalImport } from "../testing/portal-import.ts";

let portal: PortalImport | null = null;
afterEach(async () => {
  await portal?.drop();
  portal = null;
});

async function withLog(log: string): Promise<PortalImport> {
  portal = await createPortalImport(`
    create table users (id int, username text, password text);
    insert into users values (1, 'ada', 'x'), (2, 'bob', 'x');
    ${log}`);
  return portal;
}

const TABLE = (id: string) =>
  `create table audit_logs (id ${id}, user_id int, timestamp timestamptz default now(), code text);`;

describe("ids of the log", () => {
  test("that are one person's alone, not one execution's, are refused before anything is written", async () => {
    const { run, rows } = await withLog(`${TABLE("int")} alter table audit_logs add primary key (user_id, id);
      insert into audit_logs (user_id, id, code) values (1, 1, 'ada secret'), (2, 1, 'bob code'), (1, 2, 'ada two')`);
    for (const go of [[], ["--go"]]) {
      const { code, err } = await run(...go);
      expect(code).not.toBe(0);
      expect(err).toContain("The log's id (integer) is not one execution's alone: 3 executions have 2 of them.");
      expect(err).toContain("--log-table");
    }
    expect(await rows("select 1 from accounts")).toEqual([]);
  });

  test("can be made of several columns by a view", async () => {
    const { run, rows } = await withLog(`${TABLE("int")} alter table audit_logs add primary key (user_id, id);
      insert into audit_logs (user_id, id, code) values (1, 1, 'ada secret'), (2, 1, 'bob code'), (1, 2, 'ada two');
      create view whole_log as select user_id || ':' || id as id, user_id, timestamp, code from audit_logs`);
    expect((await run("--go", "--log-table", "whole_log")).out).toContain("Came: 2 people, 3 executions.");
    expect(await rows(CAME)).toEqual([
      { username: "ada", code: "ada secret" },
      { username: "ada", code: "ada two" },
      { username: "bob", code: "bob code" },
    ]);
    expect((await run("--go", "--log-table", "whole_log")).out).toContain("Came: 0 people, 0 executions.");
  });

  test("that are not there stay behind, and are counted", async () => {
    const { run, rows } = await withLog(`${TABLE("int unique")}
      insert into audit_logs (user_id, id, code) values (1, 1, 'one'), (1, null, 'lost'), (1, null, 'lost too'),
        (7, null, 'of nobody')`);
    const { executions } = JSON.parse((await run("--json")).out).plan;
    expect(executions).toMatchObject({ all: 4, take: 1, without_id: 2, without_time: 0 });
    expect(executions.of_nobody).toEqual([{ who: "7", count: 1 }]);
    const { out } = await run("--go");
    expect(out).toContain("Executions: 4 there, 1 of them come, or came before.");
    expect(out).toContain("  2 stay behind: have no id.");
    expect(out).toContain("Came: 2 people, 1 executions.");
    expect(await rows(CAME)).toEqual([{ username: "ada", code: "one" }]);
  });

  test.each([
    ["double precision", "double precision"],
    ["real", "real"],
    ["citext", "citext"],
    ["step", "step"],
    ["timestamptz", "timestamp with time zone"],
  ])("of the type %s are refused, with what to do", async (type, called) => {
    const before = type === "citext" ? "create extension citext;" : "create type step as enum ('a', 'b');";
    const { run } = await withLog(`${before} ${TABLE(type)}`);
    const { err } = await run();
    expect(err).toContain(`its column id is of the type ${called}, as which no id is read`);
    expect(err).toContain("whole numbers, numeric, uuid or text");
    expect((await run("--column", "log.id=id")).err).toContain(`its column id is of the type ${called}`);
  });

  test.each([
    ["text", "'n-' || n"],
    ["char(12)", "'n-' || n"],
    ['text collate "en-x-icu"', "case when n % 2 = 0 then 'N-' else 'n-' end || n"],
    ["numeric", "n / 7.0"],
    ["uuid", "md5(n::text)::uuid"],
    ["smallint", "n % 30000"],
  ])("of the type %s bring every row once, over many pages", async (type, value) => {
    const { run, rows } = await withLog(`${TABLE(`${type} primary key`)}
      insert into audit_logs (id, user_id, code) select ${value}, 1 + n % 2, 'run ' || n from generate_series(1, 11000) n`);
    expect((await run("--go")).out).toContain("Came: 2 people, 11000 executions.");
    expect((await run("--go")).out).toContain("Came: 0 people, 0 executions.");
    expect(
      await rows("select count(distinct code)::int as codes, count(*)::int as n from activity_executions"),
    ).toEqual([{ codes: 11_000, n: 11_000 }]);
  });
});
