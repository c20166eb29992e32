import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { errorResponse } from "./error-responses.ts";
import type { RoutePolicy } from "./route-policy.ts";

const read: RoutePolicy = { dialect: "stoa", access: { public: "a test" } };
const response = { 200: Type.Object({ ok: Type.Boolean() }) };
const build = (add: (app: FastifyInstance) => void) => createTestServer({ routes: [async (app) => add(app)] });

describe("a route that is added", () => {
  it.each<[string, (app: FastifyInstance) => void]>([
    ["has no policy", (app) => app.get("/x", { schema: { summary: "x", response } }, () => ({}))],
    [
      "neither audit nor auditExempt",
      (app) => app.post("/x", { schema: { summary: "x", response }, config: { policy: read } }, () => ({})),
    ],
    ["has no summary", (app) => app.get("/x", { schema: { response }, config: { policy: read } }, () => ({}))],
    [
      "declares no response",
      (app) => app.get("/x", { schema: { summary: "x" }, config: { policy: read } }, () => ({})),
    ],
  ])("stops the start when it %s", async (problem, add) => {
    await expect(build(add)).rejects.toThrow(problem);
  });

  it("is refused in tests when it answers a status or a shape that it does not declare", async () => {
    const { app } = await build((instance) => {
      const schema = { summary: "x", response };
      instance.get("/status", { schema, config: { policy: read } }, async (_request, reply) =>
        reply.code(418 as 200).send({ ok: true }),
      );
      instance.get("/shape", { schema, config: { policy: read } }, async () => ({ ok: "yes" }));
      const declared = { summary: "x", response: { ...response, 410: errorResponse("stoa") } };
      instance.get("/declared", { schema: declared, config: { policy: read } }, async (_request, reply) =>
        reply.code(410).send({}),
      );
    });
    const status = await app.inject("/status");
    expect([status.statusCode, status.json().detail]).toEqual([500, expect.stringContaining("answers 418")]);
    expect((await app.inject("/shape")).statusCode).toBe(500);
    expect((await app.inject("/declared")).statusCode).toBe(410);
    await app.close();
  });
});
