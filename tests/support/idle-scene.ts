import { openHubClient } from "../../packages/server/src/hub/client/open-client.ts";
import { openServerCalls, type ServerCalls } from "../../packages/server/src/hub/client/server-use.ts";
import type { HubContext } from "../../packages/server/src/hub/context.ts";
import { sweepIdle } from "../../packages/server/src/hub/servers/idle/idle-sweep.ts";
import { createRounds } from "../../packages/server/src/hub/servers/poller.ts";
import type { HubServerRow, HubTables } from "../../packages/server/src/hub/tables.ts";
import type { DoubleServer } from "../../packages/server/src/hub/testing/hub-double.ts";
import { type HubScene, startHubScene, until } from "./hub-scene.ts";
import { call } from "./two-servers.ts";

type HubConfig = HubContext["platform"]["config"]["hub"];
type RoundsContext = Parameters<typeof createRounds>[0];

export const MINUTE = 60_000;

/** Ada's server at a hub, and rounds of the poller that come when a test asks for one. */
export interface IdleScene {
  readonly scene: HubScene;
  readonly context: RoundsContext;
  readonly settings: { -readonly [K in keyof HubConfig]: HubConfig[K] };
  /** Her access token. */
  readonly ada: string;
  /** Hers at the hub, as it runs now. */
  server: DoubleServer;
  /** With what follows it. */
  round(): Promise<void>;
  /** So many minutes ago by the hub's clock. */
  ago(minutes: number): Date;
  row(): Promise<HubServerRow>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers loosely
  shown(): Promise<any>;
  isWarned(): Promise<boolean>;
  keep(body?: object): ReturnType<typeof call>;
  signals(...list: HubConfig["idleSignals"]): void;
  uses(kernels: readonly object[], terminals?: readonly object[]): void;
  /** As if the time of the warning were over. */
  timeIsOver(): Promise<void>;
  /** As if nobody had been asked lately. */
  asIfLater(): Promise<void>;
  /** Before each test: her server runs for two hours. */
  begin(): void;
  /** After each test. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export const kernelOf = (state: string, at: Date, connections = 0) => ({
  ...{ id: "k1", name: "python3", execution_state: state, connections },
  last_activity: at.toISOString(),
});
export const terminalOf = (at: Date) => ({ name: "1", last_activity: at.toISOString() });

export async function startIdleScene(): Promise<IdleScene> {
  const scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_IDLE_MINUTES: "60" });
  const { platform } = scene.stoa;
  const settings = { ...platform.config.hub };
  const own = { ...platform, config: { ...platform.config, nodeId: "the-test", hub: settings } };
  const client = openHubClient(platform, () => undefined) as NonNullable<HubContext["client"]>;
  const calls = openServerCalls(platform) as ServerCalls;
  const needs = { people: scene.stoa.accounts, statsOf: async () => ({}) as never, roomOf: () => null };
  const context: RoundsContext = { platform: own, db: platform.db.withTables<HubTables>(), client, ...needs };
  const ada = await scene.person("ada");
  const mine = async () => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as: ada })).json;
  await until(async () => (await mine()).user?.state === "ours", "her user is made");
  await holdRounds(context);
  const round = roundsOf(context, calls);
  const ago = (minutes: number) => new Date(Date.now() + scene.hub.skewMs - minutes * MINUTE);
  const row = async () => {
    const hers = context.db.selectFrom("hub_servers").selectAll().where("user_name", "=", "ada");
    return (await hers.executeTakeFirstOrThrow()) as HubServerRow;
  };
  const change = async (what: Partial<HubServerRow>) =>
    void (await context.db.updateTable("hub_servers").set(what).execute());
  const idle: IdleScene = {
    ...{ scene, context, settings, ada, round, ago, row },
    server: scene.hub.runs("ada", "", ago(120)),
    shown: async () => (await mine()).servers[0],
    isWarned: async () => (await row()).warned_at !== null,
    keep: (body = {}) => call(scene.stoa, "POST", "/api/stoa/v1/hub/keep", { as: ada, body }),
    signals: (...list) => {
      settings.idleSignals = list;
    },
    uses: (kernels, terminals = []) => {
      idle.server.use = { kernels, terminals };
    },
    timeIsOver: () => change({ idle_stop_at: new Date(Date.now() - 1_000) }),
    asIfLater: () => change({ asked_at: [] }),
    begin() {
      const usual = { idleMinutes: 60, idleWarningMinutes: 10 };
      Object.assign(settings, { ...usual, idleSignals: ["kernel", "network", "terminal"] });
      idle.server = scene.hub.runs("ada", "", ago(120));
    },
    async end() {
      scene.hub.skewMs = 0;
      scene.hub.scopes.add("access:servers");
      scene.hub.intercept = () => false;
      for (const { servers } of scene.hub.users.values()) servers.clear();
      await context.db.deleteFrom("hub_servers").execute();
    },
    async close() {
      await client.close();
      await calls.close();
      await scene.close();
    },
  };
  return idle;
}

/** The server's own poller leaves it to the test: rounds come when they are asked for. */
async function holdRounds({ db }: RoundsContext): Promise<void> {
  const lease = { holder: `the-test#${process.pid}`, until: new Date(Date.now() + 60 * MINUTE) };
  await until(async () => {
    const taken = db.updateTable("leases" as never).set(lease as never);
    return (await taken.where("name" as never, "=", "hub.poll" as never).executeTakeFirst()).numUpdatedRows > 0n;
  }, "the lease is there");
}

function roundsOf(context: RoundsContext, calls: ServerCalls): () => Promise<void> {
  const { signal } = new AbortController();
  // Goes on only where the poller waits: so many rounds need more calls than it makes in a minute.
  let time = 0;
  const rounds = createRounds(context, (aheadMs) => sweepIdle(context, calls, aheadMs, signal, () => undefined), {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  });
  return () => rounds.run(signal);
}
