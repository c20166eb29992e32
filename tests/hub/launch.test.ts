import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s", JUPYTERHUB_LAUNCH_TIMEOUT: "10s" });
});
afterAll(() => scene.close());
afterEach(() => {
  const { hub } = scene;
  hub.spawn = () => ({ readyMs: 20 });
  hub.intercept = () => false;
  hub.limit = Number.POSITIVE_INFINITY;
  for (const scope of ["servers", "admin:users", "tokens"]) hub.scopes.add(scope);
});

const unique = (): string => `person${++number}`;
const launch = (as: string) => call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as, body: {} });
const mine = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
const open = (as: string) => call(scene.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
const ended = (as: string) =>
  until(async () => {
    const { launch: last, ...server } = (await mine(as)).servers[0];
    return last !== null && !["queued", "asked"].includes(last.state) && { ...last, server };
  }, "the launch ends");

describe("a launch", () => {
  it("makes the hub's user, starts their server, and leads into it with a token of this server only", async () => {
    const name = unique();
    const as = await scene.person(name);
    const begun = await launch(as);
    expect(begun.status).toBe(202);
    expect(await ended(as)).toMatchObject({ state: "ready", cause: null, server: { state: "ready" } });
    const opened = await open(as);
    expect(opened.json.url).toMatch(
      new RegExp(`^${new URL(scene.hub.apiUrl).origin}/user/${name}/lab\\?token=[0-9a-f]{32}$`),
    );
    expect(opened.headers["cache-control"]).toBe("no-store");
    const [token] = [...(scene.hub.users.get(name)?.tokens.values() ?? [])];
    expect(token?.scopes).toEqual([`access:servers!server=${name}/`]);
  });

  it("is one for all who ask, in two tabs and on two servers", async () => {
    scene.hub.spawn = () => ({ readyMs: 300 });
    const name = unique();
    const as = await scene.person(name);
    const two = await scene.another();
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        call(index % 2 === 0 ? scene.stoa : two, "POST", "/api/stoa/v1/hub/launch", { as, body: {} }),
      ),
    );
    expect(new Set(asked.map(({ json }) => json.operation_id)).size).toBe(1);
    await ended(as);
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
  });

  it("adopts a server that somebody else has started, and one that turned up after its time", async () => {
    const name = unique();
    const as = await scene.person(name);
    scene.hub.spawn = () => ({ readyMs: 12_000 });
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "failed", cause: "too_slow" });
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
  }, 40_000);

  it("passes the hub's own progress on", async () => {
    scene.hub.spawn = () => ({ readyMs: 1_500, messages: ["Pulling the image"] });
    const as = await scene.person(unique());
    const { json } = await launch(as);
    const seen = await until(async () => {
      const answer = await call(scene.stoa, "GET", `/api/stoa/v1/operations/${json.operation_id}`, { as });
      return answer.json.message === "Pulling the image" && answer.json;
    }, "the message");
    expect(seen).toMatchObject({ state: "running", progress: 50 });
    await ended(as);
  });

  it("can be cancelled: what starts all the same is ended", async () => {
    scene.hub.spawn = () => ({ readyMs: 400 });
    const name = unique();
    const as = await scene.person(name);
    const { json } = await launch(as);
    await until(async () => scene.hub.users.get(name)?.servers.has(""), "it starts");
    await call(scene.stoa, "POST", `/api/stoa/v1/operations/${json.operation_id}/cancel`, { as });
    expect(await ended(as)).toMatchObject({ state: "cancelled" });
    await until(async () => scene.hub.users.get(name)?.servers.size === 0, "it is gone");
    const server = await until(async () => {
      const [first] = (await mine(as)).servers;
      return first.state === "stopped" && first;
    }, "it is noted");
    expect(server.stopped_because).toBe("cancelled");
  });
});

