import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { entryBy } from "../../platform/audit/entry-by.ts";
import { callerOf, ownEyes, type WebhooksContext } from "../context.ts";
import { policies } from "../policy.ts";
import { changeEndpoint, deleteEndpoint } from "./change-endpoints.ts";
import { findEndpoint, pageOfEndpoints, presentEndpoints } from "./queries.ts";
import * as schema from "./schema.ts";

export const adminBase = "/api/stoa/v1/admin/webhooks";
const tags = ["webhooks"];

/** Everybody's webhooks, for administrators: to look at, stop, let go on and delete; never to lead elsewhere. */
export function adminEndpointRoutes(context: WebhooksContext): FastifyPluginAsyncTypebox {
  const present = (request: FastifyRequest, rows: Parameters<typeof presentEndpoints>[1]) =>
    presentEndpoints(context, rows, { viewerId: ownEyes(request), locale: request.locale });

  return async (app) => {
    app.get(
      adminBase,
      {
        config: { policy: policies.adminRead },
        schema: {
          tags,
          summary: "List everybody's webhooks",
          querystring: schema.AllEndpointsQuery,
          response: { 200: schema.EndpointPage },
        },
      },
      async (request) => {
        const { cursor = "0", limit, state, account_id: accountId = null } = request.query;
        const page = { accountId, state, after: Number(cursor), limit: limit + 1 };
        const rows = await pageOfEndpoints(context.db, page);
        const items = await present(request, rows.slice(0, limit));
        return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null };
      },
    );

    app.get(
      `${adminBase}/:id`,
      {
        config: { policy: policies.adminRead },
        schema: {
          tags,
          summary: "Read anybody's webhook",
          params: schema.EndpointParams,
          response: { 200: schema.Endpoint },
        },
      },
      async (request) => {
        const [endpoint] = await present(request, [await findEndpoint(context.db, request.params.id, null)]);
        return endpoint as schema.Endpoint;
      },
    );

    app.patch(
      `${adminBase}/:id`,
      {
        config: { policy: policies.adminUpdate },
        schema: {
          tags,
          summary: "Pause anybody's webhook, or switch it on",
          params: schema.EndpointParams,
          body: schema.ActiveChange,
          response: { 200: schema.Endpoint },
        },
      },
      async (request) => {
        const asked = { id: request.params.id, whose: null, caller: callerOf(request), by: entryBy(request) };
        const [endpoint] = await present(request, [await changeEndpoint(context, asked, request.body)]);
        return endpoint as schema.Endpoint;
      },
    );

    app.delete(
      `${adminBase}/:id`,
      {
        config: { policy: policies.adminDelete },
        schema: {
          tags,
          summary: "Delete anybody's webhook",
          params: schema.EndpointParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await deleteEndpoint(context, { id: request.params.id, whose: null, by: entryBy(request) });
        return reply.code(204).send(null);
      },
    );
  };
}
