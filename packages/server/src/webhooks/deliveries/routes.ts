import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { entryBy } from "../../platform/audit/entry-by.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { callerOf, ownEyes, type WebhooksContext } from "../context.ts";
import { findEndpoint } from "../endpoints/queries.ts";
import { EndpointParams } from "../endpoints/schema.ts";
import type { EndpointRow } from "../tables.ts";
import { findDelivery, logOf, wholeDelivery } from "./queries.ts";
import { type Asked, ping, replayFailed, replayOne } from "./replay.ts";
import * as schema from "./schema.ts";

const tags = ["webhooks"];

/** Where these stand, who may call them, and whether they reach everybody's webhooks or the caller's own. */
export interface DeliveryPlace {
  readonly base: string;
  readonly reach: "own" | "everybody";
  readonly policies: { readonly read: RoutePolicy; readonly ping: RoutePolicy; readonly replay: RoutePolicy };
}

/** What was sent to a webhook, and sending it again. @param wake there is something to send */
export function deliveryRoutes(
  context: WebhooksContext,
  { base, reach, policies }: DeliveryPlace,
  wake: () => void,
): FastifyPluginAsyncTypebox {
  const { db } = context;
  const whose = (request: FastifyRequest) => (reach === "own" ? callerOf(request).accountId : null);
  const asked = (request: FastifyRequest, id: number): Asked => ({ id, whose: whose(request), by: entryBy(request) });
  const of = reach === "own" ? "a webhook" : "anybody's webhook";

  return async (app) => {
    app.get(
      `${base}/:id/deliveries`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: `List what was sent to ${of}`,
          description: "Newest first, kept for STOA_WEBHOOK_LOG_DAYS.",
          params: EndpointParams,
          querystring: schema.DeliveriesQuery,
          response: { 200: schema.DeliveryPage },
        },
      },
      async (request) => {
        const endpoint = await findEndpoint(db, request.params.id, whose(request));
        return logOf(db, { ...request.query, endpointId: endpoint.id }, readerOf(request, endpoint));
      },
    );

    app.get(
      `${base}/:id/deliveries/:delivery`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: `Read what was sent to ${of}, and how each attempt went`,
          params: schema.DeliveryParams,
          response: { 200: schema.WholeDelivery },
        },
      },
      async (request) => {
        const endpoint = await findEndpoint(db, request.params.id, whose(request));
        const delivery = await findDelivery(db, endpoint.id, request.params.delivery);
        return wholeDelivery(db, delivery, readerOf(request, endpoint));
      },
    );

    app.post(
      `${base}/:id/ping`,
      {
        config: { policy: policies.ping },
        schema: {
          tags,
          summary: `Send a test to ${of}`,
          description: "Tried once, also while it is paused or off. Look at the delivery to see how it went.",
          params: EndpointParams,
          response: { 202: schema.Delivery },
        },
      },
      async (request, reply) => {
        const row = await ping(context, asked(request, request.params.id));
        wake();
        return reply.code(202).send({ ...schema.presentSummary(row), last: null });
      },
    );

    app.post(
      `${base}/:id/deliveries/:delivery/replay`,
      {
        config: { policy: policies.replay },
        schema: {
          tags,
          summary: "Send a delivery again",
          description: "As a delivery of its own with the same event id: a receiver that has handled it drops it.",
          params: schema.DeliveryParams,
          response: { 202: schema.Delivery },
        },
      },
      async (request, reply) => {
        const row = await replayOne(context, asked(request, request.params.id), request.params.delivery);
        wake();
        return reply.code(202).send({ ...schema.presentSummary(row), last: null });
      },
    );

    app.post(
      `${base}/:id/replay-failed`,
      {
        config: { policy: policies.replay },
        schema: {
          tags,
          summary: "Send again all that was given up",
          description: "Since a time, 1,000 at once; what has been sent again already is left out.",
          params: EndpointParams,
          body: schema.ReplayFailed,
          response: { 202: schema.ReplayedFailed },
        },
      },
      async (request, reply) => {
        const since = new Date(request.body.since);
        const replayed = await replayFailed(context, asked(request, request.params.id), since);
        wake();
        return reply.code(202).send(replayed);
      },
    );
  };
}

function readerOf(request: FastifyRequest, { account_id, url }: EndpointRow): schema.Reader {
  return { locale: request.locale, masks: ownEyes(request) === account_id ? null : { url } };
}
