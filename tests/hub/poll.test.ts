import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openHubClient } from "../../packages/server/src/hub/client/open-client.ts";
import type { HubContext } from "../../packages/server/src/hub/context.ts";
import type { Clock } from "../../packages/server/src/hub/servers/call-budget.ts";
import { observeServer, timeOfDatabase } from "../../packages/server/src/hub/servers/observe.ts";
import { createRounds, MOST_CALLS } from "../../packages/server/src/hub/servers/poller.ts";
import type { HubTables } from "../../packages/server/src/hub/tables.ts";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";

let scene: HubScene;
let context: Parameters<typeof createRounds>[0];
beforeAll(async () => {
  // A server that knows of no hub: rounds are made by the tests alone.
  scene = await startHubScene({ JUPYTERHUB_API_URL: "", JUPYTERHUB_API_TOKEN: "" });
  const { platform } = scene.stoa;
  const { apiUrl, token: apiToken } = scene.hub;
  const config = { ...platform.config, hub: { ...platform.config.hub, apiUrl, apiToken, attempts: 1 } };
  const client = openHubClient({ ...platform, config }, () => undefined) as NonNullable<HubContext["client"]>;
  const needs = { people: scene.stoa.accounts, statsOf: async () => ({}) as never, roomOf: () => null };
  context = { platform, db: platform.db.withTables<HubTables>(), client, ...needs };
});
afterAll(async () => {
  await context?.client.close();
  await scene?.close();
});
beforeEach(() => scene.hub.users.clear());
afterEach(async () => {
  Object.assign(scene.hub, { intercept: () => false, filters: true, pages: true, skewMs: 0 });
  for (const scope of ["servers", "admin:servers", "list:users"]) scene.hub.scopes.add(scope);
  for (const table of ["hub_servers", "hub_seen_users", "hub_users"] as const) {
    await context.db.deleteFrom(table).execute();
  }
  await context.db.deleteFrom("leases" as never).execute();
});

/** Time that passes when somebody waits, and only then. */
function fastClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += ms;
    },
  };
  return clock;
}

function poller(clock = fastClock()) {
  const looks: number[] = [];
  const rounds = createRounds(context, async (aheadMs) => void looks.push(aheadMs), clock);
  const { signal } = new AbortController();
  return {
    clock,
    looks,
    async round() {
      await rounds.run(signal);
      clock.at += rounds.waitMs();
    },
  };
}

const rows = () => context.db.selectFrom("hub_servers").selectAll().orderBy("user_name").execute();
const row = async (name: string) => (await rows()).find(({ user_name }) => user_name === name);
const stateOf = async (name: string) => (await row(name))?.state;
/** Changes with every write of a row. */
const versions = async () =>
  (await scene.database.pool.query("select user_name, xmin::text from hub_servers order by 1")).rows;
const seenUsers = async () =>
  (await context.db.selectFrom("hub_seen_users").select("name").orderBy("name").execute()).map(({ name }) => name);

function running(count: number, prefix = "user"): void {
  for (let index = 0; index < count; index++) {
    const name = `${prefix}${String(index).padStart(5, "0")}`;
    scene.hub.addUser(name);
    scene.hub.runs(name);
  }
}

