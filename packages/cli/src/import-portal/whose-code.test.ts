import { afterEach, describe, expect, test } from "vitest";
import { CAME, createPortalImport, type PortalImport } from "../testing/portal-import.ts";

let portal: PortalImport | null = null;
afterEach(async () => {
  await portal?.drop();
  portal = null;
});

const LOG = (type: string) =>
  `create table audit_logs (id serial primary key, user_id ${type}, timestamp timestamptz default now(), code text);`;
const PEOPLE = "create table users (id int, username text, password text);";

async function withShape(shape: string): Promise<PortalImport> {
  portal = await createPortalImport(shape);
  return portal;
}

describe("whose an execution is, where the log's column says neither ids nor names", () => {
  // Somebody gave themselves another one's number for a name.
  const mallory = `${PEOPLE} insert into users values (101, 'victim', 'x'), (102, '101', 'x');
    ${LOG("varchar(20)")} insert into audit_logs (user_id, code) values ('101', 'password = "hunter2"')`;

  test("numbers in text are never read as the names of people by themselves", async () => {
    const { run, rows } = await withShape(mallory);
    for (const go of [[], ["--go"]]) {
      const { code, err } = await run(...go);
      expect(code).not.toBe(0);
      expect(err).toContain("user_id (character varying)");
      expect(err).toContain("--column log.user_id=user_id");
      expect(err).toContain("--column log.username=user_id");
    }
    expect(await rows("select 1 from accounts")).toEqual([]);
  });

  test("the operator says which it is", async () => {
    const { run, rows } = await withShape(mallory);
    await run("--go", "--column", "log.user_id=user_id");
    expect(await rows(CAME)).toEqual([{ username: "victim", code: 'password = "hunter2"' }]);
    await portal?.drop();
    const other = await withShape(mallory);
    await other.run("--go", "--column", "log.username=user_id");
    expect(await other.rows(CAME)).toEqual([{ username: "101", code: 'password = "hunter2"' }]);
  });

  test("a number that is nobody's any more is no name either", async () => {
    const { run } = await withShape(`${PEOPLE} insert into users values (102, '101', 'x'), (103, 'ada', 'x');
      ${LOG("text")} insert into audit_logs (user_id, code) values ('101', 'of who was deleted'), ('ada', '1')`);
    expect((await run("--go")).err).toContain("101");
  });

  test("ids of words, one of which is another one's name, are refused", async () => {
    const { run, rows } = await withShape(`create table users (id text, username text, password text);
      insert into users values ('ada', 'bob', 'x'), ('bob-1', 'ada', 'x');
      ${LOG("text")} insert into audit_logs (user_id, code) values ('ada', 'secret'), ('bob-1', '2')`);
    expect((await run("--go")).err).toContain("--column log.user_id=user_id");
    await run("--go", "--column", "log.user_id=user_id");
    expect(await rows(CAME)).toEqual([
      { username: "ada", code: "2" },
      { username: "bob", code: "secret" },
    ]);
  });

  test("where nobody has an id, a name of digits is not taken for one that is meant", async () => {
    const { run } = await withShape(`create table users (username text, password text);
      insert into users values ('victim', 'x'), ('101', 'x');
      ${LOG("text")} insert into audit_logs (user_id, code) values ('101', 'secret')`);
    expect((await run("--go")).err).toContain("--column log.username=user_id");
  });

  test("two people of one name, in a log that has names, are refused", async () => {
    const { run } = await withShape(`${PEOPLE} insert into users values (1, 'ada', 'x'), (2, 'ada', 'x');
      ${LOG("text")} insert into audit_logs (user_id, code) values ('ada', 'whose?')`);
    expect((await run("--go")).err).toContain("Two people there are called ada");
  });

  test("names that are nothing else come, and so do ids that are nothing else", async () => {
    const names = await withShape(`${PEOPLE} insert into users values (1, 'ada', 'x');
      ${LOG("text")} insert into audit_logs (user_id, code) values ('ada', 'by name'), (null, 'nobody''s'), ('gone', '3')`);
    expect((await names.run("--go")).out).toContain("Came: 1 people, 1 executions.");
    await portal?.drop();
    const ids = await withShape(`create table users (id varchar(36), username text, password text);
      insert into users values ('u-1', 'ada', 'x');
      ${LOG("varchar(36)")} insert into audit_logs (user_id, code) values ('u-1', 'by id'), ('u-9', 'of nobody')`);
    expect((await ids.run("--go")).out).toContain("Came: 1 people, 1 executions.");
  });
});
