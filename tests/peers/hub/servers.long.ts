import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HubTables } from "../../../packages/server/src/hub/tables.ts";
import { type HubScene, startHubScene, until } from "../../support/hub-scene.ts";
import { debianHub, jupyterHub } from "../../support/jupyter-peers.ts";
import { type Hub, startHub } from "../../support/jupyterhub-process.ts";
import { call } from "../../support/two-servers.ts";

const hubs = [
  { peer: "Debian's JupyterHub 3", folder: debianHub() },
  { peer: "JupyterHub 5", folder: jupyterHub(5) },
];

describe.each(hubs)("servers at $peer", ({ folder }) => {
  describe.skipIf(folder === null)("that runs", () => {
    let hub: Hub;
    let scene: HubScene;
    const people = new Map<string, string>();
    beforeAll(async () => {
      hub = await startHub(folder as string, { HUB_EXAMPLE: join(import.meta.dirname, "plain_hub.py") });
      scene = await startHubScene({
        ...{ JUPYTERHUB_API_URL: `${hub.url}/hub/api`, JUPYTERHUB_API_TOKEN: hub.token },
        ...{ JUPYTERHUB_IDLE_WARNING: "0", STOA_REQUESTS_PER_MINUTE: "0" },
      });
      for (const name of ["ada", "ben"]) people.set(name, await scene.person(name));
      await until(async () => (await shown("ben")).user?.state === "ours", "their users are made");
    }, 90_000);
    afterAll(async () => {
      await scene?.close();
      await hub?.stop();
    }, 60_000);

    const api = (name: string, method: "GET" | "POST" | "DELETE", path: string, body?: object) =>
      call(scene.stoa, method, `/api/stoa/v1/hub${path}`, { as: people.get(name) as string, body });
    const shown = async (name: string) => (await api(name, "GET", "")).json;
    const server = async (name: string) => {
      const seen = await shown(name);
      if (seen.servers === undefined) throw new Error(`of ${name}: ${JSON.stringify(seen)}`);
      return seen.servers[0];
    };
    const stateIs = (name: string, state: string) =>
      until(async () => (await server(name)).state === state, `the server of ${name} is ${state}`, 100_000);
    const db = () => scene.stoa.platform.db.withTables<HubTables>();
    /** Whose tokens, by the server's own API. */
    const ask = (name: string, token: string, path = "api/kernels") =>
      fetch(`${hub.url}/user/${name}/${path}`, { redirect: "manual", headers: { authorization: `token ${token}` } });
    const tokenFor = async (name: string) => {
      const { json } = await api(name, "POST", "/open", {});
      return { id: json.token_id as number, secret: new URL(json.url).searchParams.get("token") as string };
    };
    it("are seen when they start and stop elsewhere", async () => {
      expect(await hub.start("ada")).toMatchObject({ ready: true });
      await stateIs("ada", "ready");
      expect(await server("ada")).toMatchObject({ stopped_because: null, started_at: expect.any(String) });
      await hub.end("ada");
      await stateIs("ada", "stopped");
      expect(await server("ada")).toMatchObject({ stopped_because: "gone" });
    }, 90_000);

    it("are reached by their own token and by no other's, and by none that was revoked", async () => {
      await Promise.all(["ada", "ben"].map((name) => api(name, "POST", "/launch", {})));
      await stateIs("ada", "ready");
      await stateIs("ben", "ready");
      const { id, secret } = await tokenFor("ada");
      expect((await ask("ada", secret)).status).toBe(200);
      expect((await ask("ben", secret)).status).toBe(403);
      expect((await api("ada", "DELETE", `/tokens/${id}`)).json).toMatchObject({ state: "revoked" });
      const self = await fetch(`${hub.url}/hub/api/user`, { headers: { authorization: `token ${secret}` } });
      expect(self.status).toBe(403);
      // One that the server has not seen yet: what it has seen it remembers for five minutes.
      const unseen = await tokenFor("ben");
      await api("ben", "DELETE", `/tokens/${unseen.id}`);
      expect((await ask("ben", unseen.secret)).status).toBe(403);
    }, 90_000);

    it("are stopped when idle, and not while a kernel runs something", async () => {
      const { secret } = await tokenFor("ben");
      const started = await fetch(`${hub.url}/user/ben/api/kernels`, {
        ...{ method: "POST", headers: { authorization: `token ${secret}`, "content-type": "application/json" } },
        body: JSON.stringify({ name: "python3" }),
      });
      expect(started.status).toBe(201);
      const { id } = (await started.json()) as { id: string };
      await run(`${hub.url.replace("http", "ws")}/user/ben/api/kernels/${id}/channels?token=${secret}`);
      await until(async () => {
        const [kernel] = (await (await ask("ben", secret)).json()) as { execution_state: string }[];
        return kernel?.execution_state === "busy";
      }, "the kernel is busy");
      Object.assign(scene.stoa.platform.config.hub, { idleMinutes: 1 });
      await stateIs("ada", "stopped");
      expect(await server("ada")).toMatchObject({ stopped_because: "idle" });
      const row = () => db().selectFrom("hub_servers").selectAll().where("user_name", "=", "ben").executeTakeFirst();
      await until(async () => (await row())?.used_at, "it was asked", 90_000);
      expect(await row()).toMatchObject({ state: "ready", stop_wanted: null });
      expect((await api("ben", "POST", "/stop", {})).status).toBe(200);
      await stateIs("ben", "stopped");
      expect(await server("ben")).toMatchObject({ stopped_because: "person" });
    }, 240_000);
  });
});

/** Lets a kernel run something long, by Jupyter's own messages; returns once it does, and leaves. */
async function run(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  const header = { msg_id: "m1", session: "s1", username: "", version: "5.3", msg_type: "execute_request" };
  const content = { code: "import time; time.sleep(300)", silent: false, store_history: true, allow_stdin: false };
  const message = { channel: "shell", header, parent_header: {}, metadata: {}, content };
  const runs = new Promise<void>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.includes('"execute_input"')) resolve();
    });
  });
  socket.send(JSON.stringify(message));
  await runs;
  socket.close();
}