describe("a launch that comes to nothing says why", () => {
  it.each([
    ["spawn_failed", "it just broke", 0],
    ["spawn_failed", "it just broke", 50],
    ["image_missing", "404 Client Error: No such image: lab:9", 0],
    ["image_missing", 'pod has ErrImagePull "lab:9"', 50],
    ["over_quota", "Your storage is full, so your server was not started: 2 of 1 GiB.", 0],
    ["at_capacity", "no capacity for this profile", 50],
  ])("%s, by the hub's words (%s, after %i ms)", async (cause, says, failsMs) => {
    scene.hub.spawn = () => ({ failsMs, says });
    const as = await scene.person(unique());
    await launch(as);
    const last = await ended(as);
    expect(last).toMatchObject({ state: "failed", cause });
    expect(last.message).not.toContain(says);
  });

  it("what never came has not ended by itself: its launch is the story, whoever sees its end first", async () => {
    scene.hub.spawn = () => ({ failsMs: 2_000, says: "it just broke" });
    const as = await scene.person(unique());
    await launch(as);
    await until(async () => (await mine(as)).servers[0].state === "starting", "it is seen starting");
    expect(await ended(as)).toMatchObject({ state: "failed", cause: "spawn_failed" });
    const server = await until(
      async () => {
        const [first] = (await mine(as)).servers;
        return first.state === "stopped" && first;
      },
      "its end is noted",
      20_000,
    );
    expect(server).toMatchObject({ stopped_because: null, stopped_at: null, launch: { cause: "spawn_failed" } });
  }, 40_000);

  it("a start that something else than the hub said yes to is asked for again", async () => {
    const name = unique();
    const as = await scene.person(name);
    let lies = 2;
    scene.hub.intercept = (request, response) => {
      if (request.method !== "POST" || !request.url?.endsWith("/server") || lies-- <= 0) return false;
      response.writeHead(200, { "content-type": "application/json" }).end('{"name": ');
      return true;
    };
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
  });

  it("a failed start is not tried again by itself, and is by the next press", async () => {
    scene.hub.spawn = () => ({ failsMs: 0, says: "it just broke" });
    const name = unique();
    const as = await scene.person(name);
    await launch(as);
    await ended(as);
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
    scene.hub.spawn = () => ({ readyMs: 10 });
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
  });

  it("name_taken: somebody had the name at the hub before; nothing of theirs is touched", async () => {
    const name = unique();
    scene.hub.addUser(name, { created: new Date(Date.now() - 86_400_000) });
    const as = await scene.person(name);
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "failed", cause: "name_taken" });
    expect((await open(as)).status).toBe(409);
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(0);
  });

  it("name_taken: not even a hub administrator's that was made this moment", async () => {
    const name = unique();
    scene.hub.addUser(name, { admin: true });
    const as = await scene.person(name);
    await launch(as);
    expect(await ended(as)).toMatchObject({ cause: "name_taken" });
  });

  it("token_refused: the token lacks a scope", async () => {
    const as = await scene.person(unique());
    scene.hub.scopes.delete("servers");
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "failed", cause: "token_refused" });
  });

  it("waits for a hub that is full, says so meanwhile, and goes on by itself", async () => {
    scene.hub.limit = 0;
    const as = await scene.person(unique());
    await launch(as);
    await until(async () => (await mine(as)).servers[0].launch?.cause === "at_capacity", "it says what it waits for");
    scene.hub.limit = Number.POSITIVE_INFINITY;
    expect(await ended(as)).toMatchObject({ state: "ready", cause: null });
  });

  it.each([
    ["that refuses", null],
    ["whose proxy has no way to it", { status: 404, type: "text/html", body: "" }],
    ["that answers with a gateway's page", { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" }],
    ["that answers nonsense", { status: 200, type: "application/json", body: '{"name": 1' }],
    ["that answers something else", { status: 200, type: "application/json", body: '{"hello": 1}' }],
  ])(
    "goes on by itself after a hub %s",
    async (_what, answer) => {
      const as = await scene.person(unique());
      await until(async () => (await mine(as)).user?.state === "ours", "their user is made");
      if (answer === null) await scene.hub.goDown();
      else {
        scene.hub.intercept = (_request, response) => {
          response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
          return true;
        };
      }
      await launch(as);
      await until(async () => (await mine(as)).servers[0].launch?.cause === "hub_down", "it says what it waits for");
      if (answer === null) await scene.hub.comeUp();
      else scene.hub.intercept = () => false;
      expect(await ended(as)).toMatchObject({ state: "ready", cause: null });
    },
    30_000,
  );

  it("a proxy without a way to the hub says nothing of whose a user is", async () => {
    const name = unique();
    const { hub } = scene;
    let made = 0;
    // The hub has made the user, the answer is lost, and its proxy then knows of nothing for a while.
    hub.intercept = (request, response) => {
      if (made === 0 && request.method === "POST" && request.url?.endsWith(`/users/${name}`)) {
        hub.addUser(name);
        made = Date.now();
        response.destroy();
        return true;
      }
      if (made === 0 || Date.now() - made > 4_000) return false;
      response.writeHead(404, { "content-type": "text/html" }).end();
      return true;
    };
    const as = await scene.person(name);
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
  });

  it("an answer to the start that got lost starts nothing twice", async () => {
    const name = unique();
    const as = await scene.person(name);
    scene.hub.spawn = () => ({ readyMs: 500 });
    scene.hub.intercept = async (request, response) => {
      if (request.method !== "POST" || !request.url?.endsWith("/server")) return false;
      // The hub has it, the answer is cut.
      scene.hub.intercept = () => false;
      const { apiUrl, token } = scene.hub;
      await fetch(`${apiUrl}/users/${name}/server`, { method: "POST", headers: { authorization: `token ${token}` } });
      response.destroy();
      return true;
    };
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
  });

  it("progress that breaks off is taken up again by looking", async () => {
    const name = unique();
    const as = await scene.person(name);
    scene.hub.spawn = () => ({ readyMs: 700 });
    let cut = 0;
    scene.hub.intercept = (request, response) => {
      if (!request.url?.endsWith("/progress") || cut++ > 2) return false;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"progress": 0, "mess');
      response.destroy();
      return true;
    };
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    expect(cut).toBeGreaterThan(0);
  });

  it.each([
    ["is cut after its first word", 'data: {"progress": 0, "message": "Server requested"}\n\n'],
    ["says too early that it is ready", 'data: {"progress": 100, "ready": true, "message": "Ready"}\n\n'],
  ])("progress that %s again and again is not asked for without end", async (_what, events) => {
    const name = unique();
    const as = await scene.person(name);
    scene.hub.spawn = () => ({ readyMs: 3_000 });
    scene.hub.intercept = (request, response) => {
      if (!request.url?.endsWith("/progress")) return false;
      response.writeHead(200, { "content-type": "text/event-stream" }).end(events);
      return true;
    };
    const before = scene.hub.calls.length;
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    const calls = scene.hub.calls.slice(before).filter((one) => one.endsWith(`/users/${name}`));
    expect(calls.length).toBeLessThan(12);
  });

  it("a user that the hub has lost is made again", async () => {
    const name = unique();
    const as = await scene.person(name);
    await launch(as);
    await ended(as);
    scene.hub.users.delete(name);
    await launch(as);
    expect(await ended(as)).toMatchObject({ state: "ready" });
    expect(scene.hub.users.has(name)).toBe(true);
  });
});
