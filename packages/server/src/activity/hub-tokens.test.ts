import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHttpServer } from "../platform/http/server.ts";
import type { TestPerson } from "../testing/accounts-server.ts";
import { createTestAuthenticator, testPrincipal } from "../testing/create-test-server.ts";
import { acceptHubTokens } from "./hub-tokens.ts";
import { type ActivityServer, cell, createActivityServer } from "./testing-reports.ts";

const HUB = "0123456789abcdef0123456789abcdef";
const OTHER = "f".repeat(32);

let server: ActivityServer;
let ann: TestPerson;
/** As the hub would say it. */
const owners = new Map<string, number>();
const asked: string[] = [];
let hubIsAway = false;
let clock = Date.now();

beforeAll(async () => {
  server = await createActivityServer();
  ann = await server.person("ann");
});
afterAll(() => server.close());
beforeEach(() => {
  owners.clear();
  owners.set(HUB, ann.id);
  asked.length = 0;
  hubIsAway = false;
});

/** As a report of that address brings it. */
const from = (address: string) => ({ address, method: "POST", route: "/api/audit-logs" });
const HERE = from("192.0.2.1");
const accepting = () =>
  acceptHubTokens(
    server.accounts.authenticator,
    server.accounts,
    async (token) => {
      asked.push(token);
      if (hubIsAway) throw new Error("the hub is away");
      return owners.get(token) ?? null;
    },
    () => clock,
  );

describe("a token of the hub's", () => {
  it("writes for whom the hub names, and opens nothing else", async () => {
    const { activity, accounts } = server;
    const platform = { ...server.platform, metrics: new Registry() };
    const app = await createHttpServer({
      ...{ platform, authenticator: accepting(), strict: true },
      routes: [activity.routes, accounts.routes],
    });
    const call = (method: "GET" | "POST", url: string, token: string, payload?: object) =>
      app.inject({
        ...{ method, url, headers: { host: "localhost:8080", authorization: `Bearer ${token}` } },
        ...(payload ? { payload } : {}),
      });
    const report = await call("POST", "/api/audit-logs", HUB, [cell({ code: "from the hub" })]);
    expect(report.json()).toMatchObject({ taken: 1 });
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 1 });
    for (const path of ["/api/audit-logs", "/api/me", "/api/stoa/v1/activity", "/api/stoa/v1/account/tokens"]) {
      // What was recognised a moment ago is remembered, and may do nothing here.
      expect([401, 403]).toContain((await call("GET", path, HUB)).statusCode);
    }
    expect((await call("POST", "/api/audit-logs", OTHER, [cell()])).statusCode).toBe(401);
    // Contract 3 knows its own tokens alone.
    expect((await call("GET", "/users/", HUB)).statusCode).not.toBe(200);
    await app.close();
  });

  it("is asked about once while the answer holds, and again afterwards", async () => {
    const authenticator = accepting();
    await Promise.all([1, 2, 3].map(() => authenticator.bearer(HUB, HERE)));
    await authenticator.bearer(HUB, HERE);
    await authenticator.bearer(OTHER, HERE);
    await authenticator.bearer(OTHER, HERE);
    expect(asked).toEqual([HUB, OTHER]);
    owners.delete(HUB);
    clock += 61_000;
    expect(await authenticator.bearer(HUB, HERE)).toBeNull();
  });

  it("is to come again while the hub is away: 503, not 401", async () => {
    const authenticator = accepting();
    hubIsAway = true;
    await expect(authenticator.bearer(HUB, HERE)).rejects.toMatchObject({ code: "unavailable" });
    hubIsAway = false;
    expect(await authenticator.bearer(HUB, HERE)).toMatchObject({ accountId: ann.id });
  });

  it("is asked about nowhere but where kernels report", async () => {
    const authenticator = accepting();
    for (const brought of [undefined, { ...HERE, method: "GET" }, { ...HERE, route: "/api/me" }]) {
      expect(await authenticator.bearer(HUB, brought)).toBeNull();
    }
    expect(asked).toEqual([]);
  });

  it("of somebody who is deactivated is nobody's", async () => {
    await server.rows("update accounts set status = 'deactivated' where id = $1", [ann.id]);
    expect(await accepting().bearer(HUB, HERE)).toBeNull();
    await server.rows("update accounts set status = 'active' where id = $1", [ann.id]);
  });

  it("is looked for among the hub's only when it has their form", async () => {
    const authenticator = accepting();
    for (const token of [ann.bearer, "zpat_x", HUB.toUpperCase(), `${HUB}0`]) await authenticator.bearer(token, HERE);
    expect(asked).toEqual([]);
    expect(await authenticator.bearer(ann.bearer, HERE)).toMatchObject({ label: "ann" });
  });
});

it("a session's narrow token writes for its owner, and reads nothing", async () => {
  const { activity } = server;
  const platform = { ...server.platform, metrics: new Registry() };
  const narrow = testPrincipal({ kind: "session-token", accountId: ann.id, scopes: new Set(["activity:write"]) });
  const authenticator = createTestAuthenticator({ narrow });
  const app = await createHttpServer({ platform, authenticator, routes: [activity.routes], strict: true });
  const headers = { host: "localhost:8080", authorization: "Bearer narrow" };
  const report = await app.inject({ method: "POST", url: "/api/audit-logs", headers, payload: [cell()] });
  expect(report.json()).toMatchObject({ taken: 1 });
  expect((await app.inject({ method: "GET", url: "/api/audit-logs", headers })).statusCode).toBe(403);
  await app.close();
});
