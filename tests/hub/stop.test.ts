import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
});
afterAll(() => scene?.close());
afterEach(() => {
  scene.hub.spawn = () => ({ readyMs: 20 });
  scene.hub.intercept = () => false;
});

const post = (as: string, what: string, body: object = {}) =>
  call(scene.stoa, "POST", `/api/stoa/v1/hub/${what}`, { as, body });
const stop = (as: string, body: object = {}) => post(as, "stop", body);
const shown = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json.servers[0];
const stopped = (as: string) =>
  until(async () => {
    const server = await shown(as);
    return server.state === "stopped" && server;
  }, "it is stopped");
const entries = async (name: string): Promise<{ details: string; actor_label: string }[]> =>
  (
    await scene.database.pool.query(
      "select details, actor_label from audit_entries where action = 'hub.stop' and subject_id = $1 order by id",
      [name],
    )
  ).rows;

async function person(): Promise<{ name: string; as: string; id: number }> {
  const name = `stopper${++number}`;
  const as = await scene.person(name);
  return { name, as, id: (await scene.stoa.accounts.named(name)) as number };
}

async function withServer() {
  const one = await person();
  await post(one.as, "launch");
  await until(async () => (await shown(one.as)).state === "ready", "it is ready");
  return one;
}

describe("a person stops their server", () => {
  it("at once, with an entry and the reason; asked again, it is the same", async () => {
    const { as, name } = await withServer();
    const first = await stop(as);
    expect(first.status).toBe(200);
    expect(["stopping", "stopped"]).toContain(first.json.state);
    expect(await stopped(as)).toMatchObject({ stopped_because: "person", stop_wanted: null });
    expect((await stop(as)).json).toMatchObject({ state: "stopped", stopped_because: "person" });
    expect(scene.hub.users.get(name)?.servers.size).toBe(0);
    expect(await entries(name)).toMatchObject([{ actor_label: name }]);
  });

  it("twice at the same time, with one entry", async () => {
    const { as, name } = await withServer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stop(as)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    await stopped(as);
    expect(await entries(name)).toHaveLength(1);
  });

  it("while it starts by a launch: that is cancelled, and nothing stays", async () => {
    scene.hub.spawn = () => ({ readyMs: 600 });
    const { as, name } = await person();
    await post(as, "launch");
    await until(async () => scene.hub.users.get(name)?.servers.has(""), "it starts");
    expect((await stop(as)).status).toBe(200);
    await until(async () => (await shown(as)).launch.state === "cancelled", "the launch is cancelled");
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is gone");
    expect((await stopped(as)).stopped_because).toBe("cancelled");
    expect(await entries(name)).toHaveLength(1);
  });

  it("while it starts by somebody's doing elsewhere: as soon as the hub lets us", async () => {
    const { as, name } = await person();
    await until(async () => scene.hub.users.has(name), "the user is made");
    const server = scene.hub.runs(name);
    server.state = "spawn";
    expect((await stop(as)).json).toMatchObject({ state: "starting", stop_wanted: "person" });
    server.state = "ready";
    expect((await stopped(as)).stopped_because).toBe("person");
  });

  it("while the hub is down: as soon as it is back", async () => {
    const { as } = await withServer();
    await scene.hub.goDown();
    expect((await stop(as)).json).toMatchObject({ state: "ready", stop_wanted: "person" });
    await scene.hub.comeUp();
    expect((await stopped(as)).stopped_because).toBe("person");
  });

  it("that is none, or was never there", async () => {
    const { as, name } = await person();
    expect(await stop(as)).toMatchObject({ status: 200, json: { state: "stopped", stop_wanted: null } });
    expect((await stop(as, { server: "other" })).json).toMatchObject({ server: "other", state: "stopped" });
    expect(await entries(name)).toEqual([]);
    expect((await stop(as, { server: "../other" })).status).toBe(400);
    expect((await stop(as, { server: "a".repeat(64) })).status).toBe(400);
  });

  it("and not the server of somebody else who has their name at the hub", async () => {
    const name = `stopper${number + 1}`;
    scene.hub.addUser(name, { created: new Date(Date.now() - 86_400_000) });
    scene.hub.runs(name);
    const { as } = await person();
    const own = async () => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
    await until(async () => (await own()).user?.state === "taken", "the name is taken");
    // The poller has seen the server by then.
    const seen = () => scene.database.pool.query("select 1 from hub_servers where user_name = $1", [name]);
    await until(async () => (await seen()).rows.length > 0, "it is seen");
    expect((await own()).servers[0].state).toBe("stopped");
    expect((await stop(as)).json.state).toBe("stopped");
    expect((await post(as, "keep")).status).toBe(409);
    expect(scene.hub.users.get(name)?.servers.get("")?.state).toBe("ready");
    expect(await entries(name)).toEqual([]);
  });

  it("a stop from before does not reach the next server", async () => {
    const { as, name } = await withServer();
    await stop(as);
    await stopped(as);
    await stop(as);
    scene.hub.runs(name, "", new Date(Date.now() + 1_000));
    await until(async () => (await shown(as)).state === "ready", "it is seen", 20_000);
    expect(await shown(as)).toMatchObject({ stop_wanted: null, stopped_because: null });
  }, 30_000);
});

