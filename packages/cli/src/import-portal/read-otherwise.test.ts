import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPortalImport, type PortalImport } from "../testing/portal-import.ts";

let portal: PortalImport;
beforeEach(async () => {
  // When people joined is kept with its zone: nothing of them tells that the log is read otherwise.
  portal = await createPortalImport(`
    create table users (id int, username text, password text, created_at timestamptz default now());
    insert into users values (1, 'ada', 'x');
    create table audit_logs (id serial primary key, other_id int unique, user_id int, user_name text, timestamp timestamp,
      done_at timestamptz, code text);
    insert into audit_logs (other_id, user_id, user_name, timestamp, done_at, code)
      select 10 - n, 1, 'ada', now() - n * interval '1 day', now() - n * interval '1 day', 'run ' || n
      from generate_series(1, 3) n`);
});
afterEach(() => portal.drop());

const figures = () =>
  portal.rows(`select count(*)::int as there, count(distinct entry_id)::int as ids,
    (select sum(executions)::int from activity_totals) as counted from activity_executions`);

describe("a log that came is not read otherwise: it would count twice", () => {
  test.each([
    ["of another time zone", ["--time-zone", "Asia/Tehran"], "times without a zone as UTC"],
    ["by another column of times", ["--column", "log.timestamp=done_at"], "timestamp as timestamp"],
    ["by another column of ids", ["--column", "log.id=other_id"], "id as id"],
    ["by names instead of ids", ["--column", "log.username=user_name"], "people by user_id"],
  ])("%s", async (_what, options, was) => {
    expect((await portal.run("--go")).out).toContain("Came: 1 people, 3 executions.");
    for (const go of [[], ["--go"]]) {
      const { code, err } = await portal.run(...options, ...go);
      expect(code).not.toBe(0);
      expect(err).toContain("came from portal before were read otherwise");
      expect(err).toContain(was);
    }
    expect(await figures()).toEqual([{ there: 3, ids: 3, counted: 3 }]);
    expect((await portal.run("--go")).out).toContain("Came: 0 people, 0 executions.");
  });

  test("as long as nothing of it has come, the zone can be corrected", async () => {
    expect((await portal.run("--no-log", "--go")).code).toBe(0);
    await portal.run("--time-zone", "Europe/Berlin");
    expect((await portal.run("--go", "--time-zone", "Asia/Tehran")).out).toContain("Came: 0 people, 3 executions.");
    expect((await portal.run("--go", "--time-zone", "Asia/Tehran")).code).toBe(0);
    expect(await figures()).toEqual([{ there: 3, ids: 3, counted: 3 }]);
  });

  test("a zone says nothing about times that have their own", async () => {
    const by = ["--column", "log.timestamp=done_at"];
    expect((await portal.run("--go", ...by)).code).toBe(0);
    expect((await portal.run("--go", ...by, "--time-zone", "Asia/Tehran")).out).toContain("0 executions.");
    expect(await figures()).toEqual([{ there: 3, ids: 3, counted: 3 }]);
  });
});
