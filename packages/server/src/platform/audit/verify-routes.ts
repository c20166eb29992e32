import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../http/route-policy.ts";
import { byOf } from "../operations/routes.ts";
import type { Platform } from "../platform.ts";
import { listActions } from "./queries.ts";
import { askToVerify, lastVerification } from "./verify-operation.ts";

const read = { scope: "audit:read", admin: true } as const;
const tags = ["audit"];
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });

/** What a walk of the chain found. */
export const Verification = Type.Object({
  ok: Type.Boolean(),
  complete: Type.Boolean({ description: "False when the time was up before the end of the chain." }),
  entries: Type.Integer(),
  sealed: Type.Integer(),
  head: Type.Object({ seq: Type.Integer(), hash: Type.String() }),
  problems: Type.Array(Type.Object({ seq: Type.Integer(), what: Type.String() })),
  since: timeOrNull,
  newest: Type.Unsafe<string | null>({
    type: ["string", "null"],
    format: "date-time",
    description: "When the newest sealed entry was written.",
  }),
  at: Type.String({ format: "date-time" }),
});

/** The audit log as a whole: is it intact, and what may be asked for. */
export function verifyRoutes({ db, operations }: Platform): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/audit/verification",
      {
        schema: {
          summary: "Check the whole audit log",
          description: "In the background, as an operation; one that is under way is joined. For administrators.",
          tags,
          response: { 202: Type.Object({ operation_id: Type.String({ format: "uuid" }) }) },
        },
        config: { policy: { dialect: "stoa", access: read, audit: "operation.enqueue" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const asked = await db.transaction().execute((trx) => askToVerify(operations, trx, byOf(request)));
        return reply.code(202).send({ operation_id: asked.id });
      },
    );

    app.get(
      "/api/stoa/v1/audit/verification/last",
      {
        schema: {
          summary: "What the last whole check found",
          description: "It is made every night, and when somebody asks. For administrators.",
          tags,
          response: { 200: Type.Object({ verification: Type.Union([Verification, Type.Null()]) }) },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async () => {
        const last = await lastVerification(db);
        return { verification: last === null ? null : { ...last, problems: [...last.problems] } };
      },
    );

    app.get(
      "/api/stoa/v1/audit/actions",
      {
        schema: {
          summary: "Every action that there is an entry of",
          description: "For filters. For administrators.",
          tags,
          response: { 200: Type.Object({ items: Type.Array(Type.String()), next_cursor: Type.Null() }) },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async () => ({ items: await listActions(db), next_cursor: null }),
    );
  };
}
