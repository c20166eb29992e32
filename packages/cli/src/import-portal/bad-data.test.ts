import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOldPortal, daysAgo, type OldPortalDatabase } from "../testing/old-portal.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

/** Without a key on names, so that all sorts of mistakes fit in; code and messages as bytes. */
const LOOSE = `
  create table users (id uuid, "userName" text, "E-Mail" text, name text, password_hash text,
    disabled text, "createdAt" timestamptz, last_login_at timestamptz, role text);
  create table execution_log (id uuid primary key, user_id text, executed_at timestamptz, execution_count numeric,
    code bytea, duration interval, success boolean, error text)`;

let old: OldPortalDatabase;
let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  old = await createOldPortal(LOOSE);
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url, STOA_ACTIVITY_MONTHS: "12" });
  await database.pool.query(
    `insert into accounts (username, username_key, email, full_name) values
      ('bob', 'bob', 'bob@here.example.org', 'Bob'), ('eve', 'eve', 'shared@old.example.org', 'Eve')`,
  );
});
afterAll(async () => {
  line.remove();
  await database.drop();
  await old.drop();
});

const COLUMN = ["--column", "execution_time_ms=duration"];
const portal = (...more: string[]) => line.run("import", "portal", "--database", old.url, ...COLUMN, ...more);
const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

async function addUser(n: number, userName: string | null, email: string | null, more: Record<string, unknown> = {}) {
  const row = { id: uuid(n), userName, "E-Mail": email, name: "Some Body", disabled: "false", ...more };
  const names = Object.keys(row).map((name) => `"${name}"`);
  const marks = names.map((_, at) => `$${at + 1}`);
  await old.query(`insert into users (${names.join(", ")}) values (${marks.join(", ")})`, Object.values(row));
}

async function addExecution(n: number, user: string, at: string, code: Buffer, more: Record<string, unknown> = {}) {
  const row = { id: uuid(n), user_id: user, executed_at: at, code, success: true, ...more };
  const names = Object.keys(row);
  const marks = names.map((_, index) => `$${index + 1}`);
  await old.query(`insert into execution_log (${names.join(", ")}) values (${marks.join(", ")})`, Object.values(row));
}

