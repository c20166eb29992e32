import { afterAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { dialectPlaces, dialectRoutes, dialects } from "../../testing/dialect-routes.ts";
import type { Dialect } from "./route-policy.ts";

const { app } = await createTestServer({ routes: [dialectRoutes] });
afterAll(() => app.close());
const as = { authorization: "Bearer zpat_ann", "content-type": "application/json" };
const post = (dialect: Dialect, payload: object | string | Buffer, headers: Record<string, string> = as) =>
  app.inject({ method: "POST", url: dialectPlaces[dialect], headers, payload });

describe("a request in each dialect", () => {
  it.each(dialects)("%s: is let in by a token, and answered with what is declared only", async (dialect) => {
    const answer = await post(dialect, { name: "ab", quota: 1, more: 1 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ name: "ab" });
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  it.each(dialects)("%s: works with and without the closing slash, without a redirect", async (dialect) => {
    const bare = dialectPlaces[dialect].replace(/\/$/, "");
    for (const url of [bare, `${bare}/`]) {
      const answer = await app.inject({ method: "POST", url, headers: as, payload: { name: "ab" } });
      expect(answer.statusCode).toBe(200);
    }
  });

  it.each([
    ["storage", { detail: "Unauthorized" }],
    ["portal", { detail: "The token has expired or is not valid" }],
    ["workspaces", { success: false, message: "Invalid auth header format." }],
    ["playgrounds", { message: "Please submit a valid token" }],
    ["pools", { message: "Sign in, or send a valid token.", detail: {} }],
    ["stoa", expect.objectContaining({ code: "unauthenticated", status: 401 })],
  ] as const)("%s: says in its own shape that somebody is needed", async (dialect, expected) => {
    const answer = await post(dialect, { name: "ab" }, {});
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual(expected);
    expect(answer.headers["www-authenticate"]).toBeTruthy();
  });

  it.each([
    ["storage", 422, { detail: [expect.objectContaining({ type: "json_invalid", loc: ["body", 0] })] }],
    ["portal", 400, { detail: expect.stringContaining("not valid JSON") }],
    ["workspaces", 400, { success: false, message: expect.stringMatching(/^Invalid JSON: ./) }],
    ["playgrounds", 400, { message: expect.stringContaining("not valid JSON") }],
    ["pools", 400, expect.objectContaining({ message: expect.stringContaining("not valid JSON") })],
    ["stoa", 400, expect.objectContaining({ code: "malformed_json" })],
  ] as const)("%s: says that JSON is not JSON", async (dialect, status, expected) => {
    const answer = await post(dialect, '{"name": "secret-word", x}');
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expected);
    expect(answer.body).not.toContain("secret-word");
  });

  it.each([
    ["storage", 404, { detail: "Not Found" }],
    ["portal", 404, { detail: "Not Found" }],
    ["workspaces", 404, { success: false, message: "There is no such address here." }],
    ["pools", 404, expect.objectContaining({ message: "There is no such address here." })],
    ["stoa", 404, expect.objectContaining({ code: "not_found" })],
    ["web", 404, expect.objectContaining({ code: "not_found" })],
  ] as const)("%s: answers an unknown address in its shape", async (dialect, status, expected) => {
    const url = `${dialectPlaces[dialect].replace(/\/$/, "")}/no/such`;
    const answer = await app.inject({ method: "GET", url });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expected);
  });

  it("answers another method with 405, what is allowed, and contract 4's hint", async () => {
    const answer = await app.inject({ method: "GET", url: "/provisioner" });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe("POST");
    expect(answer.json().message).toContain("Send a POST request.");
    expect((await app.inject({ method: "DELETE", url: "/api/stoa/v1/things" })).headers.allow).toBe("GET, HEAD, POST");
  });

  it("shows a person a page where a program gets data, and nothing of theirs in it", async () => {
    const answer = await app.inject({ url: "/<script>", headers: { accept: "text/html", "accept-language": "fa" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.body).toContain('dir="rtl"');
    expect(answer.body).not.toContain("<script>");
  });

  it("speaks Persian to who asks for it", async () => {
    const answer = await post("portal", { name: "ab" }, { "accept-language": "fa-IR,fa;q=0.9" });
    expect(answer.json()).toEqual({ detail: "توکن منقضی شده یا نامعتبر است" });
  });
});

describe("contract 1 without its prefix", () => {
  it("is found by those who bear its key, and only by them", async () => {
    expect((await app.inject({ url: "/storages/", headers: { "x-api-key": "wrong" } })).json()).toEqual({
      detail: "Not Found",
    });
    expect((await app.inject({ url: "/storages/" })).json()).toMatchObject({ code: "not_found" });
  });
});
