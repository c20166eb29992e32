import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../platform/http/route-policy.ts";
import type { Platform } from "../platform/platform.ts";
import type { OverviewContext, OverviewSources } from "./context.ts";
import { lastDays, sumUp } from "./days.ts";
import { createNeeds } from "./needs.ts";
import { presentNeed } from "./present-need.ts";
import * as schema from "./schema.ts";
import type { OverviewTables } from "./tables.ts";

export type { OverviewSources } from "./context.ts";

const KIND = "overview.day";
const tags = ["overview"];
const policy: RoutePolicy = { dialect: "stoa", access: { scope: "operations:read", admin: true } };

/** What needs an operator, and how the installation did: read from all domains, owned by none. */
export function createOverview(
  platform: Platform,
  sources: OverviewSources,
): { readonly routes: FastifyPluginAsyncTypebox } {
  const context: OverviewContext = { platform, db: platform.db.withTables<OverviewTables>(), sources };
  const subject = { kind: "days", id: "all" };
  platform.operations.register({
    kind: KIND,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 600,
    concurrency: 1,
    exclusive: true,
    run: async () => ({ days: await sumUp(context) }),
  });
  // Hourly, for a server that was off at midnight: a day that is summed up already costs one look.
  platform.operations.schedule(KIND, "7 * * * *", {
    kind: KIND,
    subject,
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
  return { routes: overviewRoutes(context) };
}

function overviewRoutes(context: OverviewContext): FastifyPluginAsyncTypebox {
  const readNeeds = createNeeds(context);
  return async (app) => {
    app.get(
      "/api/stoa/v1/admin/needs",
      {
        config: { policy },
        schema: {
          tags,
          summary: "What needs an operator",
          description: "The gravest first, then the newest; empty: nothing does. For administrators.",
          response: { 200: schema.Needs },
        },
      },
      async (request) => {
        const needs = await readNeeds();
        return { items: needs.map((need) => presentNeed(need, request.locale)), next_cursor: null };
      },
    );

    app.get(
      "/api/stoa/v1/admin/curves",
      {
        config: { policy },
        schema: {
          tags,
          summary: "How the installation did, day by day",
          description: "Days of UTC, today's so far included, the oldest first. For administrators.",
          querystring: schema.CurvesQuery,
          response: { 200: schema.Curves },
        },
      },
      async ({ query }) => ({ items: await lastDays(context, query.days ?? 30), next_cursor: null }),
    );
  };
}
