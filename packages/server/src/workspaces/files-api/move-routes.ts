import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parseNewPath, parsePath } from "../files/file-names.ts";
import { policies } from "../policy.ts";
import { queueCopy } from "./copy-entry.ts";
import { moveEntry, type Way } from "./move-entry.ts";
import * as schema from "./schema.ts";

const tags = ["files"];

/** From one place to another. */
export function moveRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/workspaces/:id/files/move",
      {
        config: { policy: policies.moveFile },
        schema: {
          tags,
          summary: "Move or rename a file or folder",
          description:
            "At once, within the workspace or to another one of yours; missing folders on the way are made. 409 when something is there, unless `replace` sends that to the trash.",
          params: schema.WorkspaceParams,
          body: schema.FileWay,
          response: { 200: schema.Entry, ...schema.diskFull },
        },
      },
      async (request) => moveEntry(context, callerOf(request), wayOf(request.params.id, request.body)),
    );
    app.post(
      "/workspaces/:id/files/copy",
      {
        config: { policy: policies.copyFile },
        schema: {
          tags,
          summary: "Copy a file or folder",
          description:
            "In the background, with progress; the copy appears whole, or not at all. Links are copied as links; pipes, sockets and devices are left out. 409 when something is there, unless `replace` sends that to the trash.",
          params: schema.WorkspaceParams,
          body: schema.FileWay,
          response: { 202: schema.Queued, ...schema.diskFull },
        },
      },
      async (request, reply) => {
        const { id } = await queueCopy(context, callerOf(request), wayOf(request.params.id, request.body));
        return reply.code(202).send({ operation_id: id });
      },
    );
  };
}

function wayOf(
  workspace: number,
  body: { path: string; to: string; to_workspace?: number | undefined; replace?: boolean | undefined },
): Way {
  return {
    from: { workspace, parts: parsePath(body.path) },
    to: { workspace: body.to_workspace ?? workspace, parts: parseNewPath(body.to) },
    replace: body.replace ?? false,
  };
}
