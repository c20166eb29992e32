import type { FastifyPluginAsync } from "fastify";
import { DatabaseError } from "pg";
import { Type } from "typebox";
import { afterAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../../testing/create-test-server.ts";
import { dialectPlaces, dialects } from "../../../testing/dialect-routes.ts";
import { ConnectionLostError } from "../../database/connection-loss.ts";

/** Which error the routes throw next. */
let next: unknown;
const routes: FastifyPluginAsync = async (app) => {
  for (const dialect of dialects) {
    const config = { policy: { dialect, access: { public: "a test" }, auditExempt: "a test" } } as const;
    app.post(dialectPlaces[dialect], { config, schema: { summary: "x", response: { 200: Type.Null() } } }, async () => {
      throw next;
    });
  }
};
const { app } = await createTestServer({ routes: [routes] });
afterAll(() => app.close());
const post = (dialect: (typeof dialects)[number]) => app.inject({ method: "POST", url: dialectPlaces[dialect] });

function pgError(code: string): DatabaseError {
  return Object.assign(new DatabaseError("secret detail of a query", 1, "error"), { code });
}

describe.each(dialects)("in the %s dialect", (dialect) => {
  it("a database that is away is 503, and says when to come back", async () => {
    for (const error of [new ConnectionLostError(new Error("gone")), pgError("57P01")]) {
      next = error;
      const answer = await post(dialect);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers["retry-after"]).toBe("5");
      expect(answer.body).toContain("The database is not available now. Nothing was changed.");
    }
  });

  it("what we did wrong is 500, and tells nothing of it", async () => {
    next = new Error("secret detail");
    const answer = await post(dialect);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("secret detail");
    expect(answer.body).toContain("Something went wrong on our side.");
  });

  it("a value that the database cannot hold is the request's fault", async () => {
    for (const code of ["22021", "22003", "22P05"]) {
      next = pgError(code);
      const answer = await post(dialect);
      expect(answer.statusCode).toBe(400);
      expect(answer.body).not.toContain("secret detail");
    }
  });

  it("a full disk is 507", async () => {
    next = Object.assign(new Error("secret detail"), { code: "ENOSPC" });
    const answer = await post(dialect);
    expect(answer.body).not.toContain("secret detail");
    // Not declared here, and so refused by the strict server: a route that writes declares it.
    expect(answer.statusCode).toBe(500);
  });
});
