import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { afterAll, describe, expect, it } from "vitest";
import {
  createTestAuthenticator,
  createTestServer,
  testPrincipal,
  testPrincipals,
} from "../../testing/create-test-server.ts";
import { dialectPlaces, dialectRoutes } from "../../testing/dialect-routes.ts";
import { createCsrfTokens } from "./csrf.ts";
import type { Dialect } from "./route-policy.ts";

const routes: FastifyPluginAsync = async (app) => {
  const schema = { summary: "x", response: { 200: Type.Object({ who: Type.Union([Type.String(), Type.Null()]) }) } };
  app.get(
    "/api/stoa/v1/public",
    { schema, config: { policy: { dialect: "stoa", access: { public: "a test" } } } },
    async (request) => ({
      who: request.principal?.label ?? null,
    }),
  );
  app.get(
    "/api/admin",
    { schema, config: { policy: { dialect: "portal", access: { scope: "people:read", admin: true } } } },
    async () => ({ who: "admin" }),
  );
  app.get(
    "/api/stoa/v1/own",
    {
      schema,
      config: { policy: { dialect: "stoa", access: { scope: "account:read" }, allowWhilePasswordChange: true } },
    },
    async () => ({ who: "me" }),
  );
};
const authenticator = createTestAuthenticator({
  ...testPrincipals,
  new_ann: testPrincipal({ label: "ann", kind: "jwt", mustChangePassword: true }),
  over_ann: testPrincipal({ kind: "jwt", credential: { kind: "jwt", id: "j", expiresAt: Date.now() - 1 } }),
  session_ann: testPrincipal({ kind: "session-token" }),
});
const { app, platform } = await createTestServer({ routes: [dialectRoutes, routes], authenticator });
afterAll(() => app.close());

const post = (dialect: Dialect, headers: Record<string, string | string[]>) =>
  app.inject({ method: "POST", url: dialectPlaces[dialect], headers, payload: { name: "ab" } });
const uws = { "uws-authorization": "Token uws_ann" };

describe("each kind of credential", () => {
  const presented = {
    pat: { authorization: "bearer zpat_ann" },
    uws,
    key: { "x-api-key": "key_storage" },
    verification: { authorization: "token_playgrounds" },
    session: { authorization: "Bearer session_ann" },
    bare: { authorization: "zpat_ann" },
  } as const;
  const good: Record<keyof typeof presented, Dialect[]> = {
    pat: ["storage", "portal", "workspaces", "playgrounds", "pools", "stoa", "web"],
    uws: ["workspaces"],
    key: ["storage"],
    verification: ["playgrounds"],
    session: ["portal", "stoa"],
    bare: ["pools"],
  };
  const cases = Object.keys(presented).flatMap((kind) =>
    good.pat.map((dialect) => [kind as keyof typeof presented, dialect] as const),
  );

  it.each(cases)("%s is good where it belongs: %s", async (kind, dialect) => {
    const answer = await post(dialect, presented[kind]);
    expect(answer.statusCode).toBe(good[kind].includes(dialect) ? 200 : 401);
  });

  it.each([
    [{ "uws-authorization": "uws_ann" }, "Invalid auth header format."],
    [{ "uws-authorization": "Token" }, "Invalid auth header format."],
    [{ "uws-authorization": "Token a b" }, "Invalid auth header format."],
    [{ "uws-authorization": "Token wrong" }, "Invalid token provided."],
    [{ authorization: "Bearer wrong" }, "Invalid token provided."],
  ])("%j: %s", async (headers, message) => {
    const answer = await post("workspaces", headers);
    expect([answer.statusCode, answer.json()]).toEqual([401, { success: false, message }]);
  });

  it("is nothing once it has expired, even if the domain forgot to look", async () => {
    expect((await post("stoa", { authorization: "Bearer over_ann" })).statusCode).toBe(401);
  });

  it.each(["Basic YTpi", "Bearer", "Bearer a b", ""])("Authorization: %s is refused", async (authorization) => {
    expect((await post("stoa", { authorization })).statusCode).toBe(401);
  });

  it("is noted when it was used", () => {
    expect(authenticator.uses).toContain("test-pat 127.0.0.1");
  });
});

