import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parseNewPath, parsePath } from "../files/file-names.ts";
import { policies } from "../policy.ts";
import { itemOf } from "../trash/list-trash.ts";
import { moveToTrash } from "../trash/trash-file.ts";
import { requireOwn } from "./find-workspace.ts";
import { makeFolder } from "./make-folder.ts";
import * as schema from "./schema.ts";

const tags = ["files"];

/** Folders of a workspace: look, make, throw away. */
export function folderRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/workspaces/:id/files",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "List a folder",
          description: "Folders first, then by name; a page at a time.",
          params: schema.WorkspaceParams,
          querystring: schema.FolderQuery,
          response: { 200: schema.FolderPage },
        },
      },
      async (request) => {
        const { accountId } = callerOf(request);
        const { path = "", cursor, limit } = request.query;
        const parts = parsePath(path);
        const row = await requireOwn(context, accountId, request.params.id);
        const question = { workspace: row.id, parts, cursor, limit };
        const { items, next_cursor } = await context.files.run(row.owner_id, "listFolder", question);
        return { path: parts.join("/"), items: [...items], next_cursor };
      },
    );
    app.post(
      "/workspaces/:id/files/folder",
      {
        config: { policy: policies.makeFolder },
        schema: {
          tags,
          summary: "Make a folder",
          description: "Folders on the way to it are made as well. 409 when something of that name is there.",
          params: schema.WorkspaceParams,
          body: schema.NewFolder,
          response: { 201: schema.Entry, ...schema.diskFull },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const parts = parseNewPath(request.body.path);
        const workspace = request.params.id;
        await makeFolder(context, caller, workspace, parts);
        return reply.code(201).send(await context.files.run(caller.accountId, "describeEntry", { workspace, parts }));
      },
    );
    app.delete(
      "/workspaces/:id/files",
      {
        config: { policy: policies.deleteFile },
        schema: {
          tags,
          summary: "Delete a file or folder",
          description: "It goes to the trash; the answer is its entry there, to undo it with.",
          params: schema.WorkspaceParams,
          querystring: schema.FileQuery,
          response: { 200: schema.TrashItem, ...schema.diskFull },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const row = await requireOwn(context, caller.accountId, request.params.id);
        const entry = await moveToTrash(context, caller, row.id, parsePath(request.query.path));
        return itemOf(context, entry, row.name);
      },
    );
  };
}
