import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { viewerOf } from "../groups/policy.ts";
import { cursorOf, idOfCursor } from "../people/schema.ts";
import type { AccountsServices } from "../services.ts";
import { findService, listServices } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import {
  NewServiceBody,
  PageQuery,
  presentService,
  Service,
  ServiceChangeBody,
  ServicePage,
  ServiceParams,
} from "./schema.ts";
import { changeService, createService } from "./service-accounts.ts";

const read = { scope: "people:read", admin: true } as const;
// Reviving a service, or making one, opens people's workspaces: for who is signed in.
const write = { scope: "people:write", admin: true, signIn: true } as const;
const tags = ["services"];

export function serviceRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/services",
      {
        schema: {
          summary: "List service accounts",
          description: "Programs' accounts, oldest first; for administrators.",
          tags,
          querystring: PageQuery,
          response: { 200: ServicePage },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const { cursor, limit = 50 } = request.query;
        const rows = await listServices(context.db, { after: idOfCursor(cursor), limit: limit + 1 });
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return { items: items.map(presentService), next_cursor: last ? cursorOf(last.id) : null };
      },
    );

    app.post(
      "/api/stoa/v1/services",
      {
        schema: {
          summary: "Make a service account",
          description: "It can't sign in; what it can do, its client tokens do (`POST /tokens/`).",
          tags,
          body: NewServiceBody,
          response: { 201: Service },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.create" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { username, description, api_client: apiClient = true } = request.body;
        const wanted = { username, description, apiClient };
        const made = await createService(context, viewerOf(request.principal), wanted, actorOf(request));
        return reply.code(201).send(presentService(made));
      },
    );

    app.get(
      "/api/stoa/v1/services/:id",
      {
        schema: {
          summary: "One service account",
          description: "For administrators.",
          tags,
          params: ServiceParams,
          response: { 200: Service },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const service = await findService(context.db, { id: request.params.id });
        if (!service) throw serviceRefusal("no_such_service");
        return presentService(service);
      },
    );

    app.patch(
      "/api/stoa/v1/services/:id",
      {
        schema: {
          summary: "Describe, activate or deactivate a service account",
          description: "Deactivated, its client tokens open nothing, and the tokens that were got by them end.",
          tags,
          params: ServiceParams,
          body: ServiceChangeBody,
          response: { 200: Service },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.deactivate" } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        return presentService(await changeService(context, viewer, request.params.id, request.body, actorOf(request)));
      },
    );
  };
}
