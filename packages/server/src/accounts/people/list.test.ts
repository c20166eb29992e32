import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let boss: TestPerson;
beforeAll(async () => {
  server = await createAccountsServer();
  boss = await server.admin("boss");
  const last = "case when n % 4 = 0 then null else now() - make_interval(days => n) end";
  await server.database.pool.query(`
    insert into accounts (username, username_key, email, full_name, status, last_seen_at, email_verified_at, created_at)
    select 'p' || n, 'p' || n, 'p' || n || '@example.org', case when n % 3 = 0 then 'Same Name' else 'Name ' || n end,
      case when n % 10 = 0 then 'deactivated' when n % 10 = 1 then 'pending' else 'active' end, ${last}, now(),
      now() - interval '1 day' - make_interval(secs => n / 5)
    from generate_series(1, 60) n`);
  await server.database.pool.query(
    "update accounts set deleted_at = now(), status = 'deactivated' where username = 'p7'",
  );
});
afterAll(() => server.close());

interface Listed {
  readonly username: string;
  readonly full_name: string;
  readonly last_seen: string | null;
  readonly created_at: string;
}
const page = async (query: string) => {
  const { status, body } = await server.call("GET", `/api/stoa/v1/people?${query}`, { as: boss });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { items: Listed[]; next_cursor: string | null };
};
async function all(query: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const got: Awaited<ReturnType<typeof page>> = await page(`${query}&limit=7&cursor=${encodeURIComponent(cursor)}`);
    found.push(...got.items);
    cursor = got.next_cursor;
  }
  return found;
}
const names = (rows: readonly Listed[]) => rows.map(({ username }) => username);

describe("the list of people", () => {
  it.each(["name", "created", "seen"])("by %s has everybody once, page after page, both ways", async (sort) => {
    const up = names(await all(`sort=${sort}&order=asc`));
    const down = names(await all(`sort=${sort}&order=desc`));
    expect(new Set(up).size).toBe(60);
    expect(up).toHaveLength(60);
    expect(down).toEqual(up.toReversed());
  });

  it("puts who was here last before who never was", async () => {
    const seen = (await all("sort=seen&order=desc")).map(({ last_seen }) => last_seen);
    const known = seen.filter((at) => at !== null);
    expect(known).toEqual(known.toSorted().toReversed());
    expect(seen.indexOf(null)).toBe(known.length);
  });

  it("finds by parts of names and addresses, in any case, and nothing by wildcards", async () => {
    expect(names(await all("search=P12@EXAMPLE"))).toEqual(["p12"]);
    expect(await all("search=same%20name")).toHaveLength(20);
    expect(await all("search=%25")).toEqual([]);
  });

  it.each([
    ["waiting", "p11"],
    ["deactivated", "p20"],
    ["never", "p4"],
    ["this_week", "p2"],
    ["admins", "boss"],
    ["deleted", "p7"],
  ])("shows of those who are %s %s, and not everybody", async (state, someone) => {
    const found = names(await all(`state=${state}`));
    expect(found).toContain(someone);
    expect(found.length).toBeLessThan(30);
    if (state !== "deleted") expect(found).not.toContain("p7");
  });

  it("refuses another order's cursor, and one that is none", async () => {
    const { next_cursor: cursor } = await page("sort=name&limit=3");
    const odd = Buffer.from(JSON.stringify(["seen", "now()", 1])).toString("base64url");
    for (const query of [`sort=seen&cursor=${cursor}`, `sort=seen&cursor=${odd}`, "cursor=x"]) {
      expect((await server.call("GET", `/api/stoa/v1/people?${query}`, { as: boss })).status).toBe(400);
    }
  });

  it("counts each sort once", async () => {
    const { body } = await server.call("GET", "/api/stoa/v1/people/counts", { as: boss });
    const counts = body as Record<string, number>;
    expect(counts.all).toBe(60);
    const { this_week = 0, earlier = 0, never = 0, pending = 0, deactivated = 0 } = counts;
    expect(this_week + earlier + never + pending + deactivated).toBe(60);
  });

  it("comes as a file that no spreadsheet takes for formulas", async () => {
    await server.database.pool.query("update accounts set full_name = '=1+1' where username = 'p5'");
    const { body, headers } = await server.call("GET", "/api/stoa/v1/people/export?search=p5", { as: boss });
    expect(headers["content-type"]).toContain("text/csv");
    const lines = String(body).trim().split("\r\n");
    expect(lines).toHaveLength(12);
    expect(String(body)).toContain(`"'=1+1"`);
  });

  it("comes as a file of all who are chosen, however many, each once", async () => {
    await server.database.pool.query(`
      insert into accounts (username, username_key, email, full_name, status, created_at)
      select 'many' || n, 'many' || n, 'many' || n || '@example.org', 'Many', 'active', now() - make_interval(secs => n / 7)
      from generate_series(1, 1300) n`);
    const { rows } = await server.database.pool.query<{ id: number; username: string }>(
      "select id, username from accounts where username like 'many%' order by id limit 1200",
    );
    const body = { ids: rows.map(({ id }) => id) };
    const answer = await server.call("POST", "/api/stoa/v1/people/export", { as: boss, body });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, expect.stringContaining("text/csv")]);
    const lines = String(answer.body).trim().split("\r\n").slice(1);
    const got = lines.map((line) => line.split(",")[0]?.replaceAll('"', ""));
    expect(got.toSorted()).toEqual(rows.map(({ username }) => username).toSorted());
    const { rows: entries } = await server.database.pool.query(
      "select details from audit_entries where action = 'people.export' order by id desc limit 1",
    );
    expect(JSON.parse(entries[0].details)).toEqual({ ids: 1_200 });
    expect((await server.call("POST", "/api/stoa/v1/people/export", { as: boss, body: { ids: [] } })).status).toBe(400);
    await server.database.pool.query("delete from accounts where username like 'many%'");
  });

  it("uses the index of parts of names where the database has it", async () => {
    const { rows } = await server.database.pool.query("select 1 from pg_indexes where indexname = 'accounts_search'");
    expect(rows).toHaveLength(1);
  });
});
