import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { openHubClient } from "../../packages/server/src/hub/client/open-client.ts";
import type { HubContext } from "../../packages/server/src/hub/context.ts";
import type { HubTables } from "../../packages/server/src/hub/tables.ts";
import { createHubStatuses, type HubStatuses } from "../../packages/server/src/hub/users/status.ts";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let context: HubContext;
let statuses: HubStatuses;
let id: number;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "5s" });
  const { platform } = scene.stoa;
  const client = openHubClient(platform, () => undefined);
  const needs = { people: scene.stoa.accounts, statsOf: async () => ({}) as never, roomOf: () => null };
  context = { platform, db: platform.db.withTables<HubTables>(), client, ...needs };
  const as = await scene.person("ada");
  id = (await scene.stoa.accounts.named("ada")) as number;
  await until(
    async () => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json.user?.state === "ours",
    "made",
  );
  // Else nothing is kept in memory.
  await until(async () => platform.events.listening, "events are heard");
});
afterAll(async () => {
  await context?.client?.close();
  await scene?.close();
});
beforeEach(() => {
  statuses = createHubStatuses(context);
});
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.users.get("ada")?.servers.clear();
});

const looks = () => scene.hub.calls.filter((one) => one === "GET /users/ada").length;
const ask = async () => statuses.of(id);

/** The hub's next answer about her is as of now, and is held back. */
function held() {
  const [came, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { name, created } = scene.hub.users.get("ada") as { name: string; created: string };
  scene.hub.intercept = async (request, response) => {
    if (request.method !== "GET" || !request.url?.endsWith("/users/ada")) return false;
    scene.hub.intercept = () => false;
    came.resolve();
    await released.promise;
    const asOfThen = { kind: "user", name, admin: false, created, last_activity: null, servers: {} };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(asOfThen));
    return true;
  };
  return { came: came.promise, release: released.resolve };
}

it("what the hub said is given again for a while, until something was written", async () => {
  expect((await ask()).servers).toEqual([]);
  const before = looks();
  scene.hub.runs("ada");
  expect((await ask()).servers).toEqual([]);
  expect(looks()).toBe(before);
  statuses.forget(id);
  expect((await ask()).servers).toMatchObject([{ ready: true }]);
  expect(looks()).toBe(before + 1);
});

it("an answer that was under way when something was written is nobody's any more", async () => {
  const { came, release } = held();
  const asked = ask();
  await came;
  scene.hub.runs("ada");
  statuses.forget(id);
  release();
  expect((await asked).servers).toEqual([]);
  expect((await ask()).servers).toMatchObject([{ ready: true }]);
});

it("nor does it end the question that was asked since", async () => {
  const first = held();
  const asked = ask();
  await first.came;
  statuses.forget(id);
  scene.hub.runs("ada");
  const second = held();
  const again = ask();
  await second.came;
  first.release();
  expect((await asked).servers).toEqual([]);
  const before = looks();
  const third = ask();
  second.release();
  await Promise.all([again, third]);
  expect(looks()).toBe(before);
});

it("of one person few questions are asked at a time, whatever is written meanwhile; nobody waits for a place", async () => {
  let [now, most] = [0, 0];
  scene.hub.intercept = async (request) => {
    if (request.method !== "GET" || !request.url?.endsWith("/users/ada")) return false;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 200));
    now -= 1;
    return false;
  };
  const asked = Array.from({ length: 40 }, () => {
    const answer = ask();
    statuses.forget(id);
    return answer;
  });
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(
    new Set(["available", "unavailable"]),
  );
  expect(most).toBeLessThanOrEqual(3);
});
