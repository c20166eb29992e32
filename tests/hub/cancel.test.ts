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
  scene.hub.limit = Number.POSITIVE_INFINITY;
});

const post = (as: string, what: string) => call(scene.stoa, "POST", `/api/stoa/v1/hub/${what}`, { as, body: {} });
const cancel = (as: string, id: string) => call(scene.stoa, "POST", `/api/stoa/v1/operations/${id}/cancel`, { as });
const shown = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json.servers[0];
const rows = async (text: string, values: unknown[]) => (await scene.database.pool.query(text, values)).rows;
const wishes = (name: string) =>
  rows("select stop_wanted from hub_servers where user_name = $1 and stop_wanted is not null", [name]);
const operationOf = async (id: string, as: string) =>
  (await call(scene.stoa, "GET", `/api/stoa/v1/operations/${id}`, { as })).json;
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function person(): Promise<{ name: string; as: string; id: number }> {
  const name = `canceller${++number}`;
  const as = await scene.person(name);
  return { name, as, id: (await scene.stoa.accounts.named(name)) as number };
}

function gatewayDown(): void {
  scene.hub.intercept = (_request, response) => {
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    return true;
  };
}

describe("cancelling a launch", () => {
  it("leaves a server alone that ran all along", async () => {
    const { as, name } = await person();
    await post(as, "launch");
    await until(async () => (await shown(as)).state === "ready", "it is ready");
    const server = scene.hub.users.get(name)?.servers.get("");
    gatewayDown();
    const { operation_id: id } = (await post(as, "launch")).json;
    await until(async () => (await shown(as)).launch.cause === "hub_down", "it waits");
    expect((await cancel(as, id)).status).toBe(200);
    await until(async () => (await operationOf(id, as)).state === "cancelled", "it has ended");
    expect(await shown(as)).toMatchObject({ launch: { state: "cancelled" }, stop_wanted: null });
    expect(await wishes(name)).toEqual([]);
    expect(scene.hub.users.get(name)?.servers.get("")).toBe(server);
  });

  it("leaves a start alone that it only follows", async () => {
    const { as, name } = await person();
    await until(async () => scene.hub.users.has(name), "the user is made");
    const server = scene.hub.runs(name);
    server.state = "spawn";
    const { operation_id: id } = (await post(as, "launch")).json;
    await until(async () => (await shown(as)).launch.state === "asked", "it follows");
    await cancel(as, id);
    await until(async () => (await operationOf(id, as)).state === "cancelled", "it has ended");
    expect(await wishes(name)).toEqual([]);
    server.state = "ready";
  });

  it("by stopping its server ends that, even where the launch only follows its start", async () => {
    const { as, name } = await person();
    await until(async () => scene.hub.users.has(name), "the user is made");
    const server = scene.hub.runs(name);
    server.state = "spawn";
    await post(as, "launch");
    await until(async () => (await shown(as)).launch.state === "asked", "it follows");
    expect((await post(as, "stop")).status).toBe(200);
    server.state = "ready";
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is gone");
    await until(async () => (await shown(as)).stopped_because === "person", "it is noted");
  });

  it("that had asked when the answer got lost, ends what the hub has started", async () => {
    const { as, name } = await person();
    scene.hub.spawn = () => ({ readyMs: 300 });
    let asked = false;
    scene.hub.intercept = (request) => {
      if (request.method !== "POST" || !request.url?.endsWith(`/users/${name}/server`)) return false;
      asked = true;
      return delay(500).then(() => false);
    };
    const { operation_id: id } = (await post(as, "launch")).json;
    await until(async () => asked, "the hub is asked");
    await cancel(as, id);
    await until(async () => scene.hub.starts.includes(`${name}/`), "it starts all the same");
    await until(async () => (await operationOf(id, as)).state === "cancelled", "it has ended");
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is gone");
  });
});

describe("a launch of somebody who may not start anything by now", () => {
  async function waiting() {
    scene.hub.limit = 0;
    const one = await person();
    const { operation_id: id } = (await post(one.as, "launch")).json;
    await until(async () => (await shown(one.as)).launch.cause === "at_capacity", "it waits");
    return { ...one, operation: id as string };
  }
  const ended = (id: string) =>
    until(async () => {
      const [row] = await rows("select state from operations where id = $1", [id]);
      return !["queued", "running"].includes(row.state) && row.state;
    }, "it has ended");

  it("ends as cancelled where the account is deactivated", async () => {
    const { id, name, operation } = await waiting();
    await rows("update accounts set status = 'deactivated' where id = $1", [id]);
    await ended(operation);
    scene.hub.limit = Number.POSITIVE_INFINITY;
    const [launch] = await rows("select state, cause from hub_launches where account_id = $1", [id]);
    expect(launch).toEqual({ state: "cancelled", cause: "cancelled" });
    expect(scene.hub.starts).not.toContain(`${name}/`);
  });

  it("makes no user anew of an account that is being deleted", async () => {
    const { id, name, operation } = await waiting();
    await rows("update accounts set status = 'deactivated', deletion_begun_at = now() where id = $1", [id]);
    scene.hub.users.delete(name);
    for (const table of ["hub_launches", "hub_tokens", "hub_users"]) {
      await rows(`delete from ${table} where account_id = $1`, [id]);
    }
    scene.hub.limit = Number.POSITIVE_INFINITY;
    await ended(operation);
    expect(scene.hub.users.has(name)).toBe(false);
    expect(await rows("select 1 from hub_users where account_id = $1", [id])).toEqual([]);
  });

  it("ends where another has begun since", async () => {
    const { id, name, operation } = await waiting();
    await rows("update hub_launches set operation_id = gen_random_uuid() where account_id = $1", [id]);
    await ended(operation);
    scene.hub.limit = Number.POSITIVE_INFINITY;
    expect(scene.hub.starts).not.toContain(`${name}/`);
  });
});
