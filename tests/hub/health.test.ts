import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { remedyFor } from "../../packages/server/src/hub/health/remedies.ts";
import { launchRemedy } from "../../packages/server/src/hub/launch/launch-remedies.ts";
import { type HubScene, PASSWORD, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s", JUPYTERHUB_LAUNCH_TIMEOUT: "30s" });
});
afterAll(() => scene.close());
const ALL = ["servers", "admin:users", "tokens", "read:users", "list:users", "access:servers"];
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.spawn = () => ({ readyMs: 20 });
  for (const scope of ALL) scene.hub.scopes.add(scope);
});

const base = "/api/stoa/v1/admin/hub";
const unique = (): string => `health${++number}`;
const rows = async (text: string, values: unknown[] = []) => (await scene.database.pool.query(text, values)).rows;
const health = async (language = "en") =>
  (await call(scene.stoa, "GET", `${base}/health`, { as: scene.admin, headers: { "accept-language": language } })).json;
/** A look is good for some seconds. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads answers loosely
const soon = <T>(wanted: (found: any) => T | false, what: string) =>
  until(async () => wanted(await health()), what, 20_000);
const asAdmin = (path: string, body: object) => call(scene.stoa, "POST", `${base}${path}`, { as: scene.admin, body });
const mine = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
const notices = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/notices", { as })).json.items;

async function running() {
  const name = unique();
  const as = await scene.person(name);
  await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as, body: {} });
  // The poller may see the server before its launch is noted.
  await until(async () => (await mine(as)).servers[0]?.launch?.state === "ready", "it is ready");
  return { name, as };
}

describe("health", () => {
  it("tells of a hub that is well, of Stoa's token there, and that all functions are on", async () => {
    const found = await health();
    expect(found).toMatchObject({
      ...{ configured: true, reachable: true, version: "5.0.0", problem: null, breaker: "closed" },
      token: { kind: "service", name: "stoa" },
    });
    expect(found.functions.length).toBeGreaterThan(8);
    expect(found.functions.filter(({ on }: { on: boolean }) => !on)).toEqual([]);
    expect((await health("fa")).functions[0].what).toMatch(/[آ-ی]/);
  });

  it("names the functions that are off, and the scope that each lacks", async () => {
    scene.hub.scopes.delete("tokens");
    scene.hub.scopes.delete("servers");
    scene.hub.scopes.delete("admin:servers");
    const off = await soon((found) => {
      const missing = found.functions.filter(({ on }: { on: boolean }) => !on);
      return missing.length > 0 && missing;
    }, "some are off");
    scene.hub.scopes.add("admin:servers");
    const byId = Object.fromEntries(off.map(({ id, missing }: { id: string; missing: string[] }) => [id, missing]));
    expect(byId).toMatchObject({
      make_tokens: ["tokens"],
      start_servers: ["servers"],
      stop_servers: ["servers"],
    });
    expect(byId).not.toHaveProperty("make_users");
  }, 30_000);

  it.each([
    [
      "that refuses the token",
      "token_refused",
      (url: string) => !url.endsWith("/api/"),
      403,
      '{"status":403,"message":"no"}',
    ],
    ["that is none", "not_a_hub", () => true, 200, "<h1>Welcome to nginx</h1>"],
    ["that is too old", "too_old", () => true, 200, '{"version": "2.3.1"}'],
    ["behind a gateway without it", "unreachable", () => true, 502, "<h1>Bad gateway</h1>"],
  ] as const)(
    "tells of a hub %s",
    async (_what, code, isMeant, status, body) => {
      scene.hub.intercept = (request, response) => {
        if (!isMeant(request.url ?? "")) return false;
        response.writeHead(status, { "content-type": "application/json" }).end(body);
        return true;
      };
      const { problem } = await soon((found) => found.problem?.code === code && found, code);
      expect(problem).toMatchObject({ said: expect.stringMatching(/./), address: scene.hub.apiUrl });
      expect(problem.fix).toBe(remedyFor(code, "en"));
      expect((await health("fa")).problem.fix).toMatch(/[آ-ی]/);
      scene.hub.intercept = () => false;
      await soon((found) => found.problem === null, "it is well again");
    },
    60_000,
  );

  it("tells that nothing listens there, also while it is left alone for having failed so often", async () => {
    await soon((found) => found.problem === null, "it is well");
    await scene.hub.goDown();
    try {
      await soon((found) => found.problem?.code === "refused" && found, "nothing listens");
      const { problem } = await soon((found) => found.breaker === "open" && found, "it is left alone");
      expect(problem).toMatchObject({ code: "refused", fix: remedyFor("refused", "en") });
      expect(Object.keys(problem).sort()).toEqual(["address", "code", "fix", "said"]);
    } finally {
      await scene.hub.comeUp();
    }
  }, 90_000);

  it("is well again when it is", async () => {
    await soon((found) => found.problem === null && found.reachable, "it is well again");
  }, 30_000);

  it("counts calls and launches by what they came to, and forgets neither of two servers'", async () => {
    scene.hub.spawn = () => ({ failsMs: 0, says: "it just broke" });
    const as = await scene.person(unique());
    await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as, body: {} });
    await until(async () => (await mine(as)).servers[0]?.launch?.state === "failed", "it fails");
    scene.hub.spawn = () => ({ readyMs: 20 });
    await running();
    const { calls, launches, failures, failed_launches, curve } = await health();
    expect(curve).toHaveLength(48);
    const sum = (of: string) => curve.reduce((all: number, point: Record<string, number>) => all + (point[of] ?? 0), 0);
    expect(sum("launches")).toBe(sum("launches_ok") + 1);
    expect(sum("calls")).toBe(calls.day.calls);
    expect(curve[0]).toMatchObject({ calls: 0, mean_ms: null });
    for (const figures of [calls.hour, calls.day]) {
      const start = figures.by_call.find(({ call: name }: { call: string }) => name === "startServer");
      expect(start).toMatchObject({ calls: expect.any(Number), mean_ms: expect.any(Number), retries: 0 });
      expect(start.fine).toBeLessThan(start.calls);
      expect(start.success_rate).toBeLessThan(100);
      expect(start.slowest_ms).toBeGreaterThanOrEqual(start.mean_ms);
      expect(figures.by_call.some(({ call: name }: { call: string }) => name === "launch")).toBe(false);
    }
    const outcomes = Object.fromEntries(
      launches.hour.by_outcome.map((each: { outcome: string; launches: number }) => [each.outcome, each.launches]),
    );
    expect(outcomes).toMatchObject({ ok: expect.any(Number), spawn_failed: 1 });
    expect(launches.hour.success_rate).toBeCloseTo((100 * outcomes.ok) / (outcomes.ok + 1), 0);
    expect(failures).toContainEqual(expect.objectContaining({ call: "startServer", said: "it just broke" }));
    expect(failed_launches[0]).toMatchObject({
      cause: "spawn_failed",
      said: "it just broke",
      message: expect.any(String),
      fix: launchRemedy("spawn_failed", "en"),
    });
    expect((await health("fa")).failed_launches[0].fix).toBe(launchRemedy("spawn_failed", "fa"));
  });

  it("thins figures of more than a week, and failures of more than a month", async () => {
    const { thin } = await import("../../packages/server/src/hub/health/thin.ts");
    const { widenDb } = {
      widenDb: scene.stoa.platform.db.withTables<import("../../packages/server/src/hub/tables.ts").HubTables>(),
    };
    await rows(
      `insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
       select now() - make_interval(days => d), 'old', 'ok', 1, 0, 1, 1 from unnest(array[1, 7, 9, 400]) d`,
    );
    await rows(
      "insert into hub_failures (at, call, cause, said) select now() - make_interval(days => d), 'old', 'x', '' from unnest(array[1, 29, 31]) d",
    );
    expect(await thin(widenDb)).toBe(3);
    expect(await rows("select count(*)::int as n from hub_calls where call = 'old'")).toEqual([{ n: 2 }]);
    expect(await rows("select count(*)::int as n from hub_failures where call = 'old'")).toEqual([{ n: 2 }]);
    expect(await thin(widenDb)).toBe(0);
  });

  it("forgets named servers that ended long ago, with a bound; no other row of a server", async () => {
    const { thinServers } = await import("../../packages/server/src/hub/servers/thin-servers.ts");
    const db = scene.stoa.platform.db.withTables<import("../../packages/server/src/hub/tables.ts").HubTables>();
    const name = unique();
    await scene.person(name);
    const id = await scene.stoa.accounts.named(name);
    await until(
      async () => (await rows("select from hub_users where name = $1 and state = 'ours'", [name]))[0],
      "made",
    );
    const servers = [
      ["", "stopped", null, 400],
      ["old", "stopped", null, 31],
      ["older", "stopped", null, 400],
      ["young", "stopped", null, 29],
      ["never-seen-to-end", "stopped", null, null],
      ["wished", "stopped", "admin", 400],
      ["launched", "stopped", null, 400],
      ["runs", "ready", null, 400],
    ];
    for (const server of servers) {
      await rows(
        `insert into hub_servers (user_name, server, state, stop_wanted, changed_at, stopped_at)
         values ($1, $2, $3, $4, now() - make_interval(days => coalesce($5, 400)), now() - make_interval(days => $5))`,
        [name, ...server],
      );
    }
    await rows(
      `insert into hub_launches (account_id, server, operation_id, state) values ($1, 'launched', gen_random_uuid(), 'failed')`,
      [id],
    );
    const left = async () =>
      (await rows("select server from hub_servers where user_name = $1 order by server", [name])).map(
        (row) => row.server,
      );
    expect(await thinServers(db, 2)).toBe(2);
    expect(await thinServers(db, 2)).toBe(1);
    expect(await thinServers(db, 2)).toBe(0);
    expect(await left()).toEqual(["", "launched", "runs", "wished", "young"]);
  });

  it("stands in the metrics, call by call", async () => {
    const text = await scene.stoa.platform.metrics.metrics();
    expect(text).toMatch(/stoa_hub_calls_total\{call="startServer",outcome="ok"\} \d/);
    expect(text).toMatch(/stoa_hub_call_duration_seconds_count\{call="user"\} \d/);
  });
});

describe("everybody's servers", () => {
  it("are listed by state and person, in pages", async () => {
    const [ada, bob] = [await running(), await running()];
    const list = async (query: string) =>
      (await call(scene.stoa, "GET", `${base}/servers?${query}`, { as: scene.admin })).json;
    const found = await list(`person=${ada.name}&state=ready`);
    expect(found.items).toMatchObject([
      { user: ada.name, server: "", state: "ready", account: { username: ada.name } },
    ]);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: { items: { user: string }[]; next_cursor: string | null } = await list(
        `state=live&limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ user }) => user));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(expect.arrayContaining([ada.name, bob.name]));
    expect(new Set(seen).size).toBe(seen.length);
    expect((await list("person=nobody-at-all")).items).toEqual([]);
  });

  it("are stopped by an administrator; the owner is told by whom and why", async () => {
    const { name, as } = await running();
    expect((await asAdmin("/servers/stop", { user: name, reason: "The machine is needed" })).status).toBe(202);
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is gone");
    const server = await until(async () => {
      const [first] = (await mine(as)).servers;
      return first.state === "stopped" && first;
    }, "it is noted");
    expect(server.stopped_because).toBe("admin");
    expect((await notices(as))[0]).toMatchObject({
      kind: "hub.stopped",
      values: { person: "admin", why: "only", reason: "The machine is needed" },
    });
    const [entry] = await rows("select details from audit_entries where action = 'hub.stop' and subject_id = $1", [
      name,
    ]);
    expect(JSON.parse(entry.details)).toMatchObject({ reason: "The machine is needed" });
    expect(await asAdmin("/servers/stop", { user: name })).toMatchObject({ status: 404 });
    expect(await asAdmin("/servers/stop", { user: "no/such" })).toMatchObject({ status: 400 });
  });

  describe("opened as their owner", () => {
    const open = (user: string, more: object = {}) =>
      asAdmin("/servers/open", { user, reason: "They asked for help", current_password: PASSWORD, ...more });

    it("after the password once more, with a token of that server only; the owner is told", async () => {
      const { name, as } = await running();
      const answer = await open(name);
      expect(answer).toMatchObject({
        status: 200,
        json: { url: expect.stringMatching(new RegExp(`/user/${name}/lab\\?token=`)) },
      });
      expect(answer.headers["cache-control"]).toBe("no-store");
      const token = [...(scene.hub.users.get(name)?.tokens.values() ?? [])].at(-1);
      expect(token?.scopes).toEqual([`access:servers!server=${name}/`]);
      expect((await notices(as))[0]).toMatchObject({
        kind: "hub.opened",
        values: { person: "admin", reason: "They asked for help" },
      });
      expect(
        await rows("select actor_label from audit_entries where action = 'hub.open_as' and subject_id = $1", [name]),
      ).toEqual([{ actor_label: "admin" }]);
    });

    it.each([
      ["a wrong password", { current_password: "something else" }, 422],
      ["no password", { current_password: undefined }, 422],
      ["a reason that turns the line around", { reason: "abc\u202edef" }, 422],
      ["no reason", { reason: "" }, 400],
    ])("is refused with %s, and nobody is told", async (_what, more, status) => {
      const { name, as } = await running();
      const before = scene.hub.users.get(name)?.tokens.size;
      const answer = await open(name, more);
      expect([answer.status, answer.json.code]).toEqual([status, expect.any(String)]);
      expect(scene.hub.users.get(name)?.tokens.size).toBe(before);
      expect((await notices(as)).filter(({ kind }: { kind: string }) => kind === "hub.opened")).toEqual([]);
    });

    it("not another administrator's, and not nobody's", async () => {
      const { name } = await running();
      await rows("update accounts set is_admin = true where username = $1", [name]);
      expect(await open(name)).toMatchObject({ status: 409, json: { details: { reason: "server_of_admin" } } });
      scene.hub.addUser("nobodys");
      await rows("insert into hub_servers (user_name, server, state) values ('nobodys', '', 'ready')");
      expect(await open("nobodys")).toMatchObject({ status: 409, json: { details: { reason: "nobodys_server" } } });
    });
  });
});
