import { afterAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../../testing/create-test-server.ts";
import { dialectPlaces, dialectRoutes, dialects } from "../../../testing/dialect-routes.ts";
import type { Dialect } from "../route-policy.ts";

const { app } = await createTestServer({ routes: [dialectRoutes] });
afterAll(() => app.close());
const as = { authorization: "Bearer zpat_ann", "content-type": "application/json" };
const post = (dialect: Dialect, payload: object | string | Buffer, headers: Record<string, string> = as) =>
  app.inject({ method: "POST", url: dialectPlaces[dialect], headers, payload });

describe("a body of the wrong type", () => {
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
    const answer = await post(dialect, { name: 5 });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expected);
  });

  it.each([
    [{ name: "ab", quota: "5" }, "quota must be an integer"],
    [{ name: "ab", quota: 1.5 }, "quota must be an integer"],
    [{ name: "ab", quota: -1 }, "quota must be at least 0"],
    [{ name: "ab", quota: null }, "quota must be an integer"],
    [{ name: "a" }, "name must have at least 2 characters"],
    [{}, "name is missing"],
    [{ name: "ab", files: [{ name: "x" }, {}] }, "files[1].name is missing"],
    [[], "the body must be an object"],
    ["5", "the body must be an object"],
    ["null", "the body must be an object"],
  ])("%j: %s", async (payload, problem) => {
    const answer = await post("stoa", payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toBe(`The request is not valid: ${problem}.`);
  });

  it("that is empty is a missing one", async () => {
    expect((await post("stoa", "")).json().detail).toBe("The request is not valid: the body must be an object.");
  });

  it.each([
    ["limit=5&all=true", { limit: 5, all: true }],
    ["", { limit: 50 }],
  ])("a query is read by its schema: %s", async (query, expected) => {
    const answer = await app.inject({ url: `/api/stoa/v1/things?${query}`, headers: as });
    expect(answer.json()).toEqual(expected);
  });

  it.each([
    "limit=x",
    "limit=1.5",
    "limit=0x10",
    "limit=",
    "limit=0",
    "limit=99999999999999999999",
    "limit=1&limit=2",
    "all=maybe",
  ])("a query is not bent to fit: %s", async (query) => {
    const answer = await app.inject({ url: `/api/stoa/v1/things?${query}`, headers: as });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe("invalid");
  });
});

describe("a body that would be lost or misused in silence", () => {
  it.each([
    ['{"name":"ab","quota":9007199254740993}', "quota must be between"],
    ['{"name":"ab","anything":[{"deep":-9007199254740992}]}', "anything[0].deep must be between"],
    ['{"name":"ab","anything":1e400}', "anything must be between"],
    [`{"name":"ab","anything":${"[".repeat(80)}${"]".repeat(80)}}`, "must not be nested deeper"],
    [`${"[".repeat(200_000)}${"]".repeat(200_000)}`, "must not be nested deeper"],
    ['{"name":"ab","__proto__":{"isAdmin":true}}', "not valid JSON"],
    ['{"name":"ab","anything":{"constructor":{"prototype":{}}}}', "not valid JSON"],
    [Buffer.from([...Buffer.from('{"name":"a'), 0xff, ...Buffer.from('b"}')]), "not valid JSON"],
  ])("%s", async (payload, problem) => {
    const answer = await post("stoa", payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(problem);
  });

  it("tells contract 1's callers of integers above 2^53 - 1 as FastAPI would", async () => {
    const answer = await post("storage", '{"name":"ab","quota":9007199254740993}');
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail[0]).toMatchObject({ type: "int_parsing_size", loc: ["body", "quota"] });
  });

  it("lets numbers through that a double holds", async () => {
    const payload = '{"name":"ab","quota":9007199254740991,"anything":[0.1234567890123456789, 1e10]}';
    expect((await post("stoa", payload)).statusCode).toBe(200);
  });
});

describe("a body that is too much or of the wrong kind", () => {
  it.each(dialects)("%s: 10 MB of JSON are refused", async (dialect) => {
    const answer = await post(dialect, JSON.stringify({ name: "x".repeat(10 * 2 ** 20) }));
    expect(answer.statusCode).toBe(413);
    expect(answer.body).toContain("1048576 bytes");
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"])(
    "%s is refused",
    async (type) => {
      const answer = await post("stoa", "name=ab", { ...as, "content-type": type });
      expect(answer.statusCode).toBe(415);
      expect(answer.json().detail).toContain("is not accepted here");
    },
  );

  it("an address that cannot be decoded is the request's fault, in its dialect", async () => {
    const answer = await app.inject({ url: "/api/stoa/v1/%zz" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe("invalid");
    expect((await app.inject({ url: "/v1/%c3%28" })).json()).toMatchObject({ message: expect.any(String) });
  });
});
