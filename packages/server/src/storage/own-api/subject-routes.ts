import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type StorageContext } from "../context.ts";
import { forecastOf } from "../history/forecast.ts";
import { historyOf } from "../history/queries.ts";
import { policies } from "../policy.ts";
import { deleteSubject } from "../subjects/delete.ts";
import { linkSubject } from "../subjects/link.ts";
import { effectiveQuota } from "../subjects/queries.ts";
import { setQuota, setQuotas } from "../subjects/set-quota.ts";
import type { SubjectRow } from "../tables.ts";
import { createByHand } from "./create-by-hand.ts";
import { listSubjects, overviewOf, presentOne } from "./listing.ts";
import * as schema from "./schema.ts";

export const base = "/api/stoa/v1/storage";
const tags = ["storage"];
const full = { 507: errorResponse("stoa", 507) };

/** Our own API of storage, for administrators: what contract 1 has no call for. */
export function subjectRoutes(
  context: StorageContext,
  recount: (ids: readonly number[] | null) => Promise<void>,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      base,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Storage at a glance",
          description: "The back end and what it can, sums, and how many need somebody.",
          response: { 200: schema.Overview },
        },
      },
      async () => overviewOf(context),
    );

    app.get(
      `${base}/subjects`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List who has storage",
          description: "People and groups, by use, share of the quota, quota or name.",
          querystring: schema.SubjectsQuery,
          response: { 200: schema.SubjectPage },
        },
      },
      async ({ query }) => listSubjects(context, query),
    );

    app.get(
      `${base}/subjects/:id`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Read one person's or group's storage",
          params: schema.SubjectParams,
          response: { 200: schema.Subject, ...full },
        },
      },
      async ({ params }) => presentOne(context, find(context, params.id)),
    );

    app.get(
      `${base}/subjects/:id/history`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "How somebody's use grew",
          description: "A point an hour, of older weeks one a day; and when the quota is reached at this pace.",
          params: schema.SubjectParams,
          querystring: schema.HistoryQuery,
          response: { 200: schema.SubjectHistory },
        },
      },
      async ({ params, query }) => presentHistory(context, find(context, params.id), query.days),
    );

    app.post(
      `${base}/subjects`,
      {
        config: { policy: policies.create },
        schema: {
          tags,
          summary: "Make storage for a person or a group",
          description:
            "Refused (`in_trash`, with its id) when one of this name can still be brought back: restore it, or ask with `anew`.",
          body: schema.NewSubject,
          response: { 201: schema.Subject, ...full },
        },
      },
      async (request, reply) => {
        const row = await createByHand(context, callerOf(request), request.body);
        return reply.code(201).send(await presentOne(context, row));
      },
    );

    app.put(
      `${base}/subjects/:id/quota`,
      {
        config: { policy: policies.setQuota },
        schema: {
          tags,
          summary: "Set a quota, or take it away",
          description: "Answers when it holds. Below what is used: as the back end does (`refuses_below_used`).",
          params: schema.SubjectParams,
          body: schema.QuotaBody,
          response: { 200: schema.Subject, ...full },
        },
      },
      async (request) =>
        presentOne(context, await setQuota(context, callerOf(request), request.params.id, request.body.quota)),
    );

    app.put(
      `${base}/quotas`,
      {
        config: { policy: policies.setQuota },
        schema: {
          tags,
          summary: "Set one quota for many",
          description: "Each is set or not by itself; the answer says which not, and why.",
          body: schema.QuotasBody,
          response: { 200: schema.QuotasResult, ...full },
        },
      },
      async (request) => ({
        items: await setQuotas(context, callerOf(request), request.body.ids, request.body.quota),
      }),
    );

    app.put(
      `${base}/subjects/:id/link`,
      {
        config: { policy: policies.link },
        schema: {
          tags,
          summary: "Say whose storage it is",
          description:
            "A person's account or a group, one of them named; null unlinks. Nothing is linked by equal names.",
          params: schema.SubjectParams,
          body: schema.LinkBody,
          response: { 200: schema.Subject, ...full },
        },
      },
      async (request) => {
        const { account_id: accountId = null, group_id: groupId = null } = request.body;
        const row = await linkSubject(context, callerOf(request), request.params.id, { accountId, groupId });
        return presentOne(context, row);
      },
    );

    app.delete(
      `${base}/subjects/:id`,
      {
        config: { policy: policies.delete },
        schema: {
          tags,
          summary: "Delete somebody's storage",
          description: "It goes to the trash, whole and at once.",
          params: schema.SubjectParams,
          response: { 204: schema.Nothing, ...full },
        },
      },
      async (request, reply) => {
        const { kind, name } = find(context, request.params.id);
        await deleteSubject(context, callerOf(request), kind, name);
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${base}/recount`,
      {
        config: { policy: policies.recount },
        schema: {
          tags,
          summary: "Count usage anew",
          description: "All, or those named; in the background. `as_of` says when it is done.",
          body: schema.RecountBody,
          response: { 202: schema.Nothing },
        },
      },
      async ({ body }, reply) => {
        await recount(body.ids ?? null);
        return reply.code(202).send(null);
      },
    );
  };
}

export async function presentHistory(context: StorageContext, row: SubjectRow, days: number) {
  const points = await historyOf(context.db, row.id, days);
  const forecast = forecastOf([...points, { at: new Date(), used: row.used }], effectiveQuota(row));
  return {
    points: points.map(({ at, used, quota }) => ({ at: at.toISOString(), used, quota })),
    forecast: forecast && { bytes_per_day: forecast.bytesPerDay, full_at: forecast.fullAt?.toISOString() ?? null },
  };
}

function find({ known }: StorageContext, id: number): SubjectRow {
  const row = known.byId(id);
  if (row === null) throw new StoaError("not_found", { details: { what: "storage" } });
  return row;
}