describe("a round", () => {
  it("sees what was started, ended and started again elsewhere, and tells of it", async () => {
    const { round } = poller();
    const told: unknown[] = [];
    const stop = context.platform.events.subscribe({ types: ["hub.server"] }, ({ data }) => void told.push(data.state));
    running(2);
    await round();
    expect(await row("user00000")).toMatchObject({ state: "ready", url: "/user/user00000/" });
    scene.hub.dies("user00000");
    await round();
    expect(await row("user00000")).toMatchObject({ state: "stopped", stopped_because: "gone" });
    scene.hub.runs("user00000");
    await round();
    expect(await row("user00000")).toMatchObject({ state: "ready", stopped_because: null });
    await until(async () => told.length >= 4, "it is told");
    stop();
    expect(told).toEqual(["ready", "ready", "stopped", "ready"]);
  });

  it("sees named servers, and each of them end alone", async () => {
    const { round } = poller();
    running(1);
    scene.hub.runs("user00000", "big");
    await round();
    expect((await rows()).map(({ server, state }) => [server, state])).toEqual([
      ["", "ready"],
      ["big", "ready"],
    ]);
    scene.hub.dies("user00000", "big");
    await round();
    expect((await rows()).map(({ state }) => state).sort()).toEqual(["ready", "stopped"]);
  });

  it("writes nothing where nothing has changed, and activity once a minute at most", async () => {
    const { round } = poller();
    running(3);
    const started = Date.now() - 600_000;
    const server = scene.hub.runs("user00001", "", new Date(started));
    await round();
    const before = await versions();
    server.lastActivity = new Date(started + 30_000).toISOString();
    await round();
    expect(await versions()).toEqual(before);
    server.lastActivity = new Date(started + 61_000).toISOString();
    await round();
    const changed = (await versions()).filter((one, index) => one.xmin !== before[index].xmin);
    expect(changed.map(({ user_name }) => user_name)).toEqual(["user00001"]);
    expect((await row("user00001"))?.last_activity).toEqual(new Date(started + 61_000));
  });

  it("knows a server that was stopped and started between two looks", async () => {
    const { round } = poller();
    running(1);
    await round();
    await context.db.updateTable("hub_servers").set({ warned_at: new Date(), keep_until: new Date() }).execute();
    scene.hub.runs("user00000", "", new Date(Date.now() + 5_000));
    await round();
    expect(await row("user00000")).toMatchObject({ state: "ready", warned_at: null, keep_until: null });
  });

  it("overwrites nothing that was seen after it has asked", async () => {
    const { round } = poller();
    running(1);
    await round();
    scene.hub.intercept = async () => {
      scene.hub.intercept = () => false;
      const asOf = await timeOfDatabase(context.db);
      await observeServer(context, "user00000", "", null, asOf);
      return false;
    };
    await round();
    expect(await stateOf("user00000")).toBe("stopped");
    await round();
    expect(await stateOf("user00000")).toBe("ready");
  });

  it("takes nobody for gone who slipped between two pages", async () => {
    const { round } = poller();
    running(300);
    await round();
    let pages = 0;
    scene.hub.intercept = (request) => {
      // Between the first page and the second one somebody's server ends: user 200 moves to the first page's end.
      if (request.url?.startsWith("/hub/api/users?") && ++pages === 2) scene.hub.dies("user00005");
      return false;
    };
    const before = scene.hub.calls.length;
    await round();
    expect(pages).toBe(2);
    expect(scene.hub.calls.slice(before)).toContain("GET /users/user00200");
    expect(await stateOf("user00200")).toBe("ready");
    await round();
    expect(await stateOf("user00005")).toBe("stopped");
    expect((await rows()).filter(({ state }) => state === "ready")).toHaveLength(299);
  });

  it("believes it of many when they are missing in three lists in a row", async () => {
    const { round } = poller();
    running(60);
    await round();
    for (const name of [...scene.hub.users.keys()].slice(0, 50)) scene.hub.dies(name);
    await round();
    expect((await rows()).filter(({ state }) => state === "stopped")).toHaveLength(10);
    await round();
    await round();
    expect((await rows()).filter(({ state }) => state === "stopped")).toHaveLength(50);
  });

  it("reads a hub that knows neither the filter nor where a page ends", async () => {
    Object.assign(scene.hub, { filters: false, pages: false });
    const { round } = poller();
    running(250);
    for (let index = 0; index < 250; index++) scene.hub.addUser(`quiet${index}`);
    await round();
    expect(await rows()).toHaveLength(250);
    scene.hub.dies("user00249");
    await round();
    expect(await stateOf("user00249")).toBe("stopped");
  });

  it("is made by one server of the cluster", async () => {
    const lease = { name: "hub.poll", holder: "another", until: new Date(Date.now() + 60_000) };
    await context.db
      .insertInto("leases" as never)
      .values(lease as never)
      .execute();
    const before = scene.hub.calls.length;
    await poller().round();
    expect(scene.hub.calls).toHaveLength(before);
  });

  it("tells how far the hub's clock is ahead", async () => {
    scene.hub.skewMs = 3_600_000;
    const { round, looks } = poller();
    await round();
    expect(Math.abs((looks[0] ?? 0) - 3_600_000)).toBeLessThan(2_000);
  });
});

