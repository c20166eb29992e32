import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { sql } from "kysely";
import { Type } from "typebox";
import { mailRoutes } from "../mail/routes.ts";
import { mailVerbRoutes } from "../mail/verb-routes.ts";
import type { Platform } from "../platform.ts";
import type { RoutePolicy } from "./route-policy.ts";

const Health = Type.Object({
  status: Type.Literal("healthy"),
  database: Type.Union([Type.Literal("connected"), Type.Literal("disconnected")]),
  timestamp: Type.String(),
});

const SystemHealth = Type.Object({
  state: Type.Union([Type.Literal("ok"), Type.Literal("degraded")]),
  reasons: Type.Array(Type.Object({ part: Type.String(), message: Type.String() })),
});

/** How the server does: for load balancers, for Prometheus, for the people signed in. */
export function systemRoutes(platform: Platform): FastifyPluginAsync {
  return async (app) => {
    addHealth(app, platform);
    addSystemHealth(app, platform);
    addMetrics(app, platform);
    await app.register(mailRoutes(platform));
    await app.register(mailVerbRoutes(platform));
  };
}

/** Contract 2's. 503 when the database is away, so that a balancer sends people elsewhere. */
function addHealth(app: FastifyInstance, platform: Platform): void {
  const policy: RoutePolicy = { dialect: "portal", access: { public: "Load balancers ask it without a credential." } };
  app.get(
    "/health",
    {
      config: { policy },
      schema: {
        summary: "Whether the server can work",
        description: "`healthy` and 200 while the database answers, 503 while it does not.",
        tags: ["system"],
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const connected = await databaseAnswers(platform);
      const timestamp = new Date().toISOString();
      return await reply
        .code(connected ? 200 : 503)
        .header("cache-control", "no-store")
        .send({ status: "healthy", database: connected ? "connected" : "disconnected", timestamp });
    },
  );
}

function addSystemHealth(app: FastifyInstance, platform: Platform): void {
  const policy: RoutePolicy = { dialect: "stoa", access: { scope: "account:read" } };
  app.get(
    "/api/stoa/v1/system/health",
    {
      config: { policy },
      schema: {
        summary: "What is degraded, and why",
        description: "For the notice in the portal's frame: empty reasons mean that all is well.",
        tags: ["system"],
        response: { 200: SystemHealth },
      },
    },
    async () => {
      const reasons = await degradations(platform);
      return { state: reasons.length === 0 ? "ok" : "degraded", reasons };
    },
  );
}

function addMetrics(app: FastifyInstance, { metrics }: Platform): void {
  const policy: RoutePolicy = { dialect: "stoa", access: { scope: "metrics:read" } };
  app.get(
    "/metrics",
    {
      config: { policy },
      schema: {
        summary: "Figures for Prometheus",
        description: "Needs a token with the scope `metrics:read`.",
        tags: ["system"],
        response: { 200: { description: "Prometheus text", content: { "text/plain": { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

async function degradations(platform: Platform): Promise<{ part: string; message: string }[]> {
  const reasons: { part: string; message: string }[] = [];
  if (!(await databaseAnswers(platform))) {
    return [{ part: "database", message: "The database does not answer: nothing can be changed just now." }];
  }
  if (!platform.events.listening) {
    reasons.push({ part: "events", message: "Notices from other processes are late by up to a second." });
  }
  return reasons;
}

const answersWithinMs = 2_000;

async function databaseAnswers({ db }: Platform): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), answersWithinMs);
  });
  const answer = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  return await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
