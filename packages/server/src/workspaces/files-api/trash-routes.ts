import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { policies } from "../policy.ts";
import { listTrash, summariseTrash } from "../trash/list-trash.ts";
import { restore } from "../trash/restore.ts";
import { parseId } from "../workspace-id.ts";
import * as schema from "./schema.ts";

const tags = ["trash"];

/** What was deleted, and how to get it back. */
export function trashRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/trash",
      {
        config: { policy: policies.listTrash },
        schema: {
          tags,
          summary: "List your trash",
          description: "Newest first; each entry says until when it can be restored.",
          querystring: schema.TrashQuery,
          response: { 200: schema.TrashPage },
        },
      },
      async (request) => {
        const { cursor, limit, workspace_id: workspaceId = null } = request.query;
        const before = cursor === undefined ? null : parseId(cursor);
        if (cursor !== undefined && before === null) {
          throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
        }
        const { items, next } = await listTrash(context, callerOf(request).accountId, { workspaceId, before, limit });
        return { items, next_cursor: next === null ? null : String(next) };
      },
    );
    app.get(
      "/trash/summary",
      {
        config: { policy: policies.listTrash },
        schema: {
          tags,
          summary: "Your trash in numbers",
          description: "What emptying it would end for good.",
          response: { 200: schema.TrashSummary },
        },
      },
      async (request) => summariseTrash(context, callerOf(request).accountId),
    );
    app.post(
      "/trash/:id/restore",
      {
        config: { policy: policies.restore },
        schema: {
          tags,
          summary: "Restore from the trash",
          description: "To where it was; under a free name when its own is taken.",
          params: schema.TrashParams,
          response: { 200: schema.Restored, ...schema.diskFull },
        },
      },
      async (request) => restore(context, callerOf(request), request.params.id),
    );
  };
}
