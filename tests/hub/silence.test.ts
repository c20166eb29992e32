import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let as: string;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
  as = await scene.person("listener");
});
afterAll(() => scene.close());
beforeEach(() => scene.database.pool.query("delete from hub_calls"));
afterEach(() => {
  scene.hub.intercept = () => false;
});

const silence = async () => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json.silence;
const heardBefore = async (minutes: number): Promise<string> => {
  const { rows } = await scene.database.pool.query(
    `insert into hub_calls values (date_trunc('minute', now()) - make_interval(mins => $1), 'users', 'ok', 1, 0, 1, 1)
     on conflict do nothing returning minute`,
    [minutes],
  );
  return rows[0].minute.toISOString();
};

it.each([
  ["that refuses the token", 403, '{"status": 403, "message": "no"}'],
  ["behind a gateway without it", 502, "<h1>Bad gateway</h1>"],
])(
  "one's servers are told as of when the hub was heard last: one %s, until it answers",
  async (_what, status, body) => {
    scene.hub.intercept = (request, response) => {
      // It tells its version to everybody.
      if (request.url?.endsWith("/api/")) return false;
      response.writeHead(status, { "content-type": "application/json" }).end(body);
      return true;
    };
    // What was answered within this minute is of the time before.
    await until(
      async () => {
        await scene.database.pool.query("delete from hub_calls where outcome = 'ok'");
        return (await silence()) !== null;
      },
      "it is missed",
      30_000,
    );
    const heard = await heardBefore(3);
    const since = async () => {
      // What was answered before may be noted only now.
      await scene.database.pool.query("delete from hub_calls where outcome = 'ok' and minute > $1", [heard]);
      return (await silence())?.heard_at === heard;
    };
    await until(since, "since when", 20_000);
    scene.hub.intercept = () => false;
    await until(async () => (await silence()) === null, "it is heard", 30_000);
  },
  90_000,
);

it("a hub that fails at something, and answers besides, is not silent", async () => {
  await scene.database.pool.query(
    `insert into hub_calls values (date_trunc('minute', now()), 'startServer', 'failed', 1, 0, 1, 1)`,
  );
  expect(await silence()).toBeNull();
});
