import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parsePath } from "../files/file-names.ts";
import { foldName } from "../files/name-folding.ts";
import type { TreeQuestion } from "../files/walk-tree.ts";
import { policies } from "../policy.ts";
import { createFewAtOnce } from "./few-at-once.ts";
import { requireOwn } from "./find-workspace.ts";
import * as schema from "./schema.ts";
import { whileConnected } from "./while-connected.ts";

const tags = ["files"];
/** Searches and checksums of one person, on one server process. */
const AT_ONCE = 4;

/** What goes through many files, or through all of a large one. */
export function searchRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  const few = createFewAtOnce(AT_ONCE, "searches and checksums");
  const walk = async (
    accountId: number,
    id: number,
    reply: FastifyReply,
    question: Omit<TreeQuestion, "workspace">,
  ) => {
    const row = await requireOwn(context, accountId, id);
    const io = { signal: whileConnected(reply) };
    const page = await few.run(accountId, () =>
      context.files.run(row.owner_id, "walkTree", { workspace: row.id, ...question }, io),
    );
    return { path: question.parts.join("/"), items: [...page.items], next_cursor: page.next_cursor };
  };
  return async (app) => {
    app.get(
      "/workspaces/:id/files/tree",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "List a folder with all below it",
          description:
            "Each folder before its contents, always in the same order; a page at a time, which may be short.",
          params: schema.WorkspaceParams,
          querystring: schema.TreeQuery,
          response: { 200: schema.FolderPage },
        },
      },
      async (request, reply) => {
        const { path = "", depth = null, cursor, limit } = request.query;
        const question = { parts: parsePath(path), match: null, depth, cursor, limit };
        return walk(callerOf(request).accountId, request.params.id, reply, question);
      },
    );
    app.get(
      "/workspaces/:id/files/search",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "Search by name",
          description:
            "Below a folder: names with the words in them, whatever their case and however Unicode writes their letters. A page ends after a while also when little was found: go on while there is a `next_cursor`.",
          params: schema.WorkspaceParams,
          querystring: schema.SearchQuery,
          response: { 200: schema.FolderPage },
        },
      },
      async (request, reply) => {
        const { path = "", query, cursor, limit } = request.query;
        if (foldName(query) === "") throw new StoaError("invalid", { details: { problem: "the query is empty" } });
        const question = { parts: parsePath(path), match: query, depth: null, cursor, limit };
        return walk(callerOf(request).accountId, request.params.id, reply, question);
      },
    );
    app.get(
      "/workspaces/:id/files/checksum",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "Read a file's checksum",
          description: "Worked out anew from its bytes at each call, which takes as long as reading them does.",
          params: schema.WorkspaceParams,
          querystring: schema.ChecksumQuery,
          response: { 200: schema.Checksum },
        },
      },
      async (request, reply) => {
        const { accountId } = callerOf(request);
        const row = await requireOwn(context, accountId, request.params.id);
        const { path, algorithm = "sha256" } = request.query;
        const question = { workspace: row.id, parts: parsePath(path), algorithm };
        const io = { signal: whileConnected(reply) };
        return few.run(accountId, () => context.files.run(row.owner_id, "checksumFile", question, io));
      },
    );
  };
}
