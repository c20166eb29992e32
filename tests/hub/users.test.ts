import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "1s" });
});
afterAll(() => scene.close());
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.limit = Number.POSITIVE_INFINITY;
  scene.hub.scopes.add("admin:users");
});

const rows = async (text: string, values: unknown[] = []) => (await scene.database.pool.query(text, values)).rows;
const post = (as: string, what: string, body: object = {}) =>
  call(scene.stoa, "POST", `/api/stoa/v1/hub/${what}`, { as, body });
const mine = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
const stateOf = async (as: string) => (await mine(as)).servers[0];

async function person() {
  const name = `whose${++number}`;
  const as = await scene.person(name);
  return { name, as, id: (await scene.stoa.accounts.named(name)) as number };
}

async function withServer() {
  const one = await person();
  await post(one.as, "launch");
  await until(async () => (await stateOf(one.as)).state === "ready", "their server is ready");
  return one;
}

async function withoutServer() {
  const one = await withServer();
  await post(one.as, "stop");
  await until(async () => !scene.hub.users.get(one.name)?.servers.size, "their server has ended");
  return one;
}

const rowOf = async (id: number) => (await rows("select * from hub_users where account_id = $1", [id]))[0];

describe("whose first sign-in at the hub it was", () => {
  it("is not ours after the hub refused to make the user, however soon", async () => {
    scene.hub.scopes.delete("admin:users");
    const { as, name, id } = await person();
    await post(as, "open");
    expect(await rowOf(id)).toMatchObject({ state: "wanted", absent_at: null, problem: expect.any(String) });
    scene.hub.addUser(name);
    scene.hub.runs(name);
    expect(await post(as, "open")).toMatchObject({ status: 409, json: { details: { cause: "name_taken" } } });
    expect(await rowOf(id)).toMatchObject({ state: "taken" });
  });

  it("is not ours when it came between our look and our asking, nor for who asks meanwhile", async () => {
    scene.hub.scopes.delete("admin:users");
    const { as, name, id } = await person();
    await post(as, "open");
    let asked = 0;
    scene.hub.intercept = async (request) => {
      if (request.method !== "POST" || asked++ > 0) return false;
      scene.hub.addUser(name);
      scene.hub.runs(name);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return false;
    };
    scene.hub.scopes.add("admin:users");
    const answers = await Promise.all([post(as, "open"), post(as, "open"), post(as, "open")]);
    expect(asked).toBeGreaterThan(0);
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(await rowOf(id)).toMatchObject({ state: "taken", absent_at: null });
  });

  it("is ours where the hub made the user and its answer got lost", async () => {
    scene.hub.scopes.delete("admin:users");
    const { as, name, id } = await person();
    await post(as, "open");
    scene.hub.scopes.add("admin:users");
    scene.hub.intercept = (request, response) => {
      if (request.method !== "POST" || request.url !== `/hub/api/users/${name}`) return false;
      scene.hub.addUser(name);
      response.destroy();
      return true;
    };
    expect((await post(as, "open")).status).toBe(503);
    scene.hub.intercept = () => false;
    await until(async () => {
      await post(as, "open");
      return (await rowOf(id)).state === "ours";
    }, "it is known again");
    expect((await rowOf(id)).hub_created_at.toISOString()).toBe(scene.hub.users.get(name)?.created);
  });
});

