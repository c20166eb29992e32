import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf, type StorageContext } from "../context.ts";
import type { HousingNeeds } from "../housing/contract.ts";
import { purgeAside } from "../moving/asides.ts";
import { askMoveIn, lookAtMoveIn } from "../moving/ask-move-in.ts";
import { policies } from "../policy.ts";
import type { SubjectRow } from "../tables.ts";
import * as schema from "./move-in-schema.ts";
import { SubjectParams } from "./schema.ts";
import { base } from "./subject-routes.ts";

const tags = ["storage"];

/** Workspaces that lie apart from their person's storage, and the way into it. */
export function moveInRoutes(context: StorageContext, needs: HousingNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/subjects/:id/move-in`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Look where somebody's workspaces lie",
          description: "What a move into their storage would take, what stands in its way, and what one has left.",
          params: SubjectParams,
          response: { 200: schema.MoveIn },
        },
      },
      async ({ params }) => schema.presentMoveIn(context, await lookAtMoveIn(context, needs, find(context, params.id))),
    );

    app.post(
      `${base}/subjects/:id/move-in`,
      {
        config: { policy: policies.moveIn },
        schema: {
          tags,
          summary: "Move somebody's workspaces into their storage",
          description:
            "An operation copies, compares and then switches over. Nobody works on their files meanwhile: they get 503, and no session starts. Called off or failed, all is as it was. The old folders are kept for the trash's retention.",
          params: SubjectParams,
          response: { 202: schema.MoveInBegun },
        },
      },
      async (request, reply) => {
        const row = find(context, request.params.id);
        const operationId = await askMoveIn(context, needs, callerOf(request), row);
        return reply.code(202).send({ operation_id: operationId });
      },
    );

    app.post(
      `${base}/move-ins`,
      {
        config: { policy: policies.moveIn },
        schema: {
          tags,
          summary: "Move the workspaces of many into their storage",
          description: "One after another. Each is begun or not by itself; the answer says which not, and why.",
          body: schema.MoveInsBody,
          response: { 200: schema.MoveInsResult },
        },
      },
      async (request) => {
        const items = [];
        for (const id of request.body.ids) {
          try {
            const operationId = await askMoveIn(context, needs, callerOf(request), find(context, id));
            items.push({ id, operation_id: operationId, problem: null });
          } catch (error) {
            if (!(error instanceof StoaError && error.expected)) throw error;
            items.push({ id, operation_id: null, problem: error.message });
          }
        }
        return { items };
      },
    );

    app.post(
      `${base}/move-ins/look`,
      {
        config: { policy: policies.lookAtMoves },
        schema: {
          tags,
          summary: "Look whose workspaces could be moved into their storage",
          description: "Before many are: of each what a move would take, or what stands in its way.",
          body: schema.MoveInsBody,
          response: { 200: schema.MoveInsLook },
        },
      },
      async (request) => {
        const items = [];
        for (const id of request.body.ids) items.push({ id, ...(await lookAtOne(context, needs, id)) });
        return { items };
      },
    );

    app.delete(
      `${base}/subjects/:id/move-in/aside`,
      {
        config: { policy: policies.purgeAside },
        schema: {
          tags,
          summary: "Remove the folders that a move has set aside",
          description: "For good, by an operation. What was moved is not touched.",
          params: SubjectParams,
          response: { 202: schema.MoveInBegun },
        },
      },
      async (request, reply) => {
        const { id } = find(context, request.params.id);
        return reply.code(202).send({ operation_id: await purgeAside(context, callerOf(request), id) });
      },
    );
  };
}

async function lookAtOne(context: StorageContext, needs: HousingNeeds, id: number) {
  try {
    const { whyNot, workspaces, inTrash, sessions, bytes } = await lookAtMoveIn(context, needs, find(context, id));
    return { why_not: whyNot, workspaces, in_trash: inTrash, sessions, bytes };
  } catch (error) {
    if (!(error instanceof StoaError && error.expected)) throw error;
    return { why_not: "unknown" as const, workspaces: 0, in_trash: 0, sessions: 0, bytes: 0 };
  }
}

function find({ known }: StorageContext, id: number): SubjectRow {
  const row = known.byId(id);
  if (row === null) throw new StoaError("not_found", { details: { what: "storage" } });
  return row;
}
