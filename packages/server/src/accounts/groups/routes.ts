import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { cursorOf, idOfCursor } from "../people/schema.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { changeGroup, createGroup, deleteGroup } from "./change-groups.ts";
import { maySee, viewerOf } from "./policy.ts";
import { findGroup, listGroups } from "./queries.ts";
import { groupRefusal } from "./refusals.ts";
import { Group, GroupChangeBody, GroupPage, GroupParams, GroupsQuery, NewGroupBody, presentGroup } from "./schema.ts";

const read = { scope: "account:read" } as const;
// Groups say who reaches whose files, and which service may mint: not for a token that may have leaked.
const write = { scope: "account:write", signIn: true } as const;
const tags = ["groups"];

export function groupRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/groups",
      {
        schema: {
          summary: "List groups",
          description: "Those one is in, oldest first; `which=all` shows administrators every group.",
          tags,
          querystring: GroupsQuery,
          response: { 200: GroupPage },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        const { which = "own", search, cursor, limit = 50 } = request.query;
        if (which === "all" && !viewer.isAdmin) throw groupRefusal("all_for_admins");
        const filter = { own: which === "own", search, after: idOfCursor(cursor), limit: limit + 1 };
        const rows = await listGroups(context.db, viewer.id, filter);
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return {
          items: items.map((row) => presentGroup(row, viewer)),
          next_cursor: last ? cursorOf(last.id) : null,
        };
      },
    );

    app.post(
      "/api/stoa/v1/groups",
      {
        schema: {
          summary: "Make a group",
          description: "Its maker owns it. For administrators, or for everybody where STOA_GROUP_CREATION says so.",
          tags,
          body: NewGroupBody,
          response: { 201: Group },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "group.create" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const viewer = viewerOf(request.principal);
        const group = await createGroup(context, viewer, request.body, actorOf(request));
        return reply.code(201).send(presentGroup(group, viewer));
      },
    );

    app.get(
      "/api/stoa/v1/groups/:id",
      {
        schema: {
          summary: "One group",
          description: "For its members and administrators; to others it isn't there.",
          tags,
          params: GroupParams,
          response: { 200: Group },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        const group = await findGroup(context.db, viewer.id, request.params.id);
        if (!group || !maySee(viewer, group)) throw groupRefusal("no_such_group");
        return presentGroup(group, viewer);
      },
    );

    app.patch(
      "/api/stoa/v1/groups/:id",
      {
        schema: {
          summary: "Rename a group, or describe it",
          description: "For its owners and administrators. What is left out stays.",
          tags,
          params: GroupParams,
          body: GroupChangeBody,
          response: { 200: Group },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "group.update" } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        const { id } = request.params;
        return presentGroup(await changeGroup(context, viewer, id, request.body, actorOf(request)), viewer);
      },
    );

    app.delete(
      "/api/stoa/v1/groups/:id",
      {
        schema: {
          summary: "Delete a group",
          description:
            "For its owners and administrators, and for good. What was shared with its members stays theirs.",
          tags,
          params: GroupParams,
          response: { 204: Nothing },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "group.delete" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        await deleteGroup(context, viewerOf(request.principal), request.params.id, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
