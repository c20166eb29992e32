import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { entryBy } from "../../platform/audit/entry-by.ts";
import { callerOf, ownEyes, type WebhooksContext } from "../context.ts";
import { policies } from "../policy.ts";
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  mostOf,
  rotateSecret,
  type WithSecret,
} from "./change-endpoints.ts";
import { describeTypes } from "./event-type-list.ts";
import { findEndpoint, pageOfEndpoints, presentEndpoints } from "./queries.ts";
import * as schema from "./schema.ts";

export const base = "/api/stoa/v1/webhooks";
const tags = ["webhooks"];

/** One's own webhooks. */
export function endpointRoutes(context: WebhooksContext): FastifyPluginAsyncTypebox {
  const present = (request: FastifyRequest, rows: Parameters<typeof presentEndpoints>[1]) =>
    presentEndpoints(context, rows, { viewerId: ownEyes(request), locale: request.locale });
  const one = async (request: FastifyRequest, row: Parameters<typeof presentEndpoints>[1][number]) => {
    const [endpoint] = await present(request, [row]);
    return endpoint as schema.Endpoint;
  };
  const withSecret = async (request: FastifyRequest, reply: FastifyReply, { row, secret }: WithSecret) => {
    reply.header("cache-control", "no-store");
    return { ...(await one(request, row)), secret };
  };

  return async (app) => {
    app.get(
      `${base}/event-types`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List what webhooks can be told of",
          description: "Every event type with an example of what is sent.",
          response: { 200: schema.EventTypes },
        },
      },
      async (request) => ({ items: describeTypes(), most: mostOf(context, callerOf(request)) }),
    );

    app.get(
      base,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List your webhooks",
          querystring: schema.EndpointsQuery,
          response: { 200: schema.EndpointPage },
        },
      },
      async (request) => {
        const { accountId } = callerOf(request);
        const { cursor = "0", limit } = request.query;
        const rows = await pageOfEndpoints(context.db, { accountId, after: Number(cursor), limit: limit + 1 });
        const items = await present(request, rows.slice(0, limit));
        return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null };
      },
    );

    app.post(
      base,
      {
        config: { policy: policies.create },
        schema: {
          tags,
          summary: "Add a webhook",
          description: "Answers with its secret, once. It needs a sign-in: no token sends your events elsewhere.",
          body: schema.NewEndpoint,
          response: { 201: schema.EndpointWithSecret },
        },
      },
      async (request, reply) => {
        const made = await createEndpoint(context, callerOf(request), entryBy(request), request.body);
        return reply.code(201).send(await withSecret(request, reply, made));
      },
    );

    app.get(
      `${base}/:id`,
      {
        config: { policy: policies.read },
        schema: { tags, summary: "Read a webhook", params: schema.EndpointParams, response: { 200: schema.Endpoint } },
      },
      async (request) => one(request, await findEndpoint(context.db, request.params.id, callerOf(request).accountId)),
    );

    app.patch(
      `${base}/:id`,
      {
        config: { policy: policies.update },
        schema: {
          tags,
          summary: "Change, pause or switch on a webhook",
          description: "What is left out stays. What still waits is sent to the new address.",
          params: schema.EndpointParams,
          body: schema.EndpointChange,
          response: { 200: schema.Endpoint },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const asked = { id: request.params.id, whose: caller.accountId, caller, by: entryBy(request) };
        return one(request, await changeEndpoint(context, asked, request.body));
      },
    );

    app.delete(
      `${base}/:id`,
      {
        config: { policy: policies.delete },
        schema: {
          tags,
          summary: "Delete a webhook",
          description: "With what waits for it, and its log.",
          params: schema.EndpointParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const whose = callerOf(request).accountId;
        await deleteEndpoint(context, { id: request.params.id, whose, by: entryBy(request) });
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${base}/:id/secret`,
      {
        config: { policy: policies.rotate },
        schema: {
          tags,
          summary: "Give a webhook a new secret",
          description:
            "Answers with it, once. For a day the one before signs beside it: change the receiver meanwhile. While one still does, another rotation is refused (409), unless forced.",
          params: schema.EndpointParams,
          body: schema.Rotation,
          response: { 200: schema.EndpointWithSecret },
        },
      },
      async (request, reply) => {
        const asked = { id: request.params.id, whose: callerOf(request).accountId, by: entryBy(request) };
        const rotated = await rotateSecret(context, asked, { force: request.body?.force === true });
        return withSecret(request, reply, rotated);
      },
    );
  };
}