describe("two credentials", () => {
  const cookie = { cookie: "stoa_session=cookie_ann" };
  it.each<[string, Record<string, string | string[]>]>([
    ["header and cookie", { ...uws, ...cookie }],
    ["two headers", { ...uws, authorization: "Bearer zpat_ann" }],
    ["a key beside a token", { "x-api-key": "k", authorization: "Bearer zpat_ann" }],
    ["the same header twice", { authorization: ["Bearer zpat_ann", "Bearer zpat_admin"] }],
    ["two cookies of the name", { cookie: "stoa_session=a; stoa_session=cookie_ann" }],
  ])("%s are refused", async (_what, headers) => {
    const answer = await post("stoa", headers);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe("two_credentials");
  });

  it("are not made by a cookie that does not count", async () => {
    const answer = await post("workspaces", { ...uws, ...cookie, origin: "http://elsewhere.example" });
    expect(answer.statusCode).toBe(200);
  });
});

describe("the portal's cookie", () => {
  const csrf = createCsrfTokens(platform.secrets).tokenFor(testPrincipals.cookie_ann.credential.id);
  const cookie = { cookie: "other=1; stoa_session=cookie_ann" };
  const own = { origin: "http://localhost:80" };

  it.each([
    ["no origin at all", {}],
    ["our own", own],
    ["our own, as fetch says", { "sec-fetch-site": "same-origin" }],
    ["a typed address", { "sec-fetch-site": "none" }],
  ])("reads, from %s", async (_what, headers) => {
    const answer = await app.inject({
      url: "/api/stoa/v1/things",
      headers: { host: "localhost:80", ...cookie, ...headers },
    });
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ["another origin", { origin: "http://elsewhere.example" }],
    ["a session's origin", { origin: "http://s-1.localhost" }],
    ["a session's page, as fetch says", { "sec-fetch-site": "same-site" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["a sandboxed page", { origin: "null" }],
    ["another port", { origin: "http://localhost:81" }],
  ])("does not count from %s", async (_what, headers) => {
    const read = await app.inject({
      url: "/api/stoa/v1/things",
      headers: { host: "localhost:80", ...cookie, ...headers },
    });
    expect([read.statusCode, read.json().code]).toEqual([403, "csrf"]);
    const write = await post("stoa", { host: "localhost:80", ...cookie, ...headers, "x-csrf-token": csrf });
    expect([write.statusCode, write.json().code]).toEqual([403, "csrf"]);
  });

  it("writes with the token of that session and our origin, and with nothing less", async () => {
    const full = { host: "localhost:80", ...cookie, ...own, "x-csrf-token": csrf };
    expect((await post("stoa", full)).statusCode).toBe(200);
    expect((await post("stoa", { ...full, origin: "", "sec-fetch-site": "same-origin" })).statusCode).toBe(403);
    const { origin: _origin, ...withoutOrigin } = full;
    expect((await post("stoa", { ...withoutOrigin, "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
    expect((await post("stoa", withoutOrigin)).json().code).toBe("csrf");
    const other = createCsrfTokens(platform.secrets).tokenFor("another session");
    for (const token of ["", "x", other, `${csrf}x`]) {
      expect((await post("stoa", { ...full, "x-csrf-token": token })).json().code).toBe("csrf");
    }
  });
});

describe("what a principal may", () => {
  it("is what its scopes say", async () => {
    const answer = await post("stoa", { authorization: "Bearer zpat_none" });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: "forbidden", details: { needs: "the scope workspaces:write" } });
  });

  it("includes what is for admins only when it is one", async () => {
    const ask = (token: string) =>
      app.inject({ url: "/api/admin", headers: { authorization: `Bearer ${token}`, "accept-language": "fa" } });
    expect((await ask("zpat_ann")).json()).toEqual({ detail: "دسترسی محدود به مدیران سیستم" });
    expect((await ask("zpat_admin")).statusCode).toBe(200);
  });

  it("is little until the password that was made for them is changed", async () => {
    const headers = { authorization: "Bearer new_ann" };
    expect((await post("stoa", headers)).json().code).toBe("password_change_required");
    expect((await app.inject({ url: "/api/stoa/v1/own", headers })).statusCode).toBe(200);
  });

  it("matters nothing on a public address, where a bad credential does no harm", async () => {
    const ask = async (headers: Record<string, string>) =>
      (await app.inject({ url: "/api/stoa/v1/public", headers })).json();
    expect(await ask({})).toEqual({ who: null });
    expect(await ask({ authorization: "Bearer wrong" })).toEqual({ who: null });
    expect(await ask({ cookie: "stoa_session=cookie_ann" })).toEqual({ who: "ann" });
  });
});
