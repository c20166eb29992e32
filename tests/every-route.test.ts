import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createStoa, type Stoa } from "../packages/server/src/app.ts";
import { loadConfig } from "../packages/server/src/config/load.ts";
import type { KnownRoute } from "../packages/server/src/platform/http/server.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/test-database.ts";

/** Everything that anybody may call. A new one is added here by hand, or this test fails. */
const publicCalls = [
  "GET /",
  "GET /docs",
  "GET /docs/scalar.js",
  "GET /docs/start.js",
  "GET /health",
  "GET /job_types",
  "GET /openapi.json",
  ...["playgrounds", "pools", "portal", "stoa", "storage", "workspaces"].map((name) => `GET /openapi/${name}.json`),
  "GET /parameters",
  "GET /portal",
  "GET /portal/*",
  "GET /portal/assets/*",
  "GET /api/stoa/v1/auth/session",
  "POST /api/register",
  "POST /api/token",
  "POST /tokens/",
  "POST /api/stoa/v1/auth/confirm",
  "POST /api/stoa/v1/auth/reset/complete",
  "POST /api/stoa/v1/auth/reset/request",
  "POST /api/stoa/v1/auth/sign-in",
].sort();

let dataDir = "";
let database: TestDatabase;
let stoa: Stoa;
let cookie = "";
let narrowToken = "";

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "stoa-routes-"));
  database = await createTestDatabase();
  const env = {
    HOME: dataDir,
    STOA_DATA_DIR: dataDir,
    STOA_PORT: "0",
    STOA_LOG_LEVEL: "silent",
    STOA_ADMIN_PASSWORD: "a password",
  };
  const config = loadConfig(env, dataDir);
  const { db, pool, url } = database;
  const opened = { db, pool, connectionString: url, directConnectionString: url, close: async () => {} };
  stoa = await createStoa({ config, database: opened, log: pino({ level: "silent" }) });
  await stoa.accounts.ensureFirstAdmin();
  await stoa.app.listen({ host: "127.0.0.1", port: 0 });
  await signIn();
});
afterAll(async () => {
  await stoa.app.close();
  await stoa.stop();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** The admin's cookie, and a token of theirs that may next to nothing. */
async function signIn(): Promise<void> {
  const payload = { username: "admin", password: "a password" };
  const signedIn = await stoa.app.inject({ method: "POST", url: "/api/stoa/v1/auth/sign-in", payload });
  cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
  const made = await stoa.app.inject({
    method: "POST",
    url: "/api/stoa/v1/account/tokens",
    headers: { cookie, origin: "http://localhost:80", "x-csrf-token": signedIn.json().csrf_token },
    payload: { label: "narrow", scopes: ["metrics:read"] },
  });
  narrowToken = made.json().token;
}

const calls = (): readonly KnownRoute[] => stoa.app.knownRoutes.filter((route) => route.method !== "HEAD");
const guarded = () => calls().filter(({ policy }) => !("public" in policy.access));
const name = ({ method, url }: KnownRoute) => `${method} ${url}`;
const address = (url: string) => url.replace(/:\w+/g, "1").replace("*", "x");
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
const call = (route: KnownRoute, headers: Record<string, string>) =>
  stoa.app.inject({ method: route.method as Method, url: address(route.url), headers });

/** What every error has, by whose contract the address is. */
const shapes: Record<string, string> = {
  portal: "detail",
  storage: "detail",
  workspaces: "message",
  playgrounds: "message",
  pools: "message",
  stoa: "code",
  web: "code",
};

describe("every route", () => {
  it("is open to nobody, but for the listed ones", () => {
    const open = calls().filter(({ policy }) => "public" in policy.access);
    expect(open.map(name).sort()).toEqual(publicCalls);
  });

  it("answers 401 in its contract's shape to nobody", async () => {
    expect(guarded().length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const route of guarded()) {
      const answer = await call(route, {});
      const property = shapes[route.policy.dialect] ?? "";
      if (answer.statusCode !== 401 || answer.json()[property] === undefined)
        wrong.push(`${name(route)}: ${answer.body}`);
    }
    expect(wrong).toEqual([]);
  });

  it("answers 403 to a token without its scope, an admin's too", async () => {
    expect(narrowToken).toMatch(/^zpat_/);
    const others = guarded().filter(({ policy }) => "scope" in policy.access && policy.access.scope !== "metrics:read");
    const wrong: string[] = [];
    for (const route of others) {
      const answer = await call(route, { authorization: `Bearer ${narrowToken}` });
      if (answer.statusCode !== 403) wrong.push(`${name(route)}: ${answer.statusCode} ${answer.body}`);
    }
    expect(wrong).toEqual([]);
  });

  it("that writes refuses a cookie without the portal's token, and names what it leaves in the audit log", async () => {
    const writes = guarded().filter(({ method }) => method !== "GET");
    const wrong: string[] = [];
    for (const route of writes) {
      const answer = await call(route, { cookie, origin: "http://localhost:80" });
      if (answer.statusCode !== 403) wrong.push(`${name(route)}: ${answer.statusCode}`);
      const { audit, auditExempt = "" } = route.policy;
      if (audit === undefined ? auditExempt.length < 10 : !/^[a-z_]+(\.[a-z_-]+)+$/.test(audit))
        wrong.push(`${name(route)}: audit ${audit}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("every socket", () => {
  it("refuses nobody and a token without its scope, before the handshake", async () => {
    const { port } = stoa.app.server.address() as AddressInfo;
    expect(stoa.app.socketRoutes.length).toBeGreaterThan(2);
    for (const { path: url, publicHandshake } of stoa.app.socketRoutes) {
      const open = (headers: Record<string, string>) => handshake(`ws://127.0.0.1:${port}${address(url)}`, headers);
      expect([url, await open({})]).toEqual([url, publicHandshake === true ? 101 : 401]);
      expect([url, await open({ authorization: `Bearer ${narrowToken}` })]).toEqual([url, 403]);
      expect([url, await open({ cookie, origin: "http://s-1.localhost" })]).toEqual([
        url,
        publicHandshake === true ? 101 : 403,
      ]);
    }
  });
});

/** The status that a handshake gets. */
async function handshake(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url, { headers });
  socket.on("error", () => {});
  return await new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_req, res) => resolve(res.statusCode ?? 0));
  });
}
