import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { createStoa, type Stoa } from "../../packages/server/src/app.ts";
import { loadConfig } from "../../packages/server/src/config/load.ts";
import { CHEAP_PASSWORDS } from "../../packages/server/src/testing/cheap-passwords.ts";
import { lendPrograms } from "../../packages/server/src/testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";

export const PASSWORD = "correct horse battery";

/** Two servers on one database, in this process; with an administrator's access token and a person's. */
export interface TwoServers {
  readonly database: TestDatabase;
  readonly one: Stoa;
  readonly two: Stoa;
  readonly admin: string;
  readonly ada: string;
  /** One more, which is the caller's to end. */
  start(): Promise<Stoa>;
  /** An access token of somebody with the `PASSWORD`. */
  tokenOf(username: string): Promise<string>;
  close(): Promise<void>;
}

export async function startTwoServers(): Promise<TwoServers> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), "stoa-system-"));
  lendPrograms(dataDir);
  const start = () => startServer(database, dataDir);
  const [one, two] = [await start(), await start()];
  const tokenOf = async (username: string): Promise<string> => {
    const answer = await one.app.inject({
      method: "POST",
      url: "/api/token",
      headers: { host: "localhost:8080", "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ username, password: PASSWORD }).toString(),
    });
    return (answer.json() as { access_token: string }).access_token;
  };
  const identity = { username: "ada", email: "ada@example.org", full_name: "Ada", password: PASSWORD };
  await call(one, "POST", "/api/register", { body: identity });
  return {
    database,
    one,
    two,
    admin: await tokenOf("admin"),
    ada: await tokenOf("ada"),
    start,
    tokenOf,
    async close() {
      for (const stoa of [one, two]) {
        await stoa.app.close();
        await stoa.stop();
      }
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A whole server process on the one database. */
async function startServer({ db, url }: TestDatabase, dataDir: string): Promise<Stoa> {
  const env = {
    HOME: dataDir,
    STOA_DATA_DIR: dataDir,
    STOA_LOG_LEVEL: "silent",
    STOA_ADMIN_PASSWORD: PASSWORD,
    STOA_LOCAL_ISOLATION: "none",
    STOA_UPLOAD_LIMIT: "1GiB",
    API_KEY: "a key that is long enough",
  };
  const stoa = await createStoa({
    config: loadConfig(env, dataDir),
    database: { db, directConnectionString: url },
    log: pino({ level: "silent" }),
    passwordCost: CHEAP_PASSWORDS,
  });
  await stoa.accounts.ensureFirstAdmin();
  await stoa.start();
  return stoa;
}

/** One request, answered loosely. */
export async function call(
  stoa: Stoa,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  options: Options = {},
) {
  const { as, body, headers = {} } = options;
  const answer = await stoa.app.inject({
    method,
    url,
    headers: { host: "localhost:8080", ...(as ? { authorization: `Bearer ${as}` } : {}), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const isJson = String(answer.headers["content-type"]).includes("json");
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers loosely
  return { status: answer.statusCode, headers: answer.headers, json: (isJson ? answer.json() : null) as any };
}

interface Options {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
