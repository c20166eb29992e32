import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandLine } from "./testing/remembering-terminal.ts";

let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
});
afterAll(async () => {
  line.remove();
  await database.drop();
});

/** An account as it is registered, and its id. */
async function makeAccount(username: string): Promise<number> {
  const { rows } = await database.pool.query(
    `insert into accounts (username, username_key, email, full_name, password_hash)
     values ($1, $1, $1 || '@example.org', 'Ada', 'x') returning id`,
    [username],
  );
  return rows[0].id;
}

describe("stoa config print", () => {
  const choose = (name: string, value: string | null) =>
    database.pool.query(
      "insert into live_settings (name, value) values ($1, $2) on conflict (name) do update set value = $2",
      [name, value],
    );

  it("shows what was changed in the portal, that the host wins, and what does not apply", async () => {
    await choose("STOA_GROUP_CREATION", "everyone");
    await choose("STOA_TRASH_RETENTION_DAYS", "a week");
    await choose("STOA_SESSIONS_PER_PERSON", null);
    await choose("STOA_UPLOAD_LIMIT", "2GiB");
    const host = new CommandLine({ DATABASE_URL: database.url, STOA_UPLOAD_LIMIT: "1GiB" });
    const { code, out } = await host.run("config", "print");
    expect(code).toBe(0);
    expect(out).toContain("STOA_GROUP_CREATION=everyone   # portal\n");
    expect(out).toMatch(/^STOA_TRASH_RETENTION_DAYS=\d+ {3}# default; what was chosen in the portal does not apply: /m);
    expect(out).not.toContain("STOA_SESSIONS_PER_PERSON");
    expect(out).toMatch(/^STOA_UPLOAD_LIMIT=1GiB {3}# environment; .*the host wins/m);
    expect(out).not.toContain(database.url);
    const settings = JSON.parse((await host.run("config", "print", "--json")).out).settings as { name: string }[];
    expect(settings).toContainEqual(expect.objectContaining({ name: "STOA_GROUP_CREATION", from: "portal" }));
    expect(settings).toContainEqual(
      expect.objectContaining({ name: "DATABASE_URL", value: "(set)", from: "environment" }),
    );
    host.remove();
    await database.pool.query("delete from live_settings");
  });

  it("says so where the database can't be read, and shows the rest", async () => {
    const away = new CommandLine({ DATABASE_URL: "postgres://stoa:hunter2@127.0.0.1:1/stoa", STOA_PORT: "9000" });
    const { code, out } = await away.run("config", "print");
    expect(code).toBe(0);
    expect(out).toContain("STOA_PORT=9000   # environment");
    expect(out).toMatch(/^# What was changed in the portal is not shown/m);
    expect(out).not.toContain("hunter2");
    expect(JSON.parse((await away.run("config", "print", "--json")).out).portal.unread).toEqual(expect.any(String));
    away.remove();
  });
});

describe("stoa admin create-person", () => {
  it("makes an account and prints its link, in the name of the operator at the host", async () => {
    const person = ["admin", "create-person", "hopper", "--email", "hopper@example.org", "--full-name", "Grace Hopper"];
    const { code, out, err } = await line.run(...person, "--language", "fa");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^http:\/\/localhost:8080\/portal\/reset#token=\S{20,}\nGood once, until 20/);
    const { rows } = await database.pool.query(
      `select full_name, locale, is_admin, actor_label from accounts, audit_entries
       where username = 'hopper' and action = 'account.create' and subject_id = accounts.id::text`,
    );
    const operator = expect.stringContaining("operator at the host");
    expect(rows).toEqual([{ full_name: "Grace Hopper", locale: "fa", is_admin: false, actor_label: operator }]);
    const again = await line.run(...person);
    expect([again.code, again.err]).toEqual([3, expect.stringContaining("already taken")]);
  });
});

describe("stoa admin reset-password", () => {
  it("prints a link that can be used, and leaves an audit entry", async () => {
    const id = await makeAccount("ada");
    const { code, out, err } = await line.run("admin", "reset-password", "ada");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^http:\/\/localhost:8080\/portal\/reset#token=\S{20,}\nGood once, until 20/);
    const { rows } = await database.pool.query("select action, actor_label from audit_entries where subject_id = $1", [
      String(id),
    ]);
    expect(rows).toEqual([
      { action: "account.reset-link", actor_label: expect.stringContaining("operator at the host") },
    ]);
  });

  it("ends in 3 for somebody who isn't there", async () => {
    const { code, err } = await line.run("admin", "reset-password", "nobody");
    expect([code, err]).toEqual([3, expect.stringContaining("no active account nobody")]);
    const { out } = await line.run("admin", "reset-password", "nobody", "--json");
    expect(JSON.parse(out).error.message).toContain("nobody");
  });
});

describe("stoa admin reset-second-factor", () => {
  it("takes it off, ends what is open, and leaves an audit entry", async () => {
    const id = await makeAccount("lost");
    await database.pool.query("update accounts set second_factor_at = now() where id = $1", [id]);
    await database.pool.query("insert into second_factors values ($1, 'sealed', now(), now(), 0)", [id]);
    expect(await line.run("admin", "reset-second-factor", "lost")).toMatchObject({ code: 0, err: "" });
    const { rows } = await database.pool.query(
      `select a.second_factor_at, a.token_epoch, (select count(*)::int from second_factors f where f.account_id = a.id) as factors,
        (select actor_label from audit_entries where action = 'account.second-factor-reset') as actor
       from accounts a where id = $1`,
      [id],
    );
    const actor = expect.stringContaining("operator at the host");
    expect(rows).toEqual([{ second_factor_at: null, token_epoch: 2, factors: 0, actor }]);
    const again = await line.run("admin", "reset-second-factor", "lost");
    expect(again.code).not.toBe(0);
    expect(again.err).toContain("no second factor");
    expect((await line.run("admin", "reset-second-factor", "nobody")).code).toBe(3);
  });
});

describe("stoa audit verify", () => {
  it("says that the log is whole, and finds heads of the log that don't fit", async () => {
    expect(await line.run("audit", "verify")).toMatchObject({ code: 0, out: expect.stringContaining("Head: ") });
    const head = { auditHead: { seq: 7, hash: "00".repeat(32) } };
    writeFileSync(line.path("server.log"), `no json\n{"level":30}\n${JSON.stringify(head)}\n`);
    const { code, err } = await line.run("audit", "verify", "--log", "server.log");
    expect([code, err]).toEqual([1, expect.stringContaining("not as it was written")]);
  });

  it("ends in 3 when the log can't be read", async () => {
    expect((await line.run("audit", "verify", "--log", "none.log")).code).toBe(3);
  });
});

describe("stoa doctor", () => {
  it("looks at configuration, database and key, and finds what is wrong", async () => {
    const { code, out } = await line.run("doctor", "--json");
    const { checks } = JSON.parse(out) as { checks: { name: string; state: string }[] };
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ configuration: "ok", database: "ok", migrations: "ok", "secret key": "ok" });
    // The tests' server gives up safety for speed, which is the one fault.
    expect(checks.filter((check) => check.state === "fail").map((check) => check.name)).toEqual(["durability"]);
    expect(code).toBe(1);
  });

  it("ends in 1 when the database can't be reached, with the fix", async () => {
    const away = new CommandLine({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
    const { code, out } = await away.run("doctor");
    away.remove();
    expect([code, out]).toEqual([1, expect.stringMatching(/FAIL +database .*→ /s)]);
  });

  it("sets up no database where none is yet", async () => {
    const fresh = new CommandLine();
    const { code, out } = await fresh.run("doctor");
    expect([code, out]).toEqual([0, expect.stringMatching(/database +none yet/)]);
    expect(out.split("\n")[0]).toMatch(/^warn +data directory +\/.*data is not there/);
    expect(out).toMatch(/same STOA_\* settings/);
    expect(out).not.toContain("All is well");
    expect(existsSync(fresh.path("data"))).toBe(false);
    fresh.remove();
  });
});

describe("stoa secret rotate", () => {
  it("puts another key in place, which fits the database", async () => {
    const file = line.path("data/keys/secret.key");
    const before = readFileSync(file, "utf8");
    expect(await line.run("secret", "rotate")).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).not.toBe(before);
    const { out } = await line.run("doctor");
    expect(out).toMatch(/ok +secret key/);
    expect(out.split("\n")[0]).toMatch(/^ok +data directory +\/.*data$/);
  });
});

describe("stoa backup and restore", () => {
  it("brings everything back: rows, files and key", async () => {
    await makeAccount("grace");
    mkdirSync(line.path("data/workspaces/1/1"), { recursive: true });
    writeFileSync(line.path("data/workspaces/1/1/result.txt"), "42");
    const made = await line.run("backup", "all.stoa");
    expect(made, made.err).toMatchObject({
      code: 0,
      out: expect.stringMatching(/rows of \d+ tables.*holds the secret key/s),
    });
    expect(await line.run("restore", "--check", "all.stoa")).toMatchObject({
      code: 0,
      out: expect.stringContaining("is whole"),
    });

    const empty = await createTestDatabase({ migrated: false });
    const other = new CommandLine({ DATABASE_URL: empty.url });
    const restored = await other.run("restore", line.path("all.stoa"));
    expect(restored, restored.err).toMatchObject({ code: 0, out: expect.stringContaining("Everyone signs in again") });
    const { rows } = await empty.pool.query("select username from accounts where username = 'grace'");
    expect(rows).toHaveLength(1);
    expect(readFileSync(other.path("data/workspaces/1/1/result.txt"), "utf8")).toBe("42");
    expect((await other.run("doctor")).out).toMatch(/ok +secret key/);

    expect(await other.run("restore", line.path("all.stoa"))).toMatchObject({
      code: 3,
      err: expect.stringContaining("not empty"),
    });
    expect((await other.run("restore", "--replace", line.path("all.stoa"))).err).toContain("--yes");
    other.answer = false;
    expect((await other.run("restore", "--replace", line.path("all.stoa"))).code).toBe(3);
    other.answer = true;
    expect((await other.run("restore", "--replace", line.path("all.stoa"))).code).toBe(0);
    other.remove();
    await empty.drop();
  });

  it("refuses to overwrite a file, and a database that was never set up", async () => {
    writeFileSync(line.path("there.stoa"), "");
    expect(await line.run("backup", "there.stoa")).toMatchObject({ code: 3, err: expect.stringContaining("already") });
    const empty = await createTestDatabase({ migrated: false });
    const fresh = new CommandLine({ DATABASE_URL: empty.url });
    expect(await fresh.run("backup", "x.stoa")).toMatchObject({ code: 3, err: expect.stringContaining("is empty") });
    fresh.remove();
    await empty.drop();
  });
});