describe("people", () => {
  beforeAll(async () => {
    await addUser(1, "ada", "X@Old.example.org", { role: "Admin", createdAt: "infinity", last_login_at: daysAgo(-30) });
    await addUser(2, "ben", "x@old.example.org", { name: `  Ben\u202e\u0007 ${"n".repeat(300)}`, disabled: "yes" });
    await addUser(3, "Ada", "upper@old.example.org");
    await addUser(4, "no", "short@old.example.org");
    await addUser(5, "علی", "ali@old.example.org");
    await addUser(6, "../../etc", "path@old.example.org");
    await addUser(7, "bob", "bob@old.example.org");
    await addUser(8, "mallory", "Shared@old.example.org");
    await addUser(9, "nomail", null);
    await addUser(10, "badmail", "not an address");
    await addUser(11, "ada", "twin@old.example.org");
    await addUser(12, "\u001b[2J\u001b]0;owned", "esc@old.example.org");
    await addUser(13, null, "nobody@old.example.org");
    await addUser(14, "", "empty@old.example.org");
  });

  test("with names that can't be, are taken or double are told, each with what to do", async () => {
    const { code, out } = await portal();
    expect(code).toBe(1);
    const behind = (name: string) => out.split("\n").find((text) => text.startsWith(`  ${name} (`));
    for (const [name, n] of [
      ["Ada", 3],
      ["no", 4],
      ["../../etc", 6],
    ] as const) {
      expect(behind(name)).toContain(`(${uuid(n)}): stays behind: ${name} can't be a user name here`);
    }
    expect(behind("علی")).toContain("--rename 'علی=…'");
    expect(behind("bob")).toContain("the user name bob belongs to the account bob here. Is it the same person: --link");
    expect(behind("mallory")).toContain("the address shared@old.example.org belongs to the account eve here");
    expect(behind("ben")).toContain("comes without the address x@old.example.org, which ada");
    expect(out).toContain(`the user name ada belongs to ada (${uuid(1)})`);
    expect(behind("nomail")).toContain("has no e-mail address");
    expect(behind("badmail")).toContain("is no e-mail address");
    expect(out).not.toContain("\u001b");
    expect(out).toContain("People: 4 come, 0 are linked, 0 are here already, 8 stay behind.");
  });

  test("come as those who can, cleaned of what nobody could have written here", async () => {
    const { out, err } = await portal("--go", "--link", "bob=bob", "--rename", "mallory=mallory-2");
    expect(out, err).toContain("Came: 6 people, 0 executions.");
    const made = await rows("select * from accounts where username not in ('bob', 'eve') order by username");
    expect(made.map(({ username, status, email }) => [username, status, email])).toEqual([
      ["ada", "active", "x@old.example.org"],
      ["badmail", "active", expect.stringMatching(/^user-\d+\.portal@imported\.invalid$/)],
      ["ben", "deactivated", expect.stringMatching(/@imported\.invalid$/)],
      ["mallory-2", "active", expect.stringMatching(/@imported\.invalid$/)],
      ["nomail", "active", expect.stringMatching(/@imported\.invalid$/)],
    ]);
    const [ada, , ben] = made;
    expect(ada).toMatchObject({ is_admin: false, last_login_at: null });
    expect(Number(ada?.created_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(ben?.full_name).toMatch(/^Ben {3}n{194}$/);
    expect(await rows("select email from accounts where username in ('bob', 'eve') order by 1")).toEqual([
      { email: "bob@here.example.org" },
      { email: "shared@old.example.org" },
    ]);
  });

  test("a word about somebody who is not there is refused", async () => {
    expect((await portal("--rename", "adaa=ada-2")).err).toContain("The old portal has nobody called adaa.");
  });
});

describe("executions", () => {
  const ada = uuid(1);
  const text = (code: string) => Buffer.from(code);

  beforeAll(async () => {
    await addExecution(1, ada, daysAgo(1), Buffer.from([0x61, 0x00, 0xff, 0xfe, 0x62]), {
      execution_count: 3,
      duration: "1.5 seconds",
    });
    await addExecution(2, ada, daysAgo(2), text("x".repeat(5_000_000)), { duration: "100 years", execution_count: -4 });
    await addExecution(3, ada, daysAgo(-2), text("later"));
    await addExecution(4, ada, "infinity", text("never"));
    await addExecution(5, ada, "0044-03-15 12:00:00+00 BC", text("long ago"));
    await addExecution(6, ada, "1999-12-31 23:59:59+00", text("before"));
    await addExecution(7, ada, daysAgo(3 * 365), text("old"), { success: false });
    await addExecution(8, uuid(3), daysAgo(1), text("of somebody who stays behind"));
    await addExecution(9, "nobody at all", daysAgo(1), text("whose?"));
    await addExecution(10, "nobody at all", daysAgo(1), text("whose?"));
    await addExecution(11, uuid(7), daysAgo(1), text("of a linked one"), { success: null, error: "E".repeat(9_000) });
    await old.query("insert into execution_log (id, user_id) values ($1, $2)", [uuid(12), ada]);
  });

  test("that can't come are counted, each by its cause", async () => {
    const { out } = await portal("--json", "--link", "bob=bob");
    expect(JSON.parse(out).plan.executions).toEqual({
      all: 12,
      take: 3,
      too_old: 1,
      in_the_future: 1,
      without_id: 0,
      without_time: 4,
      of_refused: 1,
      of_nobody: [{ who: "nobody at all", count: 2 }],
    });
    const told = (await portal()).out;
    expect(told).toContain("1 stay behind: older than the 12 months that are kept (STOA_ACTIVITY_MONTHS)");
    expect(told).toContain('"nobody at all": 2');
  });

  test("come with what can be stored of them", async () => {
    const { out, err } = await portal("--go");
    expect(out, err).toContain("Came: 0 people, 3 executions.");
    const came = await rows(
      `select a.username, e.* from activity_executions e join accounts a on a.id = e.account_id order by e.code`,
    );
    expect(came).toHaveLength(3);
    const [binary, linked, long] = came;
    expect(binary).toMatchObject({ code: "a\ufffd\ufffd\ufffdb", cell_number: 3, milliseconds: 1_500, failed: false });
    expect(linked).toMatchObject({ username: "bob", failed: true, cut: true });
    expect(long).toMatchObject({ milliseconds: 2_147_483_647, cell_number: null, cut: true });
    expect(long?.code).toMatch(/^x{65536}… \[cut: 5000000 characters\]$/);
  });

  test("of any age come where they are asked for, and who drops them is told", async () => {
    const { out } = await portal("--go", "--all");
    expect(out).toContain("Came: 0 people, 1 executions.");
    expect(out).toContain("Those older than 12 months are dropped again the next night");
    expect(await rows("select code, failed from activity_executions order by at limit 1")).toEqual([
      { code: "old", failed: true },
    ]);
  });

  test("that somebody has erased here do not come again, those of later do", async () => {
    const [account] = await rows("select id from accounts where username = 'bob'");
    await rows(`insert into audit_entries (action, actor_label, subject_kind, subject_id, outcome, details)
      values ('activity.erase', 'bob', 'account', '${account?.id}', 'done', '{"from":null,"to":null}')`);
    await rows(`delete from activity_executions where account_id = ${account?.id}`);
    await addExecution(20, uuid(7), new Date(Date.now() + 1_000).toISOString(), text("afterwards"));
    expect((await portal("--go")).out).toContain("Came: 0 people, 1 executions.");
    expect(await rows(`select code from activity_executions where account_id = ${account?.id}`)).toEqual([
      { code: "afterwards" },
    ]);
  });
});
