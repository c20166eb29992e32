import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { askerOf } from "../asker.ts";
import type { ActivityContext } from "../context.ts";
import { requestErasing } from "../erase/erase.ts";
import { daysOf, hoursOf } from "../figures/queries.ts";
import { policies } from "../policy.ts";
import { findOne } from "./find-one.ts";
import { askOf, rangeOf } from "./list-filter.ts";
import * as schema from "./schema.ts";

const base = "/api/stoa/v1/activity";
const tags = ["activity"];
const policy = policies.read;

/** One's own activity, page by page. */
export function ownRoutes(context: ActivityContext): FastifyPluginAsyncTypebox {
  const { db, searches, turns } = context;
  return async (app) => {
    app.get(
      base,
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One's own executions, newest first" },
          description:
            "As one's kernels reported them. With `text` only those whose code or error message has it; a page may then end early (`searched_back_to`), and goes on with its cursor.",
          ...{ querystring: schema.ListQuery, response: { 200: schema.ExecutionPage } },
        },
      },
      async (request) => {
        const page = await searches.page(askOf(request.query, askerOf(request)));
        return schema.presentPage(page, (row) => schema.presentExecution(row));
      },
    );

    app.get(
      `${base}/days`,
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One's executions by day", description: "For a year's map: the last so many days, UTC." },
          ...{ querystring: schema.DaysQuery, response: { 200: schema.Days } },
        },
      },
      async (request) => {
        const rows = await daysOf(db, askerOf(request), request.query.days);
        const items = rows.map(({ milliseconds, ...row }) => ({ ...row, execution_time_ms: milliseconds }));
        return { items, self_reported: true as const };
      },
    );

    app.get(
      `${base}/hours`,
      {
        config: { policy },
        schema: {
          ...{
            tags,
            summary: "At which hours of the day one's executions ran",
            description: "Over the last so many days, UTC.",
          },
          ...{ querystring: schema.HoursQuery, response: { 200: schema.Hours } },
        },
      },
      async (request) => {
        const accountId = askerOf(request);
        // It reads every execution of the time: as much as a report writes, and in the same turns.
        const items = await turns.run(accountId, () => hoursOf(db, accountId, request.query.days));
        return { items, self_reported: true as const };
      },
    );

    app.get(
      `${base}/:id`,
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "One execution, whole" },
          ...{ params: schema.ExecutionParams, response: { 200: schema.WholeExecution } },
        },
      },
      async (request) => {
        const row = await findOne(db, request.params.id, askerOf(request));
        return { ...schema.presentExecution(row, Number.POSITIVE_INFINITY), self_reported: true as const };
      },
    );

    app.delete(
      base,
      {
        config: { policy: policies.erase },
        schema: {
          ...{ tags, summary: "Delete one's own activity" },
          description:
            "What there is now, or what ran between `from` and `to`, with its figures; in the background, for good. It needs a sign-in.",
          ...{ querystring: schema.EraseQuery, response: { 202: schema.Erasing } },
        },
      },
      async (request, reply) => {
        const operationId = await requestErasing(context, askerOf(request), rangeOf(request.query), request);
        return reply.code(202).send({ operation_id: operationId });
      },
    );
  };
}
