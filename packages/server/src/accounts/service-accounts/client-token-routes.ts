import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { viewerOf } from "../groups/policy.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { createClientToken, revokeClientToken } from "./client-tokens.ts";
import { clientTokensOf, findService } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import {
  ClientTokenList,
  ClientTokenParams,
  NewClientToken,
  NewClientTokenBody,
  presentClientToken,
  RevocationQuery,
  ServiceParams,
} from "./schema.ts";

const read = { scope: "people:read", admin: true } as const;
// A client token opens people's workspaces: made by who is signed in, never by a token that may have leaked.
const write = { scope: "people:write", admin: true, signIn: true } as const;
const tags = ["services"];

export function clientTokenRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/services/:id/tokens",
      {
        schema: {
          summary: "List a service's client tokens",
          description: "Newest first, with those that are over; the newest 500. Never the secrets.",
          tags,
          params: ServiceParams,
          response: { 200: ClientTokenList },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const { id } = request.params;
        if (!(await findService(context.db, { id }))) throw serviceRefusal("no_such_service");
        return { items: (await clientTokensOf(context.db, id)).map(presentClientToken), next_cursor: null };
      },
    );

    app.post(
      "/api/stoa/v1/services/:id/tokens",
      {
        schema: {
          summary: "Make a client token",
          description: "Good for `POST /tokens/` only, for a year if nothing else is said. Shown in this answer only.",
          tags,
          params: ServiceParams,
          body: NewClientTokenBody,
          response: { 201: NewClientToken },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.token-create" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const viewer = viewerOf(request.principal);
        const { token, row } = await createClientToken(
          context,
          viewer,
          request.params.id,
          request.body,
          actorOf(request),
        );
        reply.header("cache-control", "no-store");
        return reply.code(201).send({ ...presentClientToken(row), token });
      },
    );

    app.delete(
      "/api/stoa/v1/services/:id/tokens/:key_id",
      {
        schema: {
          summary: "Revoke a client token",
          description: "With the tokens that people got by it, within a second everywhere, unless `keep_minted`.",
          tags,
          params: ClientTokenParams,
          querystring: RevocationQuery,
          response: { 204: Nothing },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.token-revoke" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { id: serviceId, key_id: keyId } = request.params;
        const { keep_minted: keepMinted = false } = request.query;
        const meant = { serviceId, keyId, keepMinted };
        await revokeClientToken(context, viewerOf(request.principal), meant, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
