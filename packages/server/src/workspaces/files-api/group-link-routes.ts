import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { policies } from "../policy.ts";
import { requireOwn } from "./find-workspace.ts";
import { linkGroup } from "./link-group.ts";
import * as schema from "./schema.ts";

/** Groups' shared folders, as links in a workspace. */
export function groupLinkRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/workspaces/:id/group-links",
      {
        config: { policy: policies.linkGroup },
        schema: {
          tags: ["files"],
          summary: "Link a group's shared folder into a workspace",
          description:
            "For people in the group. Sessions read and write there with the group's rights; the portal shows it to be read. A link of that name is replaced; a file or folder is not.",
          params: schema.WorkspaceParams,
          body: schema.NewGroupLink,
          response: { 201: schema.GroupLink, ...schema.diskFull },
        },
      },
      async (request, reply) => {
        const { group_id, name } = request.body;
        const caller = callerOf(request);
        const { id } = await requireOwn(context, caller.accountId, request.params.id);
        const path = await linkGroup(context, caller, id, { groupId: group_id, name: name ?? null });
        return reply.code(201).send({ path, group_id });
      },
    );
  };
}
