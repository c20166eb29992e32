import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { cursorOf, idOfCursor } from "../people/schema.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { putMember, removeMember } from "./change-members.ts";
import { maySee, viewerOf } from "./policy.ts";
import { findGroup, listMembers } from "./queries.ts";
import { groupRefusal } from "./refusals.ts";
import { GroupParams, Member, MemberBody, MemberPage, MemberParams, MembersQuery, presentMember } from "./schema.ts";

const read = { scope: "account:read" } as const;
// Groups say who reaches whose files, and which service may mint: not for a token that may have leaked.
const write = { scope: "account:write", signIn: true } as const;
const tags = ["groups"];

export function memberRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/groups/:id/members",
      {
        schema: {
          summary: "List a group's members",
          description: "Owners among them, by account id; for members and administrators.",
          tags,
          params: GroupParams,
          querystring: MembersQuery,
          response: { 200: MemberPage },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        const { id } = request.params;
        const group = await findGroup(context.db, viewer.id, id);
        if (!group || !maySee(viewer, group)) throw groupRefusal("no_such_group");
        const { cursor, limit = 50 } = request.query;
        const rows = await listMembers(context.db, viewer, id, { after: idOfCursor(cursor), limit: limit + 1 });
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return {
          items: items.map((row) => presentMember(row, viewer)),
          next_cursor: last ? cursorOf(last.id) : null,
        };
      },
    );

    app.put(
      "/api/stoa/v1/groups/:id/members/:account_id",
      {
        schema: {
          summary: "Add a member, or change a member's role",
          description:
            "For the group's owners, who add whom the directory shows them, and administrators, who add anybody. Safe to repeat. The last active owner stays one: 409.",
          tags,
          params: MemberParams,
          body: MemberBody,
          response: { 200: Member },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "group.add-member" } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal);
        const { id, account_id: accountId } = request.params;
        const { role } = request.body;
        const wanted = { accountId, isOwner: role === undefined ? null : role === "owner" };
        return presentMember(await putMember(context, viewer, id, wanted, actorOf(request)), viewer);
      },
    );

    app.delete(
      "/api/stoa/v1/groups/:id/members/:account_id",
      {
        schema: {
          summary: "Remove a member, or leave",
          description: "Everybody may take themselves out; owners and administrators others. Not the last owner: 409.",
          tags,
          params: MemberParams,
          response: { 204: Nothing },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "group.remove-member" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const viewer = viewerOf(request.principal);
        const { id, account_id: accountId } = request.params;
        await removeMember(context, viewer, id, accountId, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
