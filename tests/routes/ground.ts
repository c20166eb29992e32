import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { createStoa, type Stoa } from "../../packages/server/src/app.ts";
import { loadConfig } from "../../packages/server/src/config/load.ts";
import { type HubDouble, startHubDouble } from "../../packages/server/src/hub/testing/hub-double.ts";
import { openText } from "../../packages/server/src/platform/mail/mail-text.ts";
import type { MailRow } from "../../packages/server/src/platform/mail/tables.ts";
import type { OperationKind } from "../../packages/server/src/platform/operations/contract.ts";
import type { JobType } from "../../packages/server/src/sessions/job-types/contract.ts";
import { createLocalResource } from "../../packages/server/src/sessions/resources/local/local.ts";
import {
  createSnapshotDouble,
  type SnapshotDouble,
} from "../../packages/server/src/storage/snapshots/testing-snapshots.ts";
import { CHEAP_PASSWORDS } from "../../packages/server/src/testing/cheap-passwords.ts";
import { lendPrograms } from "../../packages/server/src/testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { type Answer, accessToken, send } from "../support/portal-client.ts";

export const PASSWORD = "correct horse battery";

export interface Person {
  readonly id: number;
  readonly username: string;
  /** A sign-in: everything that the person may do. */
  readonly jwt: string;
  /** A personal access token with these scopes only. */
  pat(scopes: readonly string[]): Promise<string>;
}

/** The whole server on a database of its own, with the people that the walk needs. */
export interface Ground {
  readonly stoa: Stoa;
  readonly base: string;
  readonly database: TestDatabase;
  /** An ordinary person, whose things the rows are about. */
  readonly owner: Person;
  /** Another one, who is to find none of them. */
  readonly other: Person;
  readonly admin: Person;
  /** Of people's storage, which lies in plain directories here. */
  readonly snapshots: SnapshotDouble;
  /** The JupyterHub that people have their users at. */
  readonly hub: HubDouble;
  newPerson(prefix: string): Promise<Person>;
  /** What stands after `#token=` in the last mail to that person. */
  mailedToken(username: string): Promise<string>;
  call(token: string | null, method: string, path: string, body?: unknown, type?: string): Promise<Answer>;
  close(): Promise<void>;
}

let count = 0;
/** A name that nothing else has: what shows it shows that very thing. */
export function unique(prefix: string): string {
  count += 1;
  return `${prefix}${process.pid.toString(36)}x${count}`;
}

/**
 * Registration asks for a confirmed address, so that the routes for it can be walked; mails go to a server that
 * isn't there, and are read from the table.
 */
