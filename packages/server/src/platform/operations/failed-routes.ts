import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import { lookAtFailed, retryFailed, type SomeFailed } from "./failed.ts";
import { byOf } from "./routes.ts";
import * as schema from "./schema.ts";

const tags = ["operations"];
const access = { scope: "operations:write", admin: true } as const;

/** What failed: many begun anew at once, or marked as seen to. */
export function failedRoutes({ db, operations, audit }: Platform): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/operations/retry",
      {
        schema: {
          summary: "Begin several failed operations anew",
          description:
            "These, or those of a kind that nobody has looked at, a hundred at a time. What has not failed any more is left out. For administrators.",
          tags,
          body: schema.SomeFailed,
          response: { 200: schema.SomeDone },
        },
        config: { policy: { dialect: "stoa", access, audit: "operation.retry" } satisfies RoutePolicy },
      },
      (request) => {
        const which = whichOf(request.body);
        return db.transaction().execute((trx) => retryFailed(operations, trx, which, byOf(request)));
      },
    );

    app.post(
      "/api/stoa/v1/operations/look",
      {
        schema: {
          summary: "Mark failed operations as seen to",
          description:
            "They stand in the overview no longer. These, or those of a kind, a hundred at a time. For administrators.",
          tags,
          body: schema.SomeFailed,
          response: { 200: schema.SomeDone },
        },
        config: { policy: { dialect: "stoa", access, audit: "operation.look" } satisfies RoutePolicy },
      },
      (request) => {
        const which = whichOf(request.body);
        return db.transaction().execute((trx) => lookAtFailed(audit, trx, which, byOf(request)));
      },
    );
  };
}

/** @throws StoaError invalid unless it is one of the two */
function whichOf({ ids, kind }: Static<typeof schema.SomeFailed>): SomeFailed {
  if (ids !== undefined && kind === undefined) return { ids };
  if (kind !== undefined && ids === undefined) return { kind };
  throw new StoaError("invalid", { details: { problem: "give either ids or a kind" } });
}
