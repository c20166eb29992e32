import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entries } from "../packages/server/src/config/catalogue.ts";
import { composeFile, DEPLOY, environmentOf, freshEnv, interpolate, parseEnv } from "./support/compose-file.ts";

const ROOT = join(DEPLOY, "..");
const compose = composeFile();
const { postgres, jupyterhub, stoa } = compose.services;
const SECRETS = ["POSTGRES_PASSWORD", "JUPYTERHUB_API_TOKEN", "API_KEY", "STOA_SECRET_KEY", "STOA_ADMIN_PASSWORD"];
const text = (file: string): string => readFileSync(join(DEPLOY, file), "utf8");

describe("compose.yaml", () => {
  it("has the three services, each restarted unless it was stopped", () => {
    const services = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
    expect(services.map(([name]) => name)).toEqual(["postgres", "jupyterhub", "stoa"]);
    for (const [, { restart }] of services) expect(restart).toBe("unless-stopped");
  });

  it("starts Stoa once the database is healthy and the hub is started", () => {
    expect(stoa?.depends_on).toEqual({
      postgres: { condition: "service_healthy" },
      jupyterhub: { condition: "service_started" },
    });
    expect(jupyterhub?.depends_on).toBeUndefined();
  });

  it("asks /health and /hub/api every 30 s after 60 s, with what the images have", () => {
    for (const service of [jupyterhub, stoa]) {
      expect(service?.healthcheck).toMatchObject({ interval: "30s", start_period: "60s" });
    }
    expect(stoa?.healthcheck?.test.slice(0, 3)).toEqual(["CMD", "node", "-e"]);
    expect(stoa?.healthcheck?.test[3]).toContain("http://127.0.0.1:8080/health");
    expect(jupyterhub?.healthcheck?.test.slice(0, 3)).toEqual(["CMD", "python3", "-c"]);
    expect(jupyterhub?.healthcheck?.test[3]).toContain("http://127.0.0.1:8000/hub/api");
    expect(postgres?.healthcheck?.test.slice(0, 2)).toEqual(["CMD", "pg_isready"]);
    expect(text("Dockerfile")).toMatch(/^FROM node:/m);
  });

  it("keeps what has to be kept in named volumes", () => {
    expect(jupyterhub?.volumes).toContain("jupyterhub_data:/srv/jupyterhub");
    expect(postgres?.volumes).toContain("postgres_data:/var/lib/postgresql/data");
    expect(stoa?.volumes).toContain("stoa_data:/var/lib/stoa");
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.filter((one) => typeof one === "string" && !one.startsWith("/")).map((one) => String(one).split(":")[0]),
    );
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
    // The configuration is not below it: the volume would hide a newer one.
    expect(text("jupyterhub/Dockerfile")).toContain('"-f", "/etc/jupyterhub/jupyterhub_config.py"');
  });

  it("lets only the two public ports out, on loopback unless told otherwise", () => {
    expect(postgres?.ports).toBeUndefined();
    const env = parseEnv(text(".env.example"));
    const published = [jupyterhub, stoa].flatMap((service) => service?.ports ?? []);
    expect(published.map((port) => interpolate(port, env))).toEqual(["127.0.0.1:8000:8000", "127.0.0.1:8080:8080"]);
    expect(published.map((port) => interpolate(port, {}))).toEqual(["127.0.0.1:8000:8000", "127.0.0.1:8080:8080"]);
  });

  it("has one network for the three, which people's containers are not in", () => {
    for (const service of [postgres, jupyterhub, stoa]) expect(service?.networks).toContain("inside");
    expect(postgres?.networks).toEqual(["inside"]);
    expect(jupyterhub?.environment?.JUPYTERHUB_NETWORK).toBe(compose.networks.servers?.name);
    expect(compose.networks.servers?.name).not.toBe(compose.networks.inside?.name);
  });

  it("says which one address a proxy has, that no container of a person's can have", () => {
    const raw = text("compose.yaml");
    const subnets = [...raw.matchAll(/subnet: (\S+)/g)].map(([, subnet]) => subnet);
    const gateways = [...raw.matchAll(/gateway: (\S+)/g)].map(([, gateway]) => gateway);
    expect(subnets).toEqual(["10.231.0.0/24", "10.231.16.0/20"]);
    const about = /# .*\n# .*\nSTOA_TRUSTED_PROXIES=\n/.exec(text(".env.example"))?.[0] ?? "";
    // A block is named only to say whose it is.
    const [named, warned] = about.split("\n") as [string, string];
    expect(named.match(/\d+\.\d+\.\d+\.\d+(\/\d+)?/g)).toEqual([gateways[0]]);
    expect(warned).toContain(`people's containers (${subnets[1]})`);
  });

  it("builds from files that are there, and copies only what the images may have", () => {
    for (const { build } of Object.values(compose.services)) {
      if (build === undefined) continue;
      expect(join(DEPLOY, build.context)).toBe(`${ROOT}/`.replace(/\/$/, ""));
      const copied = [...readFileSync(join(ROOT, build.dockerfile), "utf8").matchAll(/^COPY (?!\. )(.+) \S+$/gm)];
      for (const source of copied.flatMap(([, sources = ""]) => sources.split(" "))) {
        expect(existsSync(join(ROOT, source)), source).toBe(true);
      }
    }
    expect(compose.services.singleuser?.image).toBe(jupyterhub?.environment?.JUPYTERHUB_IMAGE);
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".git", ".env", "**/.env", "**/node_modules", "**/dist"]));
  });
});