/** Whether a call is the hub's being asked to end the server of one of these. */
const ends = ({ method, url }: IncomingMessage, ...names: readonly string[]) =>
  method === "DELETE" && names.some((name) => url?.endsWith(`/users/${name}/server`));
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const rowOf = async (name: string) =>
  (await scene.database.pool.query("select * from hub_servers where user_name = $1", [name])).rows[0];

describe("a wish", () => {
  it("that the hub could not fulfil does not reach the server after", async () => {
    const { as, name } = await withServer();
    scene.hub.intercept = (request, response) => {
      if (!ends(request, name)) return false;
      response.writeHead(500, { "content-type": "application/json" }).end('{"status": 500, "message": "not now"}');
      return true;
    };
    expect((await stop(as)).json).toMatchObject({ state: "ready", stop_wanted: "person" });
    scene.hub.dies(name);
    const next = scene.hub.runs(name, "", new Date(Date.now() + 1_000));
    scene.hub.intercept = () => false;
    await until(async () => (await shown(as)).stop_wanted === null, "the wish is gone");
    await delay(200);
    expect(scene.hub.users.get(name)?.servers.get("")).toBe(next);
    expect(next.state).toBe("ready");
  });

  it("of an administrator reaches it, for it is about the person's server", async () => {
    const { name } = await withServer();
    scene.hub.intercept = (request, response) => {
      if (!ends(request, name)) return false;
      response.writeHead(500, { "content-type": "application/json" }).end('{"status": 500, "message": "not now"}');
      return true;
    };
    const body = { user: name, server: "", reason: "" };
    const asked = await call(scene.stoa, "POST", "/api/stoa/v1/admin/hub/servers/stop", { as: scene.admin, body });
    expect(asked.status).toBeLessThan(300);
    scene.hub.dies(name);
    scene.hub.runs(name, "", new Date(Date.now() + 1_000));
    scene.hub.intercept = () => false;
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is stopped");
  });

  it("that is being fulfilled is not taken back: a launch waits, and starts the next one", async () => {
    const { as, name } = await withServer();
    const held = Promise.withResolvers<void>();
    let asked = false;
    scene.hub.intercept = async (request) => {
      if (!ends(request, name)) return false;
      asked = true;
      await held.promise;
      return false;
    };
    const stopping = stop(as);
    await until(async () => asked, "the hub is asked");
    await post(as, "launch");
    await delay(700);
    expect((await shown(as)).launch.state).not.toBe("ready");
    held.resolve();
    await stopping;
    await until(async () => (await shown(as)).launch.state === "ready", "it is ready");
    expect(scene.hub.starts.filter((start) => start === `${name}/`)).toHaveLength(2);
    expect(scene.hub.users.get(name)?.servers.get("")?.state).toBe("ready");
  });

  it("that was taken back while others were being stopped is not fulfilled", async () => {
    const { as, name } = await withServer();
    const server = scene.hub.users.get(name)?.servers.get("");
    const others = Array.from({ length: 20 }, (_, index) => `held${index}`);
    const held = Promise.withResolvers<void>();
    let asked = false;
    scene.hub.intercept = async (request) => {
      if (!ends(request, ...others)) return false;
      asked = true;
      await held.promise;
      return false;
    };
    for (const other of others) {
      scene.hub.addUser(other);
      scene.hub.runs(other);
    }
    await scene.database.pool.query(
      `insert into hub_servers (user_name, server, state, stop_wanted, changed_at)
       select unnest($1::text[]), '', 'ready', 'idle', now() - interval '2 minutes'
       on conflict (user_name, server) do update set stop_wanted = 'idle', changed_at = excluded.changed_at`,
      [others],
    );
    await scene.database.pool.query(
      "update hub_servers set stop_wanted = 'idle', changed_at = now() - interval '1 minute' where user_name = $1",
      [name],
    );
    await until(async () => asked, "others are being stopped");
    await post(as, "launch");
    await until(async () => (await rowOf(name)).stop_wanted === null, "it is taken back");
    held.resolve();
    await until(async () => others.every((other) => scene.hub.users.get(other)?.servers.size === 0), "others are gone");
    expect(scene.hub.users.get(name)?.servers.get("")).toBe(server);
    expect(server?.state).toBe("ready");
  });
});

