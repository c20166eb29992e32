import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { digestOf, newToken } from "@stoa/server/accounts/secret-format.ts";
import { createStoa, type Stoa } from "@stoa/server/app.ts";
import { loadConfig } from "@stoa/server/config/load.ts";
import { removeAccountsOf } from "@stoa/server/platform/processes/testing-broker.ts";
import { createLog } from "@stoa/server/platform/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOldService, OLD_PASSWORD, type OldService, TOKENS } from "../testing/old-service.ts";
import { CommandLine, type Ran } from "../testing/remembering-terminal.ts";

const GRACE = "grace.hopper";

/** Stoa with one account of its own, beside an old service. */
class World {
  readonly old: OldService;
  readonly database: TestDatabase;
  readonly line: CommandLine;

  private constructor(old: OldService, database: TestDatabase) {
    this.old = old;
    this.database = database;
    this.line = new CommandLine({ DATABASE_URL: database.url });
    // As root each person's own account comes through to their files.
    chmodSync(this.line.directory, 0o711);
    mkdirSync(this.line.path("data"), { recursive: true });
  }

  static async open(kind: "postgres" | "sqlite"): Promise<World> {
    const world = new World(await createOldService(kind), await createTestDatabase());
    await world.database.pool.query(
      "insert into accounts (username, username_key, email, full_name) values ('bob', 'bob', 'bob@here.example.org', 'Bob')",
    );
    return world;
  }

  import(...more: string[]): Promise<Ran> {
    return this.line.run("import", "uws", "--database", this.old.database, "--root", this.old.root, ...more);
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.database.pool.query(sql)).rows;
  }

  /** Everything that an import writes, to compare. */
  contents(): Promise<Record<string, unknown>[]> {
    return this.rows(`select (select count(*)::int from accounts) as accounts, (select count(*)::int from jobs) as jobs,
      (select count(*)::int from workspaces) as workspaces, (select count(*)::int from workspace_shares) as shares,
      (select count(*)::int from uws_tokens) as tokens, (select count(*)::int from audit_entries) as audited,
      (select count(*)::int from imported_things) as things`);
  }

  async close(): Promise<void> {
    await removeAccountsOf(this.line.path("data"));
    this.line.remove();
    await this.database.drop();
    await this.old.remove();
  }
}

