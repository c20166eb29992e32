import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { composeFile, DEPLOY, environmentOf, freshEnv } from "../support/compose-file.ts";
import {
  type ExternalPostgres,
  freePort,
  hasExternalPostgres,
  startExternalPostgres,
} from "../support/external-postgres.ts";
import { debianHub, jupyterHub } from "../support/jupyter-peers.ts";
import { type Answer, accessToken, send } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const ROOT = join(import.meta.dirname, "../..");
const CONFIG = join(import.meta.dirname, "deploy_hub.py");
const PROXY = join(ROOT, "node_modules/configurable-http-proxy/bin/configurable-http-proxy");
const database = hasExternalPostgres();
const hubs = [
  { peer: "Debian's JupyterHub 3", folder: debianHub(), app: "notebook.notebookapp.NotebookApp" },
  { peer: "JupyterHub 5", folder: jupyterHub(5), app: "jupyter_server.serverapp.ServerApp" },
];

/** The processes of compose.yaml, started by hand in its order, with its environment but for places and ports. */
describe.each(hubs)("compose.yaml with $peer", ({ folder, app }) => {
  describe.skipIf(folder === null || !database)("by hand", () => {
    const env = freshEnv();
    let base: string;
    let postgres: ExternalPostgres;
    let hub: ChildProcess;
    let printed = "";
    let stoa: StoaProcess;
    let ports: Record<"postgres" | "jupyterhub" | "stoa", number>;

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), "stoa-deploy-"));
      chmodSync(base, 0o755);
      mkdirSync(join(base, "storage"));
      mkdirSync(join(base, "hub"));
      ports = { postgres: 0, jupyterhub: await freePort(), stoa: await freePort() };
    });
    afterAll(async () => {
      if (stoa !== undefined) await discard(stoa);
      hub?.kill("SIGTERM");
      if (hub !== undefined && hub.exitCode === null) await new Promise((resolve) => hub.once("exit", resolve));
      endBelow(base);
      await postgres?.stop();
      rmSync(base, { recursive: true, force: true });
    });

    /** compose.yaml's, with this machine's places: containers' names and ports are loopback's here. */
    function placed(service: string): Record<string, string> {
      const here = Object.entries(environmentOf(service, env)).map(([name, value]) => [name, moved(value)]);
      return Object.fromEntries(here);
    }
    function moved(text: string): string {
      return text
        .replace("@postgres:5432", `@127.0.0.1:${ports.postgres}`)
        .replace(/(?:jupyterhub|127\.0\.0\.1):8000/, `127.0.0.1:${ports.jupyterhub}`)
        .replace(/(?:stoa|127\.0\.0\.1|localhost):8080/, `127.0.0.1:${ports.stoa}`)
        .replace("/srv/storage", join(base, "storage"));
    }

    /** The exit code of a service's health command. */
    function health(service: string): number | null {
      const [kind, command = "", ...args] = composeFile().services[service]?.healthcheck?.test ?? [];
      expect(kind).toBe("CMD");
      const programs = `/usr/lib/postgresql/15/bin:${join(process.execPath, "..")}:/usr/bin:/bin`;
      const surroundings = { PATH: programs, PGPORT: String(ports.postgres) };
      return spawnSync(command, args.map(moved), { env: surroundings, timeout: 10_000 }).status;
    }

    async function startHub(extra: Record<string, string> = {}): Promise<ChildProcess> {
      const bin = join(folder as string, "bin");
      const inner = [ports.jupyterhub, await freePort(), await freePort()];
      const child = spawn(join(bin, "jupyterhub"), ["-f", CONFIG], {
        cwd: base,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: `${bin}:/usr/bin:/bin:/usr/sbin:/sbin`,
          HOME: base,
          LANG: "C.UTF-8",
          // Where the images have them installed; a hub hands this on to its servers.
          PYTHONPATH: `${join(ROOT, "integrations/jupyterhub")}:${join(ROOT, "integrations/ipython")}`,
          PYTHONDONTWRITEBYTECODE: "1",
          ...placed("jupyterhub"),
          // No engine here.
          JUPYTERHUB_SPAWNER: "process",
          JUPYTERHUB_DATA: join(base, "hub"),
          JUPYTERHUB_TOKEN_CACHE: "2",
          DEPLOY_CONFIG: join(DEPLOY, "jupyterhub/jupyterhub_config.py"),
          DEPLOY_BASE: base,
          DEPLOY_PORTS: inner.join(","),
          DEPLOY_PROXY: [process.execPath, PROXY].join("\n"),
          DEPLOY_SINGLEUSER: join(bin, "jupyterhub-singleuser"),
          DEPLOY_APP: app,
          ...extra,
        },
      });
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (printed += chunk));
      return child;
    }

    const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
      send(`http://127.0.0.1:${ports.jupyterhub}/hub/api${path}`, method, body, {
        Authorization: `token ${env.JUPYTERHUB_API_TOKEN}`,
      });

    it("starts the database", async () => {
      expect(health("postgres")).not.toBe(0);
      postgres = await startExternalPostgres();
      ports.postgres = Number(new URL(postgres.url).port);
      await postgres.query(`CREATE ROLE stoa LOGIN PASSWORD '${env.POSTGRES_PASSWORD}'`);
      await postgres.query("ALTER DATABASE stoa OWNER TO stoa");
      expect(health("postgres")).toBe(0);
    });

    it("starts no hub without its token", async () => {
      hub = await startHub({ JUPYTERHUB_API_TOKEN: "" });
      expect(await new Promise((resolve) => hub.once("exit", resolve))).not.toBe(0);
      expect(printed).toContain("JUPYTERHUB_API_TOKEN is not set");
    });

    it("starts the hub, before there is a Stoa", async () => {
      expect(health("jupyterhub")).not.toBe(0);
      printed = "";
      hub = await startHub();
      await expect.poll(() => health("jupyterhub"), { timeout: 60_000, interval: 500 }).toBe(0);
      expect(health("stoa")).not.toBe(0);
    });

    it("starts Stoa on that database", async () => {
      // What containers have to themselves, and a directory of the test's.
      const { STOA_DATA_DIR: _, STOA_HOST: __, ...settings } = placed("stoa");
      stoa = await startStoa({ env: { ...settings, STOA_PORT: String(ports.stoa) } });
      expect(health("stoa")).toBe(0);
      expect((await postgres.query("SELECT count(*)::int AS n FROM accounts")).rows[0].n).toBe(1);
      // As the hub and people's servers call it.
      const named = await send(`${stoa.url}/health`, "GET", undefined, { Host: "stoa:8080" });
      expect(named.status).toBe(200);
      expect((await send(`${stoa.url}/health`, "GET", undefined, { Host: "other:8080" })).status).toBe(421);
    });

    it("lets Stoa's token do what the scopes say, and no more", async () => {
      const self = (await call("GET", "/user")).json;
      expect(self).toMatchObject({ kind: "service", name: "stoa" });
      const wanted = "list:users read:users read:users:activity read:servers users admin:users servers admin:servers";
      expect(self.scopes).toEqual(expect.arrayContaining([...wanted.split(" "), "access:servers", "tokens"]));
      expect(self.scopes).not.toContain("shutdown");
      expect((await call("POST", "/shutdown", {})).status).toBe(403);
      expect((await call("GET", "/users")).status).toBe(200);
      expect((await call("POST", "/users/ada")).status).toBe(201);
      const named = await call("POST", "/users/ada/servers/second");
      expect(named.status).toBe(400);
    });

    it("leads nobody in a circle who comes without a token", async () => {
      const hubUrl = `http://127.0.0.1:${ports.jupyterhub}`;
      const page = await fetch(`${hubUrl}/hub/home`, { redirect: "follow" });
      expect(page.status).toBe(403);
      expect((await fetch(`${hubUrl}/hub/metrics`)).status).toBe(200);
    });

    it("makes the directory at the first start, and the server runs in it", async () => {
      await start("ada");
      expect(existsSync(join(base, "storage/ada"))).toBe(true);
      const key = { "X-API-Key": env.API_KEY as string };
      expect((await send(`${stoa.url}/api/v1/users/ada`, "GET", undefined, key)).status).toBe(200);
      const surroundings = environOf("ada");
      expect(surroundings).toContain(`STOA_URL=http://127.0.0.1:${ports.stoa}`);
      for (const secret of ["API_KEY", "STOA_SECRET_KEY", "POSTGRES_PASSWORD"]) {
        expect(surroundings.join("\n")).not.toContain(env[secret] as string);
      }
      expect(surroundings.join("\n")).not.toContain(env.JUPYTERHUB_API_TOKEN as string);
    });

    it("knows people whose names have dots", async () => {
      expect((await call("POST", "/users/a.b")).status).toBe(201);
      await start("a.b");
      expect(existsSync(join(base, "storage/a-DOT-b"))).toBe(true);
    });

    it("takes a revoked token no longer than it is told", async () => {
      const made = await call("POST", "/users/ada/tokens", { expires_in: 600, scopes: ["access:servers!user=ada"] });
      expect(made.status, made.text).toBe(201);
      const ask = async (): Promise<number> => {
        const url = `http://127.0.0.1:${ports.jupyterhub}/user/ada/api/status`;
        return (await send(url, "GET", undefined, { Authorization: `token ${made.json.token}` })).status;
      };
      expect(await ask()).toBe(200);
      expect((await call("DELETE", `/users/ada/tokens/${made.json.id}`)).status).toBe(204);
      // The default is five minutes.
      await expect.poll(ask, { timeout: 30_000, interval: 500 }).toBe(403);
    });

    it.skipIf(folder !== "/usr")("hears from a kernel, by the token of its server alone", async () => {
      // As /etc/ipython/ipython_config.py in the image, for this home.
      const profile = join(base, "home/admin/.ipython/profile_default");
      mkdirSync(profile, { recursive: true });
      copyFileSync(join(ROOT, "integrations/ipython/etc/ipython_config.py"), join(profile, "ipython_config.py"));
      const bearer = {
        Authorization: `Bearer ${await accessToken(stoa.url, "admin", env.STOA_ADMIN_PASSWORD as string)}`,
      };
      let landing = "";
      const launched = async (): Promise<string> => {
        const answer = await send(`${stoa.url}/api/jupyter/launch`, "POST", undefined, bearer);
        landing = answer.json.url;
        // A refusal is the answer then, and is seen.
        return answer.json.status ?? answer.text;
      };
      await expect.poll(launched, { timeout: 15_000, interval: 1000 }).toBe("running");
      const server = new URL(landing, `http://127.0.0.1:${ports.jupyterhub}`);
      await runCell(server.origin, server.searchParams.get("token") as string, "deployed_cell = 6 * 7");
      const found = async (): Promise<unknown> =>
        (await send(`${stoa.url}/api/activity/search?query=deployed_cell`, "GET", undefined, bearer)).json.results;
      await expect
        .poll(found, { timeout: 60_000 })
        .toMatchObject([{ code: "deployed_cell = 6 * 7", status: "success", cell_number: 1 }]);
    });

    it("prints none of its secrets", () => {
      for (const secret of ["JUPYTERHUB_API_TOKEN", "API_KEY", "STOA_SECRET_KEY", "STOA_ADMIN_PASSWORD"]) {
        expect(printed + stoa.output()).not.toContain(env[secret] as string);
      }
    });

    async function start(person: string): Promise<void> {
      const asked = await call("POST", `/users/${person}/server`);
      expect(asked.status, asked.text + printed).toBeLessThan(300);
      const ready = async (): Promise<unknown> => (await call("GET", `/users/${person}`)).json.servers[""]?.ready;
      await expect.poll(ready, { timeout: 60_000, interval: 500, message: printed }).toBe(true);
    }

    /** Of a person's server. */
    function environOf(person: string): string[] {
      for (const file of globSync("/proc/[0-9]*/environ")) {
        const found = read(file).split("\0");
        if (found.includes(`JUPYTERHUB_USER=${person}`) && found.some((one) => one.includes(base))) return found;
      }
      return [];
    }
  });
});

/** One cell in a new kernel of the admin's server; what it printed. */
async function runCell(origin: string, token: string, code: string): Promise<string> {
  const headers = { Authorization: `token ${token}` };
  const kernel = await send(`${origin}/user/admin/api/kernels`, "POST", {}, headers);
  expect(kernel.status, kernel.text).toBe(201);
  const channels = `${origin.replace("http", "ws")}/user/admin/api/kernels/${kernel.json.id}/channels`;
  const socket = new WebSocket(channels, { headers });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const header = { msg_id: "cell", msg_type: "execute_request", session: "test", username: "admin", version: "5.3" };
  const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  let printed = "";
  const done = new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.parent_header.msg_id !== "cell") return;
      if (message.msg_type === "stream") printed += message.content.text;
      if (message.content.execution_state === "idle") resolve();
    });
  });
  socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] }));
  await done;
  socket.close();
  return printed;
}

/** Servers and the proxy outlive the hub, on purpose; these have the folder in their surroundings. */
function endBelow(base: string): void {
  for (const file of globSync("/proc/[0-9]*/environ")) {
    if (read(file).includes(base)) process.kill(Number(file.split("/")[2]), "SIGKILL");
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // It has ended, or is another account's.
    return "";
  }
}