describe("a user whose making is asked for twice in one call", () => {
  let patient: HubScene;
  beforeAll(async () => {
    patient = await startHubScene({ JUPYTERHUB_ATTEMPTS: "2", JUPYTERHUB_TIMEOUT: "2s" });
  });
  afterAll(() => patient.close());
  afterEach(() => {
    patient.hub.intercept = () => false;
  });

  it.each([
    ["lost, and refused", "made", 200],
    ["refused, and refused again; somebody else comes in between", "not made", 409],
  ])("%s", async (_what, first, expected) => {
    const { hub } = patient;
    const name = `twice${++number}`;
    const as = await patient.person(name);
    let asked = 0;
    hub.intercept = (request, response) => {
      if (request.method !== "POST" || request.url !== `/hub/api/users/${name}`) return false;
      asked += 1;
      if (asked === 1 && first === "made") {
        hub.addUser(name);
        response.destroy();
      } else response.writeHead(429, { "content-type": "application/json" }).end('{"status": 429, "message": "busy"}');
      return true;
    };
    const opening = () => call(patient.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
    expect((await opening()).status).toBeGreaterThanOrEqual(409);
    expect(asked).toBe(2);
    if (first !== "made") hub.addUser(name);
    hub.runs(name);
    hub.intercept = () => false;
    await until(async () => (await opening()).status === expected, "it is known whose it is");
  });
});

describe("a user that the hub has under the same name again", () => {
  const LATER = new Date(Date.now() + 3_600_000);
  const anew = (name: string, options: { admin?: boolean; created?: Date } = { created: LATER }) => {
    scene.hub.users.delete(name);
    scene.hub.addUser(name, options);
    scene.hub.runs(name);
    return scene.hub.users.get(name);
  };

  it("is nobody's here when it was made anew: not opened, launched or stopped, and the row says why", async () => {
    const { as, name, id } = await withoutServer();
    const theirs = anew(name)?.servers.get("");
    expect(await post(as, "open")).toMatchObject({ status: 409, json: { details: { cause: "name_taken" } } });
    expect(await rowOf(id)).toMatchObject({ state: "taken", problem: expect.stringContaining("made anew") });
    const launched = await call(scene.stoa, "POST", "/api/jupyter/launch", { as });
    expect(launched.status).toBe(409);
    await post(as, "stop");
    expect(scene.hub.users.get(name)?.servers.get("")).toBe(theirs);
    expect(await rowOf(id)).toMatchObject({ state: "taken", problem: expect.stringContaining("made anew") });
    expect(scene.hub.users.get(name)?.tokens.size).toBe(0);
  });

  it.each(["launch", "stop"])("is noticed by %s, too", async (what) => {
    const { as, name, id } = await withServer();
    const theirs = anew(name)?.servers.get("");
    await post(as, what);
    await until(async () => (await rowOf(id)).state === "taken", "it is somebody else's");
    expect(scene.hub.users.get(name)?.servers.get("")).toBe(theirs);
    expect(theirs?.state).toBe("ready");
  });

  it("is told of by the dashboard as what it is", async () => {
    const { as, name, id } = await withServer();
    anew(name);
    const { json } = await call(scene.stoa, "GET", "/api/dashboard", { as });
    expect(json.jupyter_status.status).toBe("error");
    expect(await rowOf(id)).toMatchObject({ state: "taken", problem: expect.stringContaining("made anew") });
  });

  it("is nobody's here as an administrator of the hub, until it is linked as one", async () => {
    const { as, name, id } = await withServer();
    const user = scene.hub.users.get(name);
    if (user !== undefined) user.admin = true;
    expect((await post(as, "open")).status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ state: "taken", problem: expect.stringContaining("administrator") });
    const body = { name, was: null, hub_admin: true };
    const linked = await call(scene.stoa, "PUT", `/api/stoa/v1/admin/hub/accounts/${id}/link`, {
      as: scene.admin,
      body,
    });
    expect(linked.status).toBe(200);
    expect((await post(as, "open")).status).toBe(200);
  });

  it("is known by its making from the first look, also one that an administrator has linked", async () => {
    const { as, id } = await person();
    scene.hub.addUser(`linked-${id}`, { created: new Date(0) });
    const body = {
      name: `linked-${id}`,
      was: (await mine(as)).user?.state === "ours" ? (await mine(as)).user.name : null,
    };
    await call(scene.stoa, "PUT", `/api/stoa/v1/admin/hub/accounts/${id}/link`, { as: scene.admin, body });
    expect((await rowOf(id)).hub_created_at).toEqual(new Date(0));
    anew(`linked-${id}`);
    expect((await post(as, "open")).status).toBe(409);
    expect((await rowOf(id)).state).toBe("taken");
  });
});

describe("an account that is closed while its launch waits", () => {
  const waiting = async () => {
    scene.hub.limit = 0;
    const one = await person();
    const operation = (await post(one.as, "launch")).json.operation_id as string;
    await until(async () => (await stateOf(one.as)).launch?.cause === "at_capacity", "it waits");
    return { ...one, operation };
  };
  const operationOf = async (id: string) => (await rows("select state from operations where id = $1", [id]))[0]?.state;

  it("does not come back at the hub when it is deleted", async () => {
    const { name, id, operation } = await waiting();
    const path = `/api/stoa/v1/people/${id}/deletion`;
    const asked = await call(scene.stoa, "POST", path, { as: scene.admin, body: { grace_days: 0 } });
    expect(asked.status).toBe(202);
    await until(async () => (await rowOf(id)) === undefined, "it is deleted");
    expect(["queued", "running"]).not.toContain(await operationOf(operation));
    scene.hub.limit = Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(scene.hub.users.has(name)).toBe(false);
    expect(await rowOf(id)).toBeUndefined();
  });

  it("is deleted only once nobody asks the hub for its user any more", async () => {
    const { id } = await withoutServer();
    await rows("insert into leases (name, holder, until) values ($1, 'one', now() + interval '2 seconds')", [
      `hub.user.${id}`,
    ]);
    const begun = Date.now();
    const asked = { as: scene.admin, body: { grace_days: 0 } };
    expect((await call(scene.stoa, "POST", `/api/stoa/v1/people/${id}/deletion`, asked)).status).toBe(202);
    await until(async () => (await rowOf(id)) === undefined, "it is deleted");
    expect(Date.now() - begun).toBeGreaterThan(1_500);
  });

  it("has its launch cancelled when it is deactivated, and begins none any more", async () => {
    const { as, id, operation } = await waiting();
    await rows("update accounts set status = 'deactivated' where id = $1", [id]);
    await until(async () => !["queued", "running"].includes(await operationOf(operation)), "it has ended");
    expect((await post(as, "launch")).status).toBeGreaterThanOrEqual(400);
    expect(await rows("select state from hub_launches where account_id = $1", [id])).toEqual([{ state: "cancelled" }]);
  });
});