describe.each(["sqlite", "postgres"] as const)("an old service on %s", (kind) => {
  let world: World;
  let stoa: Stoa;
  beforeAll(async () => {
    world = await World.open(kind);
  });
  afterAll(async () => {
    await stoa?.app.close();
    await world.close();
  });

  test("is told what would come, and nothing is changed", async () => {
    const before = await world.contents();
    const { code, out, err } = await world.import();
    expect(err).not.toMatch(/error/i);
    expect(code).toBe(1);
    expect(out).toContain("bob (4): stays behind: the user name bob belongs to the account bob here.");
    expect(out).toContain(`becomes ${GRACE}; has no e-mail address`);
    expect(out).toContain(
      "admin (1): the number 1 is taken here: gets another; was an administrator there, is none here",
    );
    expect(out).toContain("1 links stay behind");
    expect(out).toContain("its folder ada_ext/16 is not there. With --empty-where-missing");
    expect(out).toContain('its folder is given as "../outside", which is none');
    expect(out).toContain("1 have not ended there");
    expect(out).toContain("Quotas of 1 people");
    expect(out).toContain("Nothing was changed.");
    expect(await world.contents()).toEqual(before);
  });

  test("says the same as JSON, without a secret", async () => {
    const { out } = await world.import("--json", "--keep-tokens");
    const { plan, done } = JSON.parse(out);
    expect(done).toBeNull();
    expect(plan.people.map(({ fate }: { fate: string }) => fate)).toEqual(["take", "take", "take", "refuse", "take"]);
    expect(plan.people.map((one: { keeps_token: boolean }) => one.keeps_token)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(plan.workspaces[0]).toMatchObject({ old_id: 11, id: 11, files: 3, left_out: { links: 1 } });
    expect(plan.jobs).toEqual({ take: 4, here: 0, running: 1, refused: { "the workspace does not come": 1 } });
    expect(out).not.toMatch(/pbkdf2|aaaaaaa|0123456789abcdef/);
  });

  test("comes with its numbers", async () => {
    const { code, out, err } = await world.import("--keep-tokens", "--go");
    expect(out, err).toContain("Came: 4 people, 3 workspaces, 2 shares, 4 jobs.");
    expect(code).toBe(1);
    const people = await world.rows(
      "select id, username, email, is_admin from accounts where username <> 'bob' order by 2",
    );
    expect(people).toEqual([
      { id: 2, username: "ada", email: "ada@old.example.org", is_admin: false },
      { id: 10_006, username: "admin", email: "admin@old.example.org", is_admin: false },
      { id: 3, username: GRACE, email: "user-3.uws@imported.invalid", is_admin: false },
      { id: 5, username: "portal", email: "portal@old.example.org", is_admin: false },
    ]);
    expect(await world.rows("select id from workspaces where deleted_at is null order by 1")).toEqual(ids(11, 12, 13));
    expect(await world.rows("select id from jobs order by 1")).toEqual(ids(101, 102, 103, 104));
    const next =
      "select nextval(pg_get_serial_sequence('workspaces', 'id')) as w, nextval(pg_get_serial_sequence('jobs', 'id')) as j";
    const [{ w, j }] = (await world.rows(next)) as [{ w: number; j: number }];
    expect([w > 17, j > 105]).toEqual([true, true]);
  });

  test("comes with all files, and no link that leads out", () => {
    const at = (...path: string[]) => world.line.path("data/workspaces/2/11", ...path);
    expect(readFileSync(at("data/deep/table.csv"), "utf8")).toBe("1,2,3\n");
    expect(readFileSync(at(".config/settings.json"), "utf8")).toBe("{}");
    expect(readlinkSync(at("inside"))).toBe("notes.txt");
    expect(lstatSync(at("outside"), { throwIfNoEntry: false })).toBeUndefined();
    expect(readFileSync(`${world.old.root}/ada_ext/11/notes.txt`, "utf8")).toBe("the old notes");
  });

  test("changes nothing the second time, and brings what is new", async () => {
    const before = await world.contents();
    expect((await world.import("--keep-tokens", "--go")).out).toContain(
      "Came: 0 people, 0 workspaces, 0 shares, 0 jobs.",
    );
    expect(await world.contents()).toEqual(before);
    await world.rows("delete from uws_tokens where account_id = 3");
    mkdirSync(`${world.old.root}/ada_ext/16`);
    writeFileSync(`${world.old.root}/ada_ext/16/late.txt`, "late");
    const { out } = await world.import("--keep-tokens", "--link", "bob=bob", "--go");
    expect(out).toContain("Came: 1 people, 2 workspaces, 0 shares, 1 jobs.");
    expect(await world.rows("select id, owner_id from workspaces where id in (14, 16) order by 1")).toEqual([
      { id: 14, owner_id: 1 },
      { id: 16, owner_id: 2 },
    ]);
    expect(await world.rows("select id from jobs where id = 105")).toHaveLength(1);
    // What was ended here does not come back.
    expect(await world.rows("select count(*)::int as count from uws_tokens")).toEqual([{ count: 1 }]);
  });

  test("lets the operator's service get tokens for those who came, by the names it knows", async () => {
    const token = await makeService(world, "gate");
    expect((await world.import("--client", "nobody")).err).toContain("no active service account nobody");
    expect((await world.import("--client", "gate", "--go")).out).toContain("Came: 0 people");
    const linked = await world.rows("select username from accounts where brought_by is not null order by 1");
    expect(linked).toEqual([{ username: "ada" }, { username: "admin" }, { username: GRACE }]);
    stoa = await startStoa(world);
    const user_info = { username: "Grace.Hopper@navy.example", email: "new@navy.example" };
    const payload = { client_token: token, user_info };
    const headers = { host: "localhost:8080" };
    const answer = await stoa.app.inject({ method: "POST", url: "/tokens/", headers, payload });
    expect(answer.json()).toMatchObject({ success: true, message: "Successful authentication." });
    const users = (await caller(stoa, answer.json().token)("GET", "/workspaces/")).body.data.workspaces;
    expect(users.map(({ id }: { id: number }) => id)).toEqual([12]);
  });

  test("serves the old client as before", async () => {
    const call = caller(stoa, TOKENS.ada);
    const all = (await call("GET", "/workspaces/")).body;
    expect(all).toMatchObject({ message: "Successful.", success: true });
    expect(all.data.workspaces.map(({ id }: { id: number }) => id)).toEqual([11, 16]);
    expect((await call("GET", "/workspaces/11/")).body.data.workspaces[0]).toMatchObject({
      name: "Thesis",
      description: "from long ago",
      default_job_type: "jupyter_lab",
      status: "idle",
      datetime_created: "2022-01-02T03:04:05.678Z",
      datetime_last_modified: "2022-02-02T03:04:05.000Z",
      workspace_details: { request_workspace_details: { symlinks: [{ name: "s", source_path: "/data/s" }] } },
    });
    const { jobs } = (await call("GET", "/jobs/")).body.data;
    expect(jobs.map((job: { id: number; status: string }) => [job.id, job.status])).toEqual([
      [101, "complete"],
      [102, "failed"],
      [103, "complete"],
      [104, "complete"],
      [105, "complete"],
    ]);
    expect(jobs[0]).toMatchObject({
      workspace_id: 11,
      resource_job_id: 7101,
      core_hours: "1.25000",
      datetime_start: "2022-03-01T10:01:00.000Z",
      job_details: { metrics: { time_pending: 60, time_init: 12.5 }, request_job_details: { a: 1 } },
    });
    const body = { name: "New here", description: "", workspace_details: { files: [{ name: "a", content: "b" }] } };
    const made = await call("POST", "/workspaces/", body);
    expect(made.body.data.workspace.id).toBeGreaterThan(10_017);
    expect((await call("PUT", "/workspaces/11/", { description: "changed" })).body.message).toBe("Update successful.");
    expect((await call("DELETE", "/workspaces/16/")).body.message).toBe("Workspace 16 queued for deletion.");
    expect((await caller(stoa, TOKENS.grace)("GET", "/workspaces/")).status).toBe(401);
    expect((await caller(stoa, TOKENS.portal)("GET", "/workspaces/")).status).toBe(401);
  });

  test("has the shares, answered and not", async () => {
    const shares = (await caller(stoa, TOKENS.ada)("GET", "/shared_workspaces/")).body.data;
    expect(shares.original_workspaces).toHaveLength(2);
    expect(shares.original_workspaces[0]).toMatchObject({
      is_accepted: true,
      last_job_type: "jupyter_lab",
      datetime_share_created: "2022-05-01T00:00:00.000Z",
      shared_workspace_id: { id: 12, user_id: { username: GRACE } },
    });
    expect(shares.original_workspaces[1]).toMatchObject({ is_accepted: false, shared_workspace_id: { id: 13 } });
  });

  test("lets people in by their old password", async () => {
    const payload = { username: "ada", password: OLD_PASSWORD };
    const answer = await stoa.app.inject({
      method: "POST",
      url: "/tokens/",
      headers: { host: "localhost:8080" },
      payload,
    });
    expect(answer.json()).toMatchObject({ success: true, message: "Successful authentication." });
  });
});

/** A service account in `api_clients`, and its client token. */
async function makeService(world: World, name: string): Promise<string> {
  const token = newToken("zcli_");
  await world.rows(`with made as (
      insert into accounts (username, username_key, email, full_name, kind)
      values ('${name}', '${name}', '${name}@services.example', 'A service', 'service') returning id),
    member as (insert into group_members (group_id, account_id)
      select g.id, made.id from groups g, made where g.built_in and g.name_key = 'api_clients')
    insert into client_tokens (key_id, account_id, label, secret_hash, expires_at)
    select 'test', id, 'test', '\\x${digestOf(token).toString("hex")}', now() + interval '1 day' from made`);
  return token;
}

function ids(...list: number[]): { id: number }[] {
  return list.map((id) => ({ id }));
}

/** Built, not started: calls only. */
async function startStoa(world: World): Promise<Stoa> {
  const env = { HOME: "/nonexistent", DATABASE_URL: world.database.url, STOA_DATA_DIR: world.line.path("data") };
  const config = loadConfig(env, "/nonexistent");
  const { db, url } = world.database;
  return createStoa({ config, database: { db, directConnectionString: url }, log: createLog({ logLevel: "silent" }) });
}

function caller(stoa: Stoa, token: string) {
  return async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) => {
    const answer = await stoa.app.inject({
      method,
      url,
      headers: { host: "localhost:8080", "uws-authorization": `Token ${token}` },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
}