export async function createGround(changes: Readonly<Record<string, string>> = {}): Promise<Ground> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "stoa-routes-"));
  lendPrograms(dataDir);
  const database = await createTestDatabase();
  const hub = await startHubDouble();
  const env = {
    HOME: dataDir,
    STOA_DATA_DIR: dataDir,
    STOA_PORT: "0",
    STOA_LOG_LEVEL: "silent",
    STOA_ADMIN_PASSWORD: PASSWORD,
    STOA_LOCAL_ISOLATION: "none",
    STOA_REGISTRATION: "domains",
    STOA_REGISTRATION_DOMAINS: "example.org",
    STOA_DIRECTORY: "everyone",
    STOA_SMTP_URL: "smtp://127.0.0.1:1",
    STOA_REQUESTS_PER_MINUTE: "0",
    STOA_SESSIONS_PER_PERSON: "50",
    STOA_SESSION_MEMORY_CHECK: "off",
    STOA_DRAIN: "1",
    JUPYTERHUB_API_URL: hub.apiUrl,
    JUPYTERHUB_API_TOKEN: hub.token,
    ...changes,
  };
  const { db, pool, url } = database;
  const snapshots = createSnapshotDouble();
  const stoa = await createStoa({
    config: loadConfig(env, dataDir),
    database: { db, directConnectionString: url },
    log: pino({ level: process.env.TEST_LOG ?? "silent" }),
    extraJobTypes: [webProgram],
    wrapStorage: snapshots.wrap,
    passwordCost: CHEAP_PASSWORDS,
  });
  for (const kind of [waits, fails]) stoa.platform.operations.register(kind);
  await stoa.accounts.ensureFirstAdmin();
  await stoa.start();
  await stoa.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = stoa.app.server.address() as AddressInfo;
  stoa.platform.addresses.boundTo(port);
  const base = `http://127.0.0.1:${port}`;

  const call: Ground["call"] = (token, method, address, body, type) =>
    send(base + address, method, body, {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { "Content-Type": type }),
    });
  const mailedToken = async (username: string): Promise<string> => {
    const text = "select id, body_sealed, expires_at from mails where recipient = $1 order by id desc limit 1";
    const { rows } = await pool.query(text, [`${username}@example.org`]);
    return (
      /#token=(\S+)/.exec(
        openText(stoa.platform.secrets, rows[0] as Pick<MailRow, "body_sealed" | "expires_at">) ?? "",
      )?.[1] ?? ""
    );
  };
  const signedIn = async (username: string): Promise<Person> => {
    const jwt = await accessToken(base, username, PASSWORD);
    const { id } = (await call(jwt, "GET", "/api/stoa/v1/account")).json as { id: number };
    const pats = new Map<string, Promise<string>>();
    const newPat = async (scopes: readonly string[]): Promise<string> => {
      const made = await call(jwt, "POST", "/api/stoa/v1/account/tokens", { label: "walk", scopes });
      if (made.status !== 201) throw new Error(`a token of ${username}: ${made.text}`);
      return made.json.token;
    };
    return {
      id,
      username,
      jwt,
      pat(scopes) {
        const key = scopes.join();
        const pat = pats.get(key) ?? newPat(scopes);
        pats.set(key, pat);
        return pat;
      },
    };
  };
  const newPerson = async (prefix: string): Promise<Person> => {
    const username = unique(prefix);
    await register(call, username);
    const body = { token: await mailedToken(username), password: PASSWORD };
    await call(null, "POST", "/api/stoa/v1/auth/confirm", body);
    return signedIn(username);
  };

  return {
    stoa,
    base,
    database,
    owner: await newPerson("owner"),
    other: await newPerson("other"),
    admin: await signedIn("admin"),
    snapshots,
    hub,
    newPerson,
    mailedToken,
    call,
    async close() {
      await stoa.app.close();
      await stoa.stop();
      await endSessions(dataDir);
      await hub.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Leaves the account unconfirmed. */
export async function register(call: Ground["call"], username: string): Promise<void> {
  const identity = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
  const answer = await call(null, "POST", "/api/register", identity);
  if (answer.status !== 201) throw new Error(`register ${username}: ${answer.status} ${answer.text}`);
}

/** Session hosts outlive servers by design. */
async function endSessions(dataDir: string): Promise<void> {
  const limits = { scrollbackBytes: 4096, logBytes: 4096, graceSeconds: 0, lingerSeconds: 0 };
  const local = createLocalResource({ runDirectory: path.join(dataDir, "run", "sessions"), limits });
  await Promise.all((await local.list()).map((id) => local.stop(id, "The test is over.").catch(() => {})));
  local.close();
}

const webProgram: JobType = {
  id: "test_web",
  name: "Test web",
  icon: "flask",
  parameters: [],
  program: "plain",
  web: "program",
  readiness: "listening",
  protection: "unix-socket",
  fails: "on-error-status",
  command: () => [process.execPath, path.join(import.meta.dirname, "../support/session-program.ts")],
};

const kind = (name: string, run: OperationKind["run"]): OperationKind => ({
  kind: name,
  attempts: 1,
  heartbeatSeconds: 10,
  expireSeconds: 30,
  concurrency: 1,
  cancellable: true,
  run,
});
const waits = kind("test.wait", async () => ({}));
const fails = kind("test.fail", async () => {
  throw new Error("as asked");
});
