import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { afterAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import type { Dialect, RoutePolicy } from "./route-policy.ts";

const policy = (dialect: Dialect): RoutePolicy => ({
  dialect,
  access: { scope: "workspaces:write" },
  audit: "thing.make",
});
const body = Type.Object({ name: Type.String({ minLength: 2 }), quota: Type.Optional(Type.Integer({ minimum: 0 })) });
const places: Record<Dialect, string> = {
  storage: "/api/v1/things",
  portal: "/api/things",
  workspaces: "/workspaces/things/",
  playgrounds: "/provisioner",
  pools: "/v1/things",
  stoa: "/api/stoa/v1/things",
  web: "/things",
};

const routes: FastifyPluginAsync = async (app) => {
  for (const [dialect, url] of Object.entries(places) as [Dialect, string][]) {
    app.route({
      method: "POST",
      url,
      config: { policy: policy(dialect) },
      schema: { summary: "Make a thing", body, response: { 200: Type.Object({ name: Type.String() }) } },
      handler: async (request) => request.body,
    });
  }
};

const { app } = await createTestServer({ routes: [routes] });
afterAll(() => app.close());
const as = { authorization: "Bearer zpat_ann", "content-type": "application/json" };

describe("a request in each dialect", () => {
  it.each(Object.entries(places))("%s: is let in by a token, and answered", async (_dialect, url) => {
    const answer = await app.inject({ method: "POST", url, headers: as, payload: { name: "ab", more: 1 } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ name: "ab" });
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  it.each([
    ["storage", 401, { detail: "Unauthorized" }],
    ["portal", 401, { detail: "The token has expired or is not valid" }],
    ["workspaces", 401, { success: false, message: "Invalid auth header format." }],
    ["playgrounds", 401, { message: "Please submit a valid token" }],
    ["pools", 401, { message: "Sign in, or send a valid token.", detail: {} }],
    ["stoa", 401, expect.objectContaining({ code: "unauthenticated", status: 401 })],
  ] as const)("%s: says in its own shape that somebody is needed", async (dialect, status, expected) => {
    const answer = await app.inject({ method: "POST", url: places[dialect], payload: { name: "ab" } });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expected);
    expect(answer.headers["www-authenticate"]).toBeTruthy();
  });

  it.each([
    [
      "storage",
      422,
      { detail: [{ type: "string_type", loc: ["body", "name"], msg: "Input should be a valid string", input: 5 }] },
    ],
    ["portal", 422, { detail: "The request is not valid: name must be a string." }],
    ["workspaces", 400, { success: false, message: "The request is not valid: name must be a string." }],
    ["playgrounds", 400, { message: "The request is not valid: name must be a string." }],
    ["pools", 400, expect.objectContaining({ message: "The request is not valid: name must be a string." })],
    ["stoa", 400, expect.objectContaining({ errors: [{ field: "name", message: "must be a string" }] })],
  ] as const)("%s: names the field and what is expected of it", async (dialect, status, expected) => {
    const answer = await app.inject({ method: "POST", url: places[dialect], headers: as, payload: { name: 5 } });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expected);
  });
});
