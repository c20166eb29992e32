import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf, parseId, type SessionsContext } from "../context.ts";
import { policies } from "../policies.ts";
import { type Named, removeQuota, setQuota } from "./change-quota.ts";
import { figuresOf } from "./figures.ts";
import * as schema from "./schema.ts";

const tags = ["sessions"];

type Find = (context: SessionsContext, id: string) => Promise<Named>;

/** Core hours: one's own, and the quotas that administrators set. */
export function coreHourRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/core-hours",
      {
        config: { policy: policies.readCoreHours },
        schema: {
          tags,
          summary: "Read your core hours",
          description:
            "Used and allowed, yours and those of your groups that have a quota. A session counts with what was set aside for its whole time limit until it has ended, then with what it took.",
          response: { 200: schema.OwnCoreHours },
        },
      },
      async (request) => {
        const { accountId } = callerOf(request);
        const groups = [];
        for (const { id, name } of await context.people.groups.groupsOf(accountId)) {
          const figures = await figuresOf(context, { groupId: id });
          if (figures.quota !== null) groups.push({ group: { id, name }, ...schema.presentFigures(figures) });
        }
        return { person: schema.presentFigures(await figuresOf(context, { accountId })), groups };
      },
    );
    await app.register(quotaRoutes(context, "/api/stoa/v1/people/:id/core-hours", "person", person));
    await app.register(quotaRoutes(context, "/api/stoa/v1/groups/:id/core-hours", "group", group));
  };
}

function quotaRoutes(context: SessionsContext, at: string, who: string, find: Find): FastifyPluginAsyncTypebox {
  const params = schema.Holder;
  return async (app) => {
    app.get(
      at,
      {
        config: { policy: policies.readQuota },
        schema: {
          tags,
          summary: `Read the core hours of a ${who}`,
          description: "Used and allowed, by whom set; for administrators.",
          params,
          response: { 200: schema.CoreHours },
        },
      },
      async (request) => {
        const { holder } = await find(context, request.params.id);
        return schema.presentFigures(await figuresOf(context, holder));
      },
    );

    app.put(
      at,
      {
        config: { policy: policies.setQuota },
        schema: {
          tags,
          summary: `Set the core hours of a ${who}`,
          description:
            "In all, or for each calendar month (UTC). A start or an extension that doesn't fit is refused with the figures; what runs already goes on, also beyond a smaller quota.",
          params,
          body: schema.QuotaBody,
          response: { 200: schema.CoreHours },
        },
      },
      async (request) => {
        const named = await find(context, request.params.id);
        await setQuota(context, callerOf(request), named, request.body);
        return schema.presentFigures(await figuresOf(context, named.holder));
      },
    );

    app.delete(
      at,
      {
        config: { policy: policies.removeQuota },
        schema: {
          tags,
          summary: `Remove the core-hour quota of a ${who}`,
          description: "From then on nothing of theirs is refused for core hours. What was used stays counted.",
          params,
          response: { 204: schema.Nothing },
        },
      },
      async (request, reply) => {
        await removeQuota(context, callerOf(request), await find(context, request.params.id));
        return reply.code(204).send(null);
      },
    );
  };
}

async function person(context: SessionsContext, id: string): Promise<Named> {
  const accountId = parseId(id);
  const account = accountId === null ? undefined : (await context.people.byIds([accountId])).get(accountId);
  if (account === undefined || account.deleted) throw new StoaError("not_found", { details: { what: "person" } });
  return { holder: { accountId: account.id }, label: account.username };
}

async function group(context: SessionsContext, id: string): Promise<Named> {
  const groupId = parseId(id);
  const found = groupId === null ? null : await context.people.groups.get(groupId);
  if (found === null) throw new StoaError("not_found", { details: { what: "group" } });
  return { holder: { groupId: found.id }, label: found.name };
}