describe("stops that can't be", () => {
  it("keep nobody else's waiting", async () => {
    const { as, name: free } = await withServer();
    const stuck = Array.from({ length: 60 }, (_, index) => `stuck${index}`);
    for (const name of stuck) {
      scene.hub.addUser(name);
      scene.hub.runs(name).state = "spawn";
    }
    await scene.database.pool.query(
      `insert into hub_servers (user_name, server, state, stop_wanted, changed_at)
       select unnest($1::text[]), '', 'starting', 'cancelled', now() - interval '1 hour'
       on conflict (user_name, server) do update set stop_wanted = 'cancelled', changed_at = excluded.changed_at`,
      [stuck],
    );
    await scene.database.pool.query("update hub_servers set stop_wanted = 'admin' where user_name = $1", [free]);
    expect((await stopped(as)).stopped_because).toBe("admin");
    for (const name of stuck) scene.hub.users.delete(name);
    await scene.database.pool.query("delete from hub_servers where user_name = any($1)", [stuck]);
  });

  it("by the hub's own word leave its breaker closed", async () => {
    const ill = await Promise.all(Array.from({ length: 6 }, withServer));
    const { as } = await withServer();
    scene.hub.intercept = (request, response) => {
      if (!ends(request, ...ill.map(({ name }) => name))) return false;
      response
        .writeHead(500, { "content-type": "application/json" })
        .end('{"status": 500, "message": "Failed to stop"}');
      return true;
    };
    let asked = 0;
    const refuse = scene.hub.intercept;
    // Answered all at once: nothing that goes well lies between them.
    const all = Promise.withResolvers<void>();
    scene.hub.intercept = async (request, response) => {
      if (!ends(request, ...ill.map(({ name }) => name))) return false;
      if (++asked >= ill.length) all.resolve();
      await all.promise;
      return refuse(request, response);
    };
    await Promise.all(ill.map((one) => stop(one.as)));
    expect((await post(as, "open")).status).toBe(200);
  });
});

describe("a deactivated account", () => {
  it("has its servers stopped, with an entry of the system's", async () => {
    const { name, id } = await withServer();
    const change = { as: scene.admin, body: { active: false } };
    expect((await call(scene.stoa, "PATCH", `/api/stoa/v1/people/${id}`, change)).status).toBe(200);
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is stopped");
    const row = await until(async () => {
      const { rows } = await scene.database.pool.query("select * from hub_servers where user_name = $1", [name]);
      return rows[0].state === "stopped" && rows[0];
    }, "it is noted");
    expect(row.stopped_because).toBe("account");
    const [entry] = await entries(name);
    expect(entry).toMatchObject({ actor_label: "system" });
    expect(entry?.details).toContain("account");
  });
});

describe("without a hub", () => {
  it("stopping and keeping say so, in the caller's language", async () => {
    const bare = await startHubScene({ JUPYTERHUB_API_URL: "", JUPYTERHUB_API_TOKEN: "" });
    const as = await bare.person("ada");
    for (const what of ["stop", "keep"]) {
      const options = { as, body: {}, headers: { "accept-language": "fa" } };
      const answer = await call(bare.stoa, "POST", `/api/stoa/v1/hub/${what}`, options);
      expect(answer.status).toBe(503);
      expect(answer.json.detail).toContain("JupyterHub اینجا راه‌اندازی نشده است");
    }
    await bare.close();
  });
});
