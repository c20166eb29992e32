import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { createStoa, type Stoa } from "../../packages/server/src/app.ts";
import { loadConfig } from "../../packages/server/src/config/load.ts";
import { type HubDouble, startHubDouble } from "../../packages/server/src/hub/testing/hub-double.ts";
import { CHEAP_PASSWORDS } from "../../packages/server/src/testing/cheap-passwords.ts";
import { lendPrograms } from "../../packages/server/src/testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { call } from "./two-servers.ts";

export const PASSWORD = "correct horse battery";

/** A whole server beside a hub. */
export interface HubScene {
  readonly hub: HubDouble;
  readonly stoa: Stoa;
  readonly database: TestDatabase;
  /** An access token of somebody new. */
  person(username: string): Promise<string>;
  readonly admin: string;
  /** One more server on the same database; the scene ends it. */
  another(): Promise<Stoa>;
  close(): Promise<void>;
}

/** @param env settings besides the hub's address and token */
export async function startHubScene(env: Readonly<Record<string, string>> = {}): Promise<HubScene> {
  const hub = await startHubDouble();
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), "stoa-hub-"));
  lendPrograms(dataDir);
  const settings = { JUPYTERHUB_API_URL: hub.apiUrl, JUPYTERHUB_API_TOKEN: hub.token, ...env };
  const servers = [await startServer(database, dataDir, settings)];
  const stoa = servers[0] as Stoa;
  const tokenOf = async (username: string): Promise<string> => {
    const answer = await stoa.app.inject({
      method: "POST",
      url: "/api/token",
      headers: { host: "localhost:8080", "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ username, password: PASSWORD }).toString(),
    });
    return (answer.json() as { access_token: string }).access_token;
  };
  return {
    ...{ hub, stoa, database },
    admin: await tokenOf("admin"),
    async person(username) {
      const identity = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
      const { status } = await call(stoa, "POST", "/api/register", { body: identity });
      if (status !== 201) throw new Error(`${username} could not register: ${status}`);
      return tokenOf(username);
    },
    async another() {
      const server = await startServer(database, dataDir, settings);
      servers.push(server);
      return server;
    },
    async close() {
      for (const server of servers) {
        await server.app.close();
        await server.stop();
      }
      await hub.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(
  { db, url }: TestDatabase,
  dataDir: string,
  env: Readonly<Record<string, string>>,
): Promise<Stoa> {
  const base = { HOME: dataDir, STOA_DATA_DIR: dataDir, STOA_ADMIN_PASSWORD: PASSWORD };
  const stoa = await createStoa({
    config: loadConfig({ ...base, STOA_LOCAL_ISOLATION: "none", ...env }, dataDir),
    database: { db, directConnectionString: url },
    log: pino({ level: process.env.STOA_TEST_LOG ?? "silent" }),
    passwordCost: CHEAP_PASSWORDS,
  });
  await stoa.accounts.ensureFirstAdmin();
  await stoa.start();
  return stoa;
}

/** Looks until it is so. */
export async function until<T>(
  look: () => Promise<T | null | undefined | false>,
  what: string,
  ms = 15_000,
): Promise<T> {
  for (const end = Date.now() + ms; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