describe("secrets", () => {
  it("have no default, and nothing starts without them", () => {
    const raw = text("compose.yaml");
    for (const name of SECRETS) {
      const uses = [...raw.matchAll(new RegExp(`\\$\\{?${name}[^}]*\\}?`, "g"))].map(([use]) => use);
      expect(uses.length, name).toBeGreaterThan(0);
      for (const use of uses) expect(use).toMatch(/^\$\{\w+:\?/);
      expect(() => environmentOf("stoa", { ...freshEnv(), [name]: "" })).toThrow(name);
    }
    const example = parseEnv(text(".env.example"));
    for (const name of SECRETS) expect(example[name]).toBe("");
    const given = Object.values(compose.services).flatMap(({ environment = {} }) => Object.entries(environment));
    for (const [name, value] of given) if (/PASSWORD|TOKEN|SECRET|KEY/.test(name)) expect(value).toMatch(/^\$\{\w+:\?/);
  });

  it("match between the hub and Stoa", () => {
    const env = freshEnv();
    const [hub, ours] = [environmentOf("jupyterhub", env), environmentOf("stoa", env)];
    expect(hub.JUPYTERHUB_API_TOKEN).toBe(env.JUPYTERHUB_API_TOKEN);
    expect(ours.JUPYTERHUB_API_TOKEN).toBe(env.JUPYTERHUB_API_TOKEN);
    expect(hub.API_KEY).toBe(ours.API_KEY);
    expect(hub.JUPYTERHUB_NAMED_SERVERS).toBe(ours.JUPYTERHUB_NAMED_SERVERS);
    expect(ours.JUPYTERHUB_API_URL).toBe("http://jupyterhub:8000/hub/api");
    expect(ours.DATABASE_URL).toBe(`postgresql://stoa:${env.POSTGRES_PASSWORD}@postgres:5432/stoa`);
    expect(environmentOf("postgres", env).POSTGRES_PASSWORD).toBe(env.POSTGRES_PASSWORD);
    expect(new URL(hub.STOA_INTERNAL_URL as string).hostname).toBe(ours.STOA_ALLOWED_HOSTS);
  });

  it("are not told to whom they don't belong", () => {
    const used = (name: string): string => JSON.stringify(compose.services[name]?.environment);
    expect(used("jupyterhub")).not.toMatch(/POSTGRES_PASSWORD|STOA_SECRET_KEY|STOA_ADMIN_PASSWORD/);
    expect(used("postgres")).not.toMatch(/JUPYTERHUB|API_KEY|STOA/);
  });

  it("are settings that Stoa knows", () => {
    const known = entries.map(({ setting }) => setting.env);
    for (const name of Object.keys(stoa?.environment ?? {})) expect(known, name).toContain(name);
  });
});

describe("make-env.sh", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stoa-make-env-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const make = (file: string) => spawnSync("sh", [join(DEPLOY, "make-env.sh"), file], { encoding: "utf8" });

  it("makes secrets that are long, different each time, and its owner's alone", () => {
    const file = join(folder, ".env");
    const { status, stdout } = make(file);
    expect(status).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [one, other] = [parseEnv(readFileSync(file, "utf8")), freshEnv()];
    const secrets = SECRETS.flatMap((name) => [one[name], other[name]]);
    for (const secret of secrets) expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) expect(stdout).not.toContain(secret);
    expect(Object.keys(one)).toEqual(Object.keys(parseEnv(text(".env.example"))));
  });

  it("leaves one alone that is there", () => {
    const file = join(folder, ".env");
    make(file);
    const before = readFileSync(file, "utf8");
    expect(make(file)).toMatchObject({ status: 1, stderr: expect.stringContaining("stays as it is") });
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(make(join(folder, "none/.env")).status).not.toBe(0);
  });

  it("says of compose what is still to do with it", () => {
    expect(make(join(folder, ".env")).stdout).toContain("docker compose");
  });

  it("makes another file for a hub without containers, and says whose each part is", () => {
    const file = join(folder, "hub.env");
    const { status, stdout } = make(file);
    expect(status).toBe(0);
    expect(stdout).toContain("without containers");
    expect(stdout).not.toContain("docker");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [, both = "", ours = "", hubs = ""] = readFileSync(file, "utf8").split(/^# ----.*\n/m);
    const shared = parseEnv(both);
    for (const name of ["JUPYTERHUB_API_TOKEN", "API_KEY"]) expect(shared[name]).toMatch(/^[0-9a-f]{48}$/);
    for (const value of [shared.API_KEY, shared.JUPYTERHUB_API_TOKEN]) expect(stdout).not.toContain(value);
    expect(shared.STORAGE_BASE_PATH).toBe("/srv/storage");
    const known = entries.map(({ setting }) => setting.env);
    for (const name of Object.keys({ ...shared, ...parseEnv(ours) })) expect(known, name).toContain(name);
    // Stoa would not start with these.
    expect(Object.keys(parseEnv(hubs))).toEqual(expect.arrayContaining(["STOA_ACTIVITY", "STOA_INTERNAL_URL"]));
  });

  it("knows every name that compose.yaml asks for", () => {
    const asked = [...text("compose.yaml").matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const given = Object.keys(parseEnv(text(".env.example")));
    expect([...new Set(asked)].sort()).toEqual(given.sort());
  });
});

describe("the hub's configuration", () => {
  const python = spawnSync("python3", ["--version"]).status === 0;
  const raw = text("jupyterhub/jupyterhub_config.py");
  const SCOPES = ["list:users", "read:users", "read:users:activity", "read:servers", "users", "admin:users"];
  SCOPES.push("servers", "admin:servers", "access:servers", "tokens");

  /** Runs it as JupyterHub does, with a double of its configuration object that notes what is set. */
  const loaded = (env: Record<string, string>): Record<string, unknown> =>
    JSON.parse(run(env, ["print(json.dumps(c, default=lambda one: type(one).__name__))"]));

  /** Where ada's server would start, had Stoa just said that her directory is there. @throws with the refusal */
  const prepared = (env: Record<string, string>): string =>
    run(env, [
      "import asyncio, logging, types",
      "async def storage(spawner): return types.SimpleNamespace(name='ada')",
      "told['storage'] = storage",
      "spawner = types.SimpleNamespace(log=logging.getLogger())",
      "asyncio.run(c.Spawner.pre_spawn_hook(spawner))",
      "print(spawner.notebook_dir)",
    ]).trim();

  /** What `then` prints, lines of Python that find the configuration's names in `told`. */
  function run(env: Record<string, string>, then: readonly string[]): string {
    const program = [
      "import json, sys",
      "class Noted(dict):",
      "    def __getattr__(self, name): return self.setdefault(name, Noted())",
      "    def __setattr__(self, name, value): self[name] = value",
      "c = Noted()",
      "path = sys.argv[1]",
      "told = {'get_config': lambda: c, '__name__': 'config'}",
      "exec(compile(open(path).read(), path, 'exec'), told)",
      ...then,
    ].join("\n");
    const hook = join(ROOT, "integrations/jupyterhub");
    const options = {
      encoding: "utf8" as const,
      stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, PYTHONPATH: hook, PYTHONDONTWRITEBYTECODE: "1", ...env },
    };
    return execFileSync("python3", ["-c", program, join(DEPLOY, "jupyterhub/jupyterhub_config.py")], options);
  }

  const enough = () => environmentOf("jupyterhub", freshEnv());

  it.skipIf(!python)("gives Stoa a service without admin, and a role of the ten scopes", () => {
    const env = enough();
    const { JupyterHub } = loaded(env) as { JupyterHub: Record<string, unknown> };
    expect(JupyterHub.services).toEqual([{ name: "stoa", api_token: env.JUPYTERHUB_API_TOKEN }]);
    expect(JupyterHub.load_roles).toEqual([expect.objectContaining({ services: ["stoa"], scopes: SCOPES })]);
    expect(JupyterHub).toMatchObject({ allow_named_servers: false, authenticate_prometheus: false });
    // What each is for stands beside it, and in the operators' table.
    for (const scope of SCOPES) expect(raw).toMatch(new RegExp(`"${scope}", +# \\S.{20,}`));
    const page = readFileSync(join(ROOT, "docs/jupyterhub.md"), "utf8");
    for (const scope of SCOPES) expect(page).toMatch(new RegExp(`^\\| \`${scope}\` \\|`, "m"));
  });

  it.skipIf(!python)("is what .env chooses", () => {
    const on = loaded({ ...enough(), JUPYTERHUB_NAMED_SERVERS: "on", JUPYTERHUB_SPAWNER: "process" });
    expect(on).toMatchObject({ JupyterHub: { allow_named_servers: true, spawner_class: "simple" } });
    expect(loaded(enough())).toMatchObject({
      JupyterHub: { spawner_class: "dockerspawner.DockerSpawner", authenticator_class: "null" },
      DockerSpawner: { image: "stoa-singleuser", network_name: "stoa_servers" },
      Spawner: {
        args: ["--HubOAuth.cache_max_age=30"],
        environment: { STOA_URL: "http://stoa:8080", STOA_ACTIVITY: "" },
        pre_spawn_hook: "function",
      },
    });
  });

  it.skipIf(!python)("listens where it is told, and without containers on loopback unless told", () => {
    const alone = { ...enough(), JUPYTERHUB_SPAWNER: "process" };
    expect(loaded(enough())).toMatchObject({ JupyterHub: { bind_url: "http://:8000", hub_port: 8081 } });
    expect(loaded(alone)).toMatchObject({
      JupyterHub: { bind_url: "http://127.0.0.1:8000" },
      ConfigurableHTTPProxy: { api_url: "http://127.0.0.1:8001" },
    });
    const told = { JUPYTERHUB_BIND: "http://[::1]:9000", JUPYTERHUB_HUB_PORT: "9001", JUPYTERHUB_PROXY_PORT: "9002" };
    expect(loaded({ ...alone, ...told })).toMatchObject({
      JupyterHub: { bind_url: "http://[::1]:9000", hub_port: 9001 },
      ConfigurableHTTPProxy: { api_url: "http://127.0.0.1:9002" },
    });
  });

  it.skipIf(!python)("refuses a start where Stoa's directories are not, and says what to look at", () => {
    const base = mkdtempSync(join(tmpdir(), "stoa-base-"));
    const env = { ...enough(), JUPYTERHUB_SPAWNER: "process", STORAGE_BASE_PATH: base };
    try {
      expect(() => prepared(env)).toThrow(`${base}/ada: no such directory: is STORAGE_BASE_PATH the same as Stoa's?`);
      mkdirSync(join(base, "ada"));
      expect(prepared(env)).toBe(join(base, "ada"));
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });

  it.skipIf(!python).each([
    [{ JUPYTERHUB_API_TOKEN: "" }, "JUPYTERHUB_API_TOKEN is not set"],
    [{ JUPYTERHUB_API_TOKEN: "short" }, "JUPYTERHUB_API_TOKEN has 5 characters, and needs 32"],
    [{ API_KEY: "" }, "API_KEY"],
    [{ JUPYTERHUB_SPAWNER: "magic" }, "it can be docker, process"],
    [{ JUPYTERHUB_NAMED_SERVERS: "maybe" }, "it can be on, off"],
    [{ JUPYTERHUB_QUOTA: "much" }, "much"],
    [{ JUPYTERHUB_BIND: "127.0.0.1:9000" }, "it is an address like http://"],
    [{ JUPYTERHUB_BIND: "http://127.0.0.1" }, "with the port"],
    [{ JUPYTERHUB_BIND: "http://127.0.0.1:90000" }, "with the port"],
    [{ JUPYTERHUB_HUB_PORT: "0" }, "it is a port"],
    [{ JUPYTERHUB_PROXY_PORT: "many" }, "it is a port"],
  ])("refuses to start with %j", (env, why) => {
    expect(() => loaded({ ...enough(), ...env })).toThrow(why);
  });
});

describe("the service unit", () => {
  it("is the one of the operators' page", () => {
    const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
    const shown = /```ini\n# \/etc\/systemd\/system\/stoa\.service\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const settings = (unit: string): string[] => unit.split("\n").filter((line) => /^[A-Z]\w+=/.test(line));
    expect(settings(shown).length).toBeGreaterThan(8);
    expect(settings(text("systemd/stoa.service"))).toEqual(expect.arrayContaining(settings(shown)));
  });
});
