import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  const named = { JUPYTERHUB_NAMED_SERVERS: "on", JUPYTERHUB_NAMED_SERVERS_PER_PERSON: "2" };
  const unhurried = { JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "5s", STOA_REQUESTS_PER_MINUTE: "0" };
  scene = await startHubScene({ ...named, ...unhurried });
});
afterAll(() => scene.close());
afterEach(() => {
  scene.hub.intercept = () => false;
});

const rows = async (text: string, values: unknown[] = []) => (await scene.database.pool.query(text, values)).rows;
const post = (as: string, what: string, body: object = {}) =>
  call(scene.stoa, "POST", `/api/stoa/v1/hub/${what}`, { as, body });
const mine = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
const byServer = async (as: string, name: string) =>
  (await mine(as)).servers.find(({ server }: { server: string }) => server === name);

async function person() {
  const name = `many${++number}`;
  const as = await scene.person(name);
  return { name, as, id: (await scene.stoa.accounts.named(name)) as number };
}

async function started(as: string, server = "") {
  expect((await post(as, "launch", { server })).status).toBe(202);
  await until(async () => (await byServer(as, server))?.state === "ready", "it is ready");
}

async function withServer() {
  const one = await person();
  await started(one.as);
  return one;
}

describe("tokens at the hub", () => {
  it("have one limit, however one comes in; a start goes on without one", async () => {
    const { as, name, id } = await withServer();
    const launch = () => call(scene.stoa, "POST", "/api/jupyter/launch", { as });
    const statuses: number[] = [];
    for (let turn = 0; turn < 30; turn++) statuses.push((await launch()).status, (await post(as, "open")).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await launch()).status).toBe(429);
    expect((await post(as, "open")).status).toBe(429);
    expect((await rows("select count(*)::int as n from hub_tokens where account_id = $1", [id]))[0].n).toBe(60);
    await post(as, "stop");
    await until(async () => !scene.hub.users.get(name)?.servers.size, "it has ended");
    const again = await launch();
    expect(again).toMatchObject({ status: 200, json: { status: "starting" } });
    expect(again.json.url).not.toContain("token=");
  });
});

describe("one person's presses", () => {
  it("leave others the way to the hub: few wait there, the rest is told to come later", async () => {
    const [busy, other] = [await withServer(), await withServer()];
    await post(busy.as, "stop");
    await until(async () => !scene.hub.users.get(busy.name)?.servers.size, "it has ended");
    let [now, most] = [0, 0];
    scene.hub.intercept = async (request) => {
      if (!request.url?.includes(`/users/${busy.name}`)) return false;
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 200));
      now -= 1;
      return false;
    };
    const presses = Array.from({ length: 60 }, () => post(busy.as, "stop"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await post(other.as, "open")).status).toBe(200);
    const statuses = (await Promise.all(presses)).map(({ status }) => status);
    expect(most).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20);
    expect(statuses).toContain(200);
    scene.hub.intercept = () => false;
    expect((await post(busy.as, "stop")).status).toBe(200);
  });
});

/** How many of such calls the hub answers at once, each slowly. */
function counted(pattern: RegExp): () => number {
  let [now, most] = [0, 0];
  scene.hub.intercept = async (request) => {
    if (!pattern.test(`${request.method} ${request.url}`)) return false;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 150));
    now -= 1;
    return false;
  };
  return () => most;
}

describe("one person's other calls of the hub", () => {
  it("are few at a time: tokens that they end; what has no place is ended a little later", async () => {
    const { as, name } = await withServer();
    for (let turn = 0; turn < 30; turn++) await post(as, "open");
    const { json } = await call(scene.stoa, "GET", "/api/stoa/v1/hub/tokens?limit=50", { as });
    const most = counted(/^DELETE .*\/tokens\//);
    const end = ({ id }: { id: number }) => call(scene.stoa, "DELETE", `/api/stoa/v1/hub/tokens/${id}`, { as });
    const answers = await Promise.all(json.items.map(end));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.filter(({ json: one }) => one.state === "revoking").length).toBeGreaterThan(3);
    // What ends them in the background has a place of its own.
    expect(most()).toBeLessThanOrEqual(4);
    await until(async () => scene.hub.users.get(name)?.tokens.size === 0, "all are ended", 30_000);
  }, 60_000);

  it("an administrator's, whatever they look up", async () => {
    const { id } = await person();
    scene.hub.addUser("looked-up");
    const most = counted(/^GET .*\/users\/looked-up$/);
    const link = () =>
      call(scene.stoa, "PUT", `/api/stoa/v1/admin/hub/accounts/${id}/link`, {
        ...{ as: scene.admin, body: { name: "looked-up", was: "nobody" } },
      });
    const statuses = (await Promise.all(Array.from({ length: 40 }, link))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([409, 429]));
    expect(most()).toBeLessThanOrEqual(3);
  }, 60_000);
});

describe("named servers", () => {
  it("are so many of one person as the setting says; ended ones are forgotten, the last first kept", async () => {
    const { as, name, id } = await person();
    await started(as, "one");
    await started(as, "two");
    const full = await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", {
      ...{ as, body: { server: "three" } },
      headers: { "accept-language": "fa" },
    });
    expect(full).toMatchObject({ status: 409, json: { details: { cause: "too_many_servers", most: 2 } } });
    expect(full.json.detail).toContain("۲ سرور");
    expect((await post(as, "launch", { server: "two" })).status).toBe(202);
    expect((await post(as, "launch")).status).toBe(202);
    for (const server of ["three", "four", "five"]) {
      const oldest = (await mine(as)).servers.find(
        (each: { server: string; state: string }) => each.server !== "" && each.state === "ready",
      );
      await post(as, "stop", { server: oldest.server });
      await until(async () => !scene.hub.users.get(name)?.servers.has(oldest.server), "it has ended");
      await until(async () => (await byServer(as, oldest.server))?.state !== "stopping", "it is noted");
      await started(as, server);
    }
    const shown = (await mine(as)).servers;
    const running = shown.filter(({ state }: { state: string }) => state !== "stopped");
    expect(shown.length - running.length).toBeLessThanOrEqual(2);
    expect(shown[0].server).toBe("");
    const kept = await rows("select server from hub_launches where account_id = $1 and server <> ''", [id]);
    expect(kept.length).toBeLessThanOrEqual(4);
  });

  it("asked for all at once are no more either", async () => {
    const { as } = await person();
    const asked = Array.from({ length: 12 }, (_, index) => post(as, "launch", { server: `s${index}` }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(2);
    expect(statuses.filter((status) => status === 409)).toHaveLength(10);
  });
});
