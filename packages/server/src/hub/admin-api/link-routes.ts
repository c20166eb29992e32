import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type HubContext } from "../context.ts";
import { policies } from "../policy.ts";
import { linkUser, unlinkUser } from "../users/link.ts";
import { queueLinkMany } from "../users/link-many.ts";
import { emailMatches, listAccountLinks, listSeenUsers, suggestionsFor } from "../users/link-queries.ts";
import type { HubStatuses } from "../users/status.ts";
import { Drift } from "./health-schema.ts";
import { readDriftFor } from "./present-health.ts";
import * as schema from "./schema.ts";

const base = "/api/stoa/v1/admin/hub";
const tags = ["hub"];
const MATCHES = 200;
const conflicts = { 409: errorResponse("stoa", 409) };

/** Whose the hub's users are, for operators. */
export function linkRoutes(context: HubContext, statuses: HubStatuses): FastifyPluginAsyncTypebox {
  const { db } = context;
  return async (app) => {
    app.get(
      `${base}/users`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "List the hub's users, and whose they are",
          description:
            "As last listed (`seen_at`), by name. Nobody is linked by spelling: `suggestions` are for an administrator to judge. For administrators.",
          querystring: schema.UsersQuery,
          response: { 200: schema.SeenUsers },
        },
      },
      async ({ query: { cursor, limit = 50, only, search } }) => {
        const [after = null] = schema.placeOf(cursor, 1) ?? [];
        const rows = await listSeenUsers(db, { only, search, after, limit: limit + 1 });
        const page = rows.slice(0, limit);
        const found = await suggestionsFor(
          db,
          page.filter(({ account }) => account === null).map(({ name }) => name),
        );
        const last = rows.length > limit ? page.at(-1) : undefined;
        return {
          items: page.map((row) => schema.presentSeenUser(row, found)),
          next_cursor: last === undefined ? null : schema.cursorOf(last.name),
        };
      },
    );

    app.get(
      `${base}/accounts`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "List people by how they stand with the hub",
          description:
            "`none`: no hub user was wanted yet · `wanted`: to be made, `problem` says what hinders it · `taken`: the name was somebody's at the hub before · `missing`: the hub has theirs no longer. For administrators.",
          querystring: schema.AccountsQuery,
          response: { 200: schema.AccountLinks },
        },
      },
      async ({ query: { cursor, limit = 50, state, search } }) => {
        const rows = await listAccountLinks(db, { state, search, after: Number(cursor ?? 0), limit: limit + 1 });
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        return {
          items: page.map(schema.presentAccountLink),
          next_cursor: last === undefined ? null : String(last.account.id),
        };
      },
    );

    app.put(
      `${base}/accounts/:id/link`,
      {
        config: { policy: policies.link },
        schema: {
          tags,
          summary: "Say whose a hub user is",
          description:
            "By account id. 409 where it is somebody else's, where the person is linked otherwise than `was` says, and for an administrator of the hub without `hub_admin`. What the person was linked to before is no longer theirs: launches there are cancelled, tokens ended. For administrators, signed in.",
          params: schema.PersonParams,
          body: schema.LinkBody,
          response: { 200: schema.Linked, ...conflicts },
        },
      },
      async (request) => {
        const { name, was, hub_admin: hubAdmin = false } = request.body;
        const accountId = request.params.id;
        const row = await linkUser(context, callerOf(request), { accountId, name, was, hubAdmin });
        statuses.forget(accountId);
        return { account_id: row.account_id, name: row.name, linked_by: row.linked_by };
      },
    );

    app.delete(
      `${base}/accounts/:id/link`,
      {
        config: { policy: policies.unlink },
        schema: {
          tags,
          summary: "Take somebody's hub user off them",
          description:
            "It stays at the hub with its servers; their tokens for it end. With the next launch they get one of their own where their name is free there. 409 while they start a server. For administrators, signed in.",
          params: schema.PersonParams,
          querystring: schema.UnlinkQuery,
          response: { 204: Type.Null(), ...conflicts },
        },
      },
      async (request, reply) => {
        await unlinkUser(context, callerOf(request), request.params.id, request.query.was);
        statuses.forget(request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.get(
      `${base}/links/by-email`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "Who would be linked by a verified e-mail address",
          description:
            "The dry run: hub users that are called as the verified address of one active person. No hub administrators, nobody who is linked already. For administrators.",
          response: { 200: schema.Matches },
        },
      },
      async () => {
        const { total, matches } = await emailMatches(db, { limit: MATCHES, after: "" });
        return { count: total, items: matches };
      },
    );

    app.post(
      `${base}/links/by-email`,
      {
        config: { policy: policies.linkMany },
        schema: {
          tags,
          summary: "Link by verified e-mail address",
          description: "All that the dry run shows; an operation, one after the other. For administrators, signed in.",
          body: schema.LinkManyBody,
          response: { 202: schema.Queued, ...conflicts },
        },
      },
      async (request, reply) => {
        const id = await queueLinkMany(context, callerOf(request), request.body.expected);
        return reply.code(202).send({ operation_id: id });
      },
    );

    app.get(
      `${base}/drift`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "Where the hub and Stoa do not agree",
          description: "The first 50 of each kind, with what can be done. For administrators.",
          response: { 200: Drift },
        },
      },
      () => readDriftFor(context),
    );
  };
}
