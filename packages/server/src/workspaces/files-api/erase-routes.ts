import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { policies } from "../policy.ts";
import { eraseEntries } from "../trash/erase.ts";
import * as schema from "./schema.ts";

const tags = ["trash"];
const policy = policies.eraseTrash;
const response = { 202: schema.Erasing };
const lost =
  "From now on it can't be restored; the files are removed in the background. A workspace takes along what was deleted out of it before.";

/** The end of what was deleted, for good. */
export function eraseRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.delete(
      "/trash/:id",
      {
        config: { policy },
        schema: { tags, summary: "Delete for good", description: lost, params: schema.TrashParams, response },
      },
      async (request, reply) =>
        reply.code(202).send(await eraseEntries(context, callerOf(request), { ids: [request.params.id] })),
    );
    app.post(
      "/trash/erase",
      {
        config: { policy },
        schema: {
          tags,
          summary: "Delete a selection for good",
          description: `${lost} What is not in the trash any more is passed over.`,
          body: schema.TrashChoice,
          response,
        },
      },
      async (request, reply) =>
        reply.code(202).send(await eraseEntries(context, callerOf(request), { ids: request.body.ids })),
    );
    app.delete(
      "/trash",
      {
        config: { policy },
        schema: { tags, summary: "Empty the trash", description: lost, querystring: schema.EmptyQuery, response },
      },
      async (request, reply) =>
        reply.code(202).send(await eraseEntries(context, callerOf(request), { upTo: request.query.up_to ?? null })),
    );
  };
}
