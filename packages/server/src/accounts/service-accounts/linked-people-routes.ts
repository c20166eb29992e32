import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { viewerOf } from "../groups/policy.ts";
import { cursorOf, idOfCursor } from "../people/schema.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { linkPerson, unlinkPerson } from "./linked-people.ts";
import { findService, linkedPeople } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import {
  LinkBody,
  LinkedPeoplePage,
  LinkedPersonSchema,
  LinkParams,
  PageQuery,
  presentLinked,
  ServiceParams,
} from "./schema.ts";

const read = { scope: "people:read", admin: true } as const;
// It lets a service act as somebody: for who is signed in.
const write = { scope: "people:write", admin: true, signIn: true } as const;
const tags = ["services"];

export function linkedPeopleRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/services/:id/people",
      {
        schema: {
          summary: "List whom a service may stand for",
          description: "Whom it brought, and whom administrators linked to it, by account id.",
          tags,
          params: ServiceParams,
          querystring: PageQuery,
          response: { 200: LinkedPeoplePage },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const { id } = request.params;
        if (!(await findService(context.db, { id }))) throw serviceRefusal("no_such_service");
        const { cursor, limit = 50 } = request.query;
        const rows = await linkedPeople(context.db, id, { after: idOfCursor(cursor), limit: limit + 1 });
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return { items: items.map(presentLinked), next_cursor: last ? cursorOf(last.id) : null };
      },
    );

    app.put(
      "/api/stoa/v1/services/:id/people/:account_id",
      {
        schema: {
          summary: "Let a service stand for somebody",
          description:
            "Says that this account is whom the service calls by that name: it gets tokens for them from now on. Not for administrators, nor for whom another service stands. Safe to repeat.",
          tags,
          params: LinkParams,
          body: LinkBody,
          response: { 200: LinkedPersonSchema },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.link" } satisfies RoutePolicy },
      },
      async (request) => {
        const { id: serviceId, account_id: accountId } = request.params;
        const link = { serviceId, accountId, externalName: request.body.external_name };
        return presentLinked(await linkPerson(context, viewerOf(request.principal), link, actorOf(request)));
      },
    );

    app.delete(
      "/api/stoa/v1/services/:id/people/:account_id",
      {
        schema: {
          summary: "End a service's right to stand for somebody",
          description: "With the tokens that it got for them. The account stays.",
          tags,
          params: LinkParams,
          response: { 204: Nothing },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "service.unlink" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { id: serviceId, account_id: accountId } = request.params;
        await unlinkPerson(context, viewerOf(request.principal), { serviceId, accountId }, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
