import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, type StorageContext } from "../context.ts";
import type { LiesInside } from "../housing/lies-inside.ts";
import { policies } from "../policy.ts";
import { isHeld, levelOf, raiseOffer, takeRaise } from "../rescue/raise.ts";
import type { SubjectRow } from "../tables.ts";
import { presentAll } from "./listing.ts";
import * as schema from "./schema.ts";
import { base, presentHistory } from "./subject-routes.ts";

const tags = ["storage"];

/** One's own storage: how full it is, and the way out of being full. */
export function personRoutes(
  context: StorageContext,
  recount: (ids: readonly number[]) => Promise<void>,
  liesInside: LiesInside,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/mine`,
      {
        config: { policy: policies.readOwn },
        schema: {
          tags,
          summary: "Read your own storage",
          description: "Yours, and that of your groups: used and allowed, by whom set, how old the figure is.",
          response: { 200: schema.OwnStorage },
        },
      },
      async (request) => presentOwn(context, liesInside, callerOf(request)),
    );

    app.get(
      `${base}/mine/history`,
      {
        config: { policy: policies.readOwn },
        schema: {
          tags,
          summary: "How your use grew",
          querystring: schema.HistoryQuery,
          response: { 200: schema.SubjectHistory },
        },
      },
      async (request) => presentHistory(context, mine(context, callerOf(request)), request.query.days),
    );

    app.post(
      `${base}/mine/recount`,
      {
        config: { policy: policies.recountOwn },
        schema: {
          tags,
          summary: "Count your use anew",
          description: "In the background; `as_of` says when it is done.",
          response: { 202: schema.Nothing },
        },
      },
      async (request, reply) => {
        await recount([mine(context, callerOf(request)).id]);
        return reply.code(202).send(null);
      },
    );

    app.post(
      `${base}/mine/raise`,
      {
        config: { policy: policies.raiseOwn },
        schema: {
          tags,
          summary: "Raise your own quota for a while",
          description:
            "Once, when it is used up, by STORAGE_RESCUE_PERCENT for STORAGE_RESCUE_TIME: room to tidy up in. Another one needs an administrator. Where it can't help it is refused (409, `reason` as in `raise.why_not` after `raise_`).",
          response: { 200: schema.OwnStorage },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { id, account_id: accountId } = mine(context, caller);
        await takeRaise(context, caller, id, accountId !== null && (await isHeld(context, liesInside, accountId)));
        return presentOwn(context, liesInside, caller);
      },
    );
  };
}

function mine({ known }: StorageContext, { accountId }: Caller): SubjectRow {
  const row = accountId === null ? null : known.ofAccount(accountId);
  if (row === null) throw new StoaError("not_found", { details: { what: "storage of yours" } });
  return row;
}

async function presentOwn(context: StorageContext, liesInside: LiesInside, { accountId }: Caller) {
  const row = accountId === null ? null : context.known.ofAccount(accountId);
  const groups = accountId === null ? [] : await context.people.groups.groupsOf(accountId);
  const shared = groups.flatMap(({ id }) => context.known.ofGroup(id) ?? []);
  const held = row !== null && accountId !== null && (await isHeld(context, liesInside, accountId));
  const [own] = await presentAll(context, row === null ? [] : [row]);
  return {
    own: own ?? null,
    groups: await presentAll(context, shared),
    level: row === null ? ("ok" as const) : levelOf(row),
    raise: {
      ...raiseOffer(context, row, held),
      comes_first: context.driver.state.capabilities.enforcedBy === "dataset",
    },
  };
}
