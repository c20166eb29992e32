import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parseNewPath, parsePath } from "../files/file-names.ts";
import { policies } from "../policy.ts";
import { requireStorage } from "../storage-room/storage-room.ts";
import { acceptStreams, announcedBytes, bytesOf } from "../transfers/request-bytes.ts";
import { uploadFile, uploadNew } from "../upload-one.ts";
import { sendFile } from "./download.ts";
import { requireOwn } from "./find-workspace.ts";
import * as schema from "./schema.ts";

const tags = ["files"];

/** A file's bytes, out and in. */
export function contentRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.removeAllContentTypeParsers();
    acceptStreams(app, "*");
    app.get(
      "/workspaces/:id/files/content",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "Download a file",
          description: "As an attachment. Range, If-Range and If-None-Match are understood.",
          produces: ["application/octet-stream"],
          params: schema.WorkspaceParams,
          querystring: schema.FileQuery,
          response: schema.downloads,
        },
      },
      async (request, reply) => {
        const row = await requireOwn(context, callerOf(request).accountId, request.params.id);
        return sendFile(context, request, reply, row, parsePath(request.query.path));
      },
    );
    app.put(
      "/workspaces/:id/files/content",
      {
        config: { policy: policies.writeFile },
        schema: {
          tags,
          summary: "Upload a file",
          description:
            "The body is the file, of any content type. It appears whole, or not at all. A file of that name is replaced unless `on_conflict` says otherwise; If-None-Match: * makes a new file only, and answers 412 where the name is taken. With keep_both the answer says which name it got.",
          consumes: ["*/*"],
          params: schema.WorkspaceParams,
          querystring: schema.UploadQuery,
          headers: schema.IfNew,
          response: { 200: schema.Entry, ...schema.diskFull, ...schema.otherVersion },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const parts = parseNewPath(request.query.path);
        const { id } = await requireOwn(context, caller.accountId, request.params.id);
        refuseTooLarge(request, context.config.limits.uploadBytes);
        await requireStorage(context, caller.accountId, announcedBytes(request));
        const file = { parts, bytes: bytesOf(request) };
        const placed = isNewOnly(request)
          ? await uploadNew(context, caller, id, file)
          : await uploadFile(context, caller, id, file, request.query.on_conflict ?? "replace");
        return context.files.run(caller.accountId, "describeEntry", { workspace: id, parts: placed });
      },
    );
  };
}

/** By HTTP's rule a condition that we can't look at may not be passed over. */
function isNewOnly({ headers }: FastifyRequest): boolean {
  const condition = headers["if-none-match"]?.trim();
  if (condition === undefined || condition === "*") return condition === "*";
  throw new StoaError("invalid", { details: { problem: "of If-None-Match only * is understood here" } });
}

/** Before a byte is read, where the client says how many will come. */
function refuseTooLarge(request: FastifyRequest, limit: number): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw new StoaError("too_large", { details: { limit } });
}
