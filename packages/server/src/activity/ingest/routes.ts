import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { askerOf } from "../asker.ts";
import type { ActivityContext } from "../context.ts";
import { policies } from "../policy.ts";
import { prepare } from "./prepare.ts";
import * as schema from "./schema.ts";
import { writeExecutions } from "./write.ts";

/** Where kernels report: contract 2's `POST /api/audit-logs`. */
export function ingestRoutes(context: ActivityContext): FastifyPluginAsyncTypebox {
  const { keptMonths } = context.platform.config.activity;
  return async (app) => {
    app.post(
      "/api/audit-logs",
      {
        config: { policy: policies.report },
        bodyLimit: schema.BATCH_BYTES,
        schema: {
          tags: ["activity"],
          summary: "Report executions",
          description:
            "A batch of what one's kernels ran, 1 to 1,000 at a time, 8 MiB in all; a bare list is taken as well. It always belongs to the token's owner, and is what they say: nobody checks it. The whole form is in docs/activity.md.",
          body: schema.Batch,
          response: { 200: schema.Taken },
        },
        preValidation: async (request) => {
          if (Array.isArray(request.body)) request.body = { executions: request.body };
        },
      },
      async (request) => {
        const { executions } = request.body;
        const accountId = askerOf(request);
        return context.turns.run(accountId, async () => {
          const { kept, refused } = prepare(executions, keptMonths);
          const { taken, cut } = await writeExecutions(context, accountId, kept);
          return { received: executions.length, taken, known: kept.length - taken, cut, refused };
        });
      },
    );
  };
}
