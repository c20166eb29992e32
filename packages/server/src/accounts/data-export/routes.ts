import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { Time } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { type ExportRow, listExports, openExport, requestExport } from "./data-export.ts";

const ExportId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Export = Type.Object({
  id: ExportId,
  created_at: Time,
  ready_at: Type.Union([Time, Type.Null()], { description: "Null while it is being made." }),
  expires_at: Type.Union([Time, Type.Null()]),
  size: Type.Union([Type.Integer(), Type.Null()], { description: "Bytes." }),
});
const Exports = Type.Object({ items: Type.Array(Export), next_cursor: Type.Null() });
const Zip = Type.Unsafe<Readable>({ type: "string", format: "binary", description: "The zip." });

const at = "/api/stoa/v1/account/exports";
const tags = ["accounts"];
/** All that is known about somebody in one piece: not by a token, which may have leaked. */
const own = { scope: "account:read", signIn: true } as const;
const openWhile = ["deletion"] as const;

export function dataExportRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      at,
      {
        schema: {
          summary: "Have everything that is kept about oneself gathered",
          description:
            "In the background, as JSON in a zip: profile, sign-ins, tokens (never their secrets), groups, workspaces, shares, sessions, and what the audit log says. Offered for seven days; five a day. Files are downloaded from their workspaces.",
          tags,
          response: { 202: Type.Object({ id: ExportId, operation_id: Type.String() }) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write", signIn: true },
            audit: "account.export",
            openWhile,
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { id, operationId } = await requestExport(context, request.principal as Principal, actorOf(request));
        return reply.code(202).send({ id, operation_id: operationId });
      },
    );

    app.get(
      at,
      {
        schema: {
          summary: "One's exports",
          description: "Those being made and those that can be downloaded, newest first.",
          tags,
          response: { 200: Exports },
        },
        config: { policy: { dialect: "stoa", access: own, openWhile } satisfies RoutePolicy },
      },
      async ({ principal }) => {
        const rows = await listExports(context.db, principal?.accountId ?? -1);
        return { items: rows.map(present), next_cursor: null };
      },
    );

    app.get(
      `${at}/:id/download`,
      {
        schema: {
          summary: "Download an export",
          description: "A zip, as an attachment.",
          tags,
          produces: ["application/zip"],
          params: Type.Object({ id: ExportId }),
          response: { 200: Zip },
        },
        config: { policy: { dialect: "stoa", access: own, openWhile } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { size, createdAt, pieces } = await openExport(context.db, request.principal?.accountId ?? -1, id);
        const name = `stoa-export-${createdAt.toISOString().slice(0, 10)}.zip`;
        reply
          .header("cache-control", "no-store")
          .header("content-type", "application/zip")
          .header("content-length", size)
          .header("content-disposition", `attachment; filename="${name}"`);
        return reply.send(Readable.from(pieces));
      },
    );
  };
}

function present(row: ExportRow) {
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    ready_at: row.ready_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
  };
}