describe("nothing is touched", () => {
  it.each([
    ["that answers 502 to the second page", 502, "<h1>Bad gateway</h1>"],
    ["that answers nonsense to the second page", 200, '{"items": ['],
    ["that answers something else to the second page", 200, '{"hello": 1}'],
    ["that refuses the token at the second page", 403, '{"status": 403, "message": "no"}'],
  ])("by a hub %s", async (_what, status, body) => {
    const { round } = poller();
    running(250);
    await round();
    const before = await versions();
    for (const name of [...scene.hub.users.keys()].slice(100)) scene.hub.dies(name);
    running(150, "new");
    let pages = 0;
    scene.hub.intercept = (request, response) => {
      if (!request.url?.startsWith("/hub/api/users?") || ++pages !== 2) return false;
      response.writeHead(status, { "content-type": "application/json" }).end(body);
      return true;
    };
    await round();
    expect(pages).toBe(2);
    expect(await versions()).toEqual(before);
  });

  it("by a hub that is down", async () => {
    const { round, looks } = poller();
    running(5);
    await round();
    const before = await versions();
    await scene.hub.goDown();
    await round();
    await scene.hub.comeUp();
    expect(await versions()).toEqual(before);
    expect(looks).toHaveLength(1);
  });

  it("where the token may not read servers: not known is not none", async () => {
    const { round } = poller();
    running(3);
    await round();
    const before = await versions();
    for (const scope of ["servers", "admin:servers"]) scene.hub.scopes.delete(scope);
    await round();
    expect(await versions()).toEqual(before);
  });
});

describe("the list of all users", () => {
  it("is kept every ten minutes, with whom it has lost and whose user that was", async () => {
    const accountId = await context.people.named("admin");
    const mine = { account_id: accountId as number, name: "user00001", state: "ours" as const, made_at: new Date(0) };
    await context.db.insertInto("hub_users").values(mine).execute();
    scene.hub.addUser("boss", { admin: true });
    for (const name of ["user00001", "user00002"]) scene.hub.addUser(name);
    const { round, clock } = poller();
    await round();
    expect(await seenUsers()).toEqual(["boss", "user00001", "user00002"]);
    const boss = await context.db.selectFrom("hub_seen_users").selectAll().where("name", "=", "boss").execute();
    expect(boss).toMatchObject([{ is_admin: true }]);
    scene.hub.users.delete("user00001");
    await round();
    expect(await seenUsers()).toContain("user00001");
    clock.at += 600_000;
    await round();
    expect(await seenUsers()).toEqual(["boss", "user00002"]);
    expect((await context.db.selectFrom("hub_users").select("state").executeTakeFirst())?.state).toBe("missing");
  });
});

describe("5,000 users, 500 of them with a server", () => {
  it.each([
    ["a hub that lists who has one", true],
    ["a hub that lists everybody", false],
  ])(
    "are looked at with at most 60 calls in any minute, by %s",
    async (_what, filters) => {
      scene.hub.filters = filters;
      running(500);
      for (let index = 0; index < 4_500; index++) scene.hub.addUser(`quiet${index}`);
      const clock = fastClock();
      const made: number[] = [];
      scene.hub.intercept = () => {
        made.push(clock.at);
        return false;
      };
      const { round, looks } = poller(clock);
      for (let count = 0; clock.at < 13 * 60_000; count++) {
        // Some come and go all the while.
        scene.hub.dies(`user${String(count % 500).padStart(5, "0")}`);
        await round();
        expect((await rows()).filter(({ state }) => state === "ready").length).toBeGreaterThan(0);
      }
      const busiest = made.map((at) => made.filter((other) => other >= at && other < at + 60_000).length);
      expect(Math.max(...busiest)).toBeLessThanOrEqual(MOST_CALLS);
      // Fresh: each is looked at more than once a minute, and more often where the hub can tell who has one.
      expect(looks.length).toBeGreaterThan(filters ? 100 : 18);
      expect(await seenUsers()).toHaveLength(5_000);
    },
    120_000,
  );
});
