import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ActivityContext } from "../context.ts";
import { rankedPage } from "../figures/ranking.ts";
import { usernamesOf } from "../names.ts";
import { policies } from "../policy.ts";
import { findOne } from "./find-one.ts";
import { askOf } from "./list-filter.ts";
import { createNoteSearch } from "./note-search.ts";
import * as schema from "./schema.ts";

const base = "/api/stoa/v1/admin/activity";
const tags = ["activity"];
const policy = policies.readAll;

/** Everybody's activity, for administrators. */
export function ownAdminRoutes(context: ActivityContext): FastifyPluginAsyncTypebox {
  const { db, people, searches } = context;
  const noteSearch = createNoteSearch(context);
  return async (app) => {
    app.get(
      base,
      {
        config: { policy: policies.searchAll },
        schema: {
          ...{ tags, summary: "Everybody's executions, or one person's, newest first" },
          description:
            "As their kernels reported them. By `text` or `account_id` it leaves an audit entry, once for each search. With `text` a page may end early (`searched_back_to`), and goes on with its cursor.",
          ...{ querystring: schema.AllQuery, response: { 200: schema.PageOfAll } },
        },
      },
      async (request) => {
        const ask = askOf(request.query, request.query.account_id ?? null);
        // Before anything is shown.
        await noteSearch(request, ask);
        const page = await searches.page(ask);
        const nameOf = await usernamesOf(people, page.items);
        return schema.presentPage(page, (row) => ({
          ...schema.presentExecution(row),
          account: { id: row.account_id, username: nameOf(row) },
        }));
      },
    );

    app.get(
      `${base}/people`,
      {
        config: { policy },
        schema: {
          ...{ tags, summary: "What each person runs, in figures" },
          description: "Everybody who has reported something that is kept.",
          ...{ querystring: schema.PeopleQuery, response: { 200: schema.PeoplePage } },
        },
      },
      async ({ query: { sort, account_id = null, cursor, limit } }) => {
        const { items, next } = await rankedPage(db, { rank: sort, accountId: account_id, cursor, limit });
        const accounts = await people.byIds(items.map((row) => row.account_id));
        return {
          items: items.map((row) => schema.presentPerson(row, accounts.get(row.account_id))),
          next_cursor: next,
          self_reported: true as const,
        };
      },
    );

    app.get(
      `${base}/:id`,
      {
        config: { policy: policies.searchAll },
        schema: {
          ...{ tags, summary: "Anybody's execution, whole" },
          description:
            "Another's leaves an audit entry as their list does, once for all that is read of them in an hour.",
          ...{ params: schema.ExecutionParams, response: { 200: schema.OfSomebody } },
        },
      },
      async (request) => {
        const row = await findOne(db, request.params.id, null);
        await noteSearch(request, { accountId: row.account_id, text: null, from: null, to: null });
        const nameOf = await usernamesOf(people, [row]);
        return {
          ...schema.presentExecution(row, Number.POSITIVE_INFINITY),
          account: { id: row.account_id, username: nameOf(row) },
          self_reported: true as const,
        };
      },
    );
  };
}
