import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parseNewPath, parsePath } from "../files/file-names.ts";
import { MOST_TEXT_BYTES } from "../files/text-file.ts";
import { policies } from "../policy.ts";
import { editText } from "./edit-text.ts";
import { requireOwn } from "./find-workspace.ts";
import * as schema from "./schema.ts";

const tags = ["files"];

/** Small texts, to look at and to edit in a page. */
export function textRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) => body);
    app.get(
      "/workspaces/:id/files/text",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "Read a small text",
          description: "Up to 2 MiB of UTF-8. Its `etag` names the version, for an edit of it.",
          params: schema.WorkspaceParams,
          querystring: schema.FileQuery,
          response: { 200: schema.TextFile },
        },
      },
      async (request, reply) => {
        const row = await requireOwn(context, callerOf(request).accountId, request.params.id);
        const parts = parsePath(request.query.path);
        const file = await context.files.run(row.owner_id, "readText", { workspace: row.id, parts });
        return reply.header("etag", file.etag).send({ path: parts.join("/"), ...file });
      },
    );
    app.put(
      "/workspaces/:id/files/text",
      {
        bodyLimit: MOST_TEXT_BYTES,
        config: { policy: policies.editText },
        schema: {
          tags,
          summary: "Edit a small text",
          description:
            "The body is the text, up to 2 MiB of UTF-8. If-Match names the version that was edited; when another one is there by now, 412 names that, and nothing is changed. If-None-Match: * makes a new file. Permissions stay.",
          consumes: ["*/*"],
          params: schema.WorkspaceParams,
          querystring: schema.FileQuery,
          response: { 200: schema.EditedText, ...schema.diskFull, ...schema.otherVersion },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const parts = parseNewPath(request.query.path);
        const version = versionOf(request);
        const { id } = await requireOwn(context, caller.accountId, request.params.id);
        const text = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
        const size = text.byteLength;
        const etag = await editText(context, caller, { workspace: id, parts, version, text });
        return reply.header("etag", etag).send({ path: parts.join("/"), etag, size });
      },
    );
  };
}

/** The version that is to be replaced; null: none is to be there. */
function versionOf({ headers }: FastifyRequest): string | null {
  const match = headers["if-match"];
  if (headers["if-none-match"]?.trim() === "*" && match === undefined) return null;
  if (match !== undefined && /^"[^",]{1,200}"$/.test(match.trim())) return match.trim();
  const problem = 'send the version that was edited, as in If-Match: "…", or If-None-Match: * for a new file';
  throw new StoaError("invalid", { details: { problem } });
}
