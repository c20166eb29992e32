import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { askerOf } from "../asker.ts";
import type { ActivityContext } from "../context.ts";
import { daysOf } from "../figures/queries.ts";
import { average } from "../figures/stats.ts";
import { policies } from "../policy.ts";
import { refuseShort } from "../refusals.ts";
import { newest, newestAfter } from "../search/queries.ts";
import * as schema from "./schema.ts";

const tags = ["activity"];
const policy = policies.contractRead;
/** Milliseconds; there is no second page here. */
const SEARCH_BUDGET_MS = 2_000;
/** Where a search's time was up before everything was looked at. */
const SEARCHED_BACK_TO = "stoa-searched-back-to";

/** Contract 2: one's own activity. All of it is self-reported. */
export function contractRoutes({ db, searches }: ActivityContext): FastifyPluginAsyncTypebox {
  const mine = (accountId: number) => ({ accountId, status: null, from: null, to: null });
  return async (app) => {
    app.get(
      "/api/audit-logs",
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One's own executions", description: "Newest first, as one's kernels reported them." },
          ...{ querystring: schema.LogsQuery, response: { 200: schema.Logs } },
        },
      },
      async (request) => {
        const rows = await newestAfter(db, mine(askerOf(request)), request.query);
        return { logs: rows.map(schema.presentListed), count: rows.length };
      },
    );

    app.get(
      "/api/activity/recent",
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One's latest executions, whole" },
          ...{ querystring: schema.RecentQuery, response: { 200: schema.Recent } },
        },
      },
      async (request) => {
        const rows = await newest(db, mine(askerOf(request)), { before: null, ...request.query });
        return { activities: rows.map(schema.presentWhole), count: rows.length };
      },
    );

    app.get(
      "/api/activity/stats",
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One's executions by day", description: "The last so many days in UTC, oldest first." },
          ...{ querystring: schema.StatsQuery, response: { 200: schema.Stats } },
        },
      },
      async (request) => {
        const { days } = request.query;
        const rows = await daysOf(db, askerOf(request), days);
        return {
          daily_stats: rows.map((row) => ({
            date: row.day,
            executions: row.executions,
            success_count: row.executions - row.errors,
            error_count: row.errors,
            avg_time_ms: average(row),
          })),
          period_days: days,
        };
      },
    );

    app.get(
      "/api/activity/search",
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "Search one's executions" },
          description:
            "A part of the code or of the error's message, any case; newest first. With the header `Stoa-Searched-Back-To` only what is newer than that time was looked at.",
          ...{ querystring: schema.SearchQuery, response: { 200: schema.Found } },
        },
      },
      async (request, reply) => {
        const { query, limit } = request.query;
        const text = refuseShort(query);
        const ask = { ...mine(askerOf(request)), text, before: null, limit, budgetMs: SEARCH_BUDGET_MS };
        const { items, searchedBackTo } = await searches.page(ask);
        if (searchedBackTo !== null) reply.header(SEARCHED_BACK_TO, searchedBackTo.toISOString());
        return { results: items.map(schema.presentWhole), query, count: items.length };
      },
    );
  };
}
