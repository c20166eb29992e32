import type { FastifyInstance, FastifyPluginAsync, InjectOptions } from "fastify";
import { type Accounts, createAccounts, type PasswordCost } from "../accounts/accounts.ts";
import type { Config } from "../config/schema.ts";
import { createAudit } from "../platform/audit/audit.ts";
import { createEvents } from "../platform/events/events.ts";
import { createRevocationBus } from "../platform/http/revocation-bus.ts";
import { createHttpServer } from "../platform/http/server.ts";
import { sessionCookieName } from "../platform/http/session-cookie.ts";
import type { Mailer } from "../platform/mail/contract.ts";
import { createTestOperations, type TestOperations } from "../workspaces/testing-operations.ts";
import { CHEAP_PASSWORDS } from "./cheap-passwords.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { createTestPlatform, type TestPlatform, testConfig } from "./test-platform.ts";

export interface AccountsServer {
  readonly app: FastifyInstance;
  readonly accounts: Accounts;
  readonly platform: TestPlatform;
  readonly database: TestDatabase;
  /** What was enqueued, until the test runs it. */
  readonly operations: TestOperations;
  /** One request; `as` is what proves who asks. */
  call(method: NonNullable<InjectOptions["method"]>, url: string, options?: CallOptions): Promise<Answer>;
  /** Registers a person (password `PASSWORD`) and signs them in for an access token. */
  person(username: string): Promise<TestPerson>;
  /** A person who is an administrator. */
  admin(username?: string): Promise<TestPerson>;
  /** A new access token of somebody who has the `PASSWORD`. */
  token(username: string): Promise<string>;
  /** Signs in to the portal. */
  signIn(username: string, password?: string): Promise<Browser>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly as?: TestPerson | Browser | { readonly bearer: string } | { readonly uws: string };
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly locale?: "en" | "fa";
  readonly address?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: unknown;
}

export interface TestPerson {
  readonly id: number;
  readonly username: string;
  readonly bearer: string;
}

/** What a browser holds after sign-in. */
export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
}

export const PASSWORD = "correct horse battery";
const ORIGIN = "http://localhost:8080";

/**
 * The accounts domain on a real database with real events, audit and revocations, behind the real HTTP
 * platform. A second one on the first one's database is a second process: `{ database: first.database }`.
 */
export async function createAccountsServer(
  options: {
    readonly config?: Partial<Config>;
    readonly mail?: Mailer;
    readonly database?: TestDatabase;
    readonly routes?: readonly FastifyPluginAsync[];
    /** Left out they are cheap; null: as in production. */
    readonly passwordCost?: PasswordCost | null;
    /** For another domain beside it, before its routes are added. */
    readonly onBuilt?: (platform: TestPlatform, accounts: Accounts) => void;
  } = {},
): Promise<AccountsServer> {
  const { passwordCost = CHEAP_PASSWORDS } = options;
  const database = options.database ?? (await createTestDatabase());
  const { db, url } = database;
  const base = testConfig();
  const config = { ...base, limits: { ...base.limits, requestsPerMinute: 0 }, ...options.config };
  const { log } = createTestPlatform();
  const events = createEvents({ db, directUrl: url, log });
  const audit = createAudit({ db, log });
  const revocations = createRevocationBus(events, log);
  const mail = options.mail ? { mail: options.mail } : {};
  const operations = createTestOperations(db);
  const platform = createTestPlatform({ config, db, log, events, audit, revocations, operations, ...mail });
  const accounts = createAccounts(platform, passwordCost ?? undefined);
  options.onBuilt?.(platform, accounts);
  const routes = [accounts.routes, ...(options.routes ?? [])];
  const app = await createHttpServer({ platform, authenticator: accounts.authenticator, routes, strict: true });
  await events.start();
  const call = caller(app, sessionCookieName(config));

  async function person(username: string): Promise<TestPerson> {
    const identity = { username, email: `${username}@example.org`, full_name: `${username} Test`, password: PASSWORD };
    await call("POST", "/api/register", { body: identity });
    const { rows } = await database.pool.query("select id from accounts where username = $1", [username]);
    return { id: (rows[0] as { id: number }).id, username, bearer: await token(username) };
  }

  /** A fresh one each time: who it is for is remembered for a second. */
  async function token(username: string): Promise<string> {
    const { body } = await call("POST", "/api/token", { form: { username, password: PASSWORD } });
    return (body as { access_token: string }).access_token;
  }

  return {
    app,
    accounts,
    platform,
    database,
    operations,
    call,
    person,
    async admin(username = "boss") {
      const admin = await person(username);
      await database.pool.query("update accounts set is_admin = true where id = $1", [admin.id]);
      return { ...admin, bearer: await token(username) };
    },
    token,
    async signIn(username, password = PASSWORD) {
      const answer = await call("POST", "/api/stoa/v1/auth/sign-in", { body: { username, password } });
      if (answer.status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(answer.body)}`);
      const cookie = String(answer.headers["set-cookie"]).split(";", 1)[0]?.split("=")[1] ?? "";
      return { cookie, csrf: (answer.body as { csrf_token: string }).csrf_token };
    },
    async close() {
      await app.close();
      await accounts.stop();
      revocations.stop();
      await events.stop();
      if (!options.database) await database.drop();
    },
  };
}

function caller(app: FastifyInstance, cookieName: string): AccountsServer["call"] {
  return async (method, url, { as, body, form, headers = {}, locale, address = "127.0.0.1" } = {}) => {
    const response = await app.inject({
      method,
      url,
      remoteAddress: address,
      headers: {
        host: "localhost:8080",
        ...(locale ? { "accept-language": locale } : {}),
        ...proofOf(as, cookieName),
        ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
        ...headers,
      },
      ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isJson = String(response.headers["content-type"]).includes("json") && response.body !== "";
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson ? (JSON.parse(response.body) as unknown) : response.body,
    };
  };
}

function proofOf(as: CallOptions["as"], cookieName: string): Record<string, string> {
  if (!as) return {};
  if ("uws" in as) return { "uws-authorization": `Token ${as.uws}` };
  if ("bearer" in as) return { authorization: `Bearer ${as.bearer}` };
  return { cookie: `${cookieName}=${as.cookie}`, "x-csrf-token": as.csrf, origin: ORIGIN };
}
