import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sql } from "kysely";
import { Type } from "typebox";
import type { RoutePolicy } from "../platform/http/route-policy.ts";
import { Time } from "./schema.ts";
import type { AccountsServices } from "./services.ts";
import type { AccountsDb } from "./tables.ts";

const Health = Type.Object({
  status: Type.Union([Type.Literal("healthy"), Type.Literal("unhealthy")]),
  database: Type.Union([Type.Literal("connected"), Type.Literal("disconnected")]),
  timestamp: Time,
});

/** Milliseconds: a database that takes longer is not one that people can work with. */
const PATIENCE_MS = 2_000;

/** Contract 2's health check. */
export function healthRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  const isConnected = createProbe(context.db);
  return async (app) => {
    app.get(
      "/health",
      {
        schema: {
          summary: "Is the server well?",
          description: "503 while the database is away.",
          tags: ["health"],
          response: { 200: Health, 503: Health },
        },
        config: {
          policy: { dialect: "portal", access: { public: "load balancers ask it" } } satisfies RoutePolicy,
        },
      },
      async (_request, reply) => {
        const timestamp = new Date().toISOString();
        reply.header("cache-control", "no-store");
        if (await isConnected()) return { status: "healthy" as const, database: "connected" as const, timestamp };
        return reply.code(503).send({ status: "unhealthy" as const, database: "disconnected" as const, timestamp });
      },
    );
  };
}

/** One question at a time, however many ask: a flood of checks must not use up the connections. */
function createProbe(db: AccountsDb): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  const ask = async () => {
    try {
      const answer = sql`select 1`.execute(db).then(() => true);
      return await Promise.race([answer, delay(PATIENCE_MS, false, { ref: false })]);
    } catch {
      return false;
    }
  };
  return () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}
