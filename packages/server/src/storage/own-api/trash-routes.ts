import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type StorageContext } from "../context.ts";
import { policies } from "../policy.ts";
import { restoreSubject } from "../subjects/delete.ts";
import { purgeSubjects } from "../trash/purge.ts";
import { listDeleted } from "../trash/queries.ts";
import { presentOne } from "./listing.ts";
import * as schema from "./schema.ts";
import { base } from "./subject-routes.ts";

const tags = ["storage"];
const full = { 507: errorResponse("stoa", 507) };

/** What was deleted as a whole, and the way back. */
export function trashRoutes(context: StorageContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/trash`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List deleted storage",
          description: "Newest first, with the day on which each is removed for good.",
          querystring: schema.TrashQuery,
          response: { 200: schema.TrashPage },
        },
      },
      async ({ query }) => {
        const before = query.cursor === undefined ? null : Number(query.cursor);
        const rows = await listDeleted(context.db, query.limit + 1, before);
        const page = rows.slice(0, query.limit);
        const { trashRetentionDays } = context.platform.config.storage;
        return {
          items: page.map((row) => schema.presentTrash(row, trashRetentionDays)),
          next_cursor: rows.length > page.length ? String(page.at(-1)?.id) : null,
        };
      },
    );

    app.post(
      `${base}/trash/:id/restore`,
      {
        config: { policy: policies.restore },
        schema: {
          tags,
          summary: "Bring deleted storage back",
          description: "Its files, quota and link, as they were.",
          params: schema.SubjectParams,
          response: { 200: schema.Subject, ...full },
        },
      },
      async (request) => presentOne(context, await restoreSubject(context, callerOf(request), request.params.id)),
    );

    app.delete(
      `${base}/trash/:id`,
      {
        config: { policy: policies.purge },
        schema: {
          tags,
          summary: "Remove deleted storage for good",
          description: "At once it can't be brought back any more; an operation removes the files.",
          params: schema.SubjectParams,
          response: { 202: schema.Purging },
        },
      },
      async (request, reply) =>
        reply.code(202).send(await purgeSubjects(context, callerOf(request), [request.params.id])),
    );

    app.delete(
      `${base}/trash`,
      {
        config: { policy: policies.purge },
        schema: {
          tags,
          summary: "Empty the trash of storage",
          description: "Everything that was deleted until now, for good, by an operation.",
          response: { 202: schema.Purging },
        },
      },
      async (request, reply) => reply.code(202).send(await purgeSubjects(context, callerOf(request), null)),
    );
  };
}
