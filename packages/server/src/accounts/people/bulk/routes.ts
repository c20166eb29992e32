import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sql } from "kysely";
import { Type } from "typebox";
import type { RoutePolicy } from "../../../platform/http/route-policy.ts";
import type { JsonObject } from "../../../platform/operations/contract.ts";
import { actorOf } from "../../actor.ts";
import { AccountId } from "../../schema.ts";
import type { AccountsServices } from "../../services.ts";
import { PeopleFilter } from "../schema.ts";
import { CHANGE_KIND, MOST_PEOPLE, queueChange, queueUndo, tally, verbsOf } from "./change-many.ts";
import { bulkRefusal } from "./refusals.ts";

const read = { scope: "people:read", admin: true } as const;
/** Never by a token: whoever found it could let back in who was put out, all at once. */
const write = { scope: "people:write", admin: true, signIn: true } as const;
const tags = ["people"];

/** Closed: a filter that is misspelt would mean everybody. */
const closed = { additionalProperties: false } as const;
const Named = { ids: Type.Array(AccountId, { minItems: 1, maxItems: MOST_PEOPLE }) };
const Listed = {
  filter: Type.Object(PeopleFilter.properties, { ...closed, minProperties: 1 }),
  expected: Type.Integer({ minimum: 0, description: "How many they were when the list was looked at; else 409." }),
};
const Plain = {
  verb: Type.Union([Type.Literal("activate"), Type.Literal("deactivate"), Type.Literal("approve")]),
};
const ToGroup = {
  verb: Type.Literal("add-to-group"),
  params: Type.Object({ group_id: AccountId }, closed),
};
const CoreHours = {
  verb: Type.Literal("core-hours"),
  params: Type.Object(
    {
      allowed: Type.String({ pattern: "^\\d{1,9}(\\.\\d{1,5})?$", description: "Core hours." }),
      period: Type.Union([Type.Literal("month"), Type.Literal("total")]),
    },
    closed,
  ),
};
const WantedBody = Type.Union([
  Type.Object({ ...Plain, ...Named }, closed),
  Type.Object({ ...Plain, ...Listed }, closed),
  Type.Object({ ...ToGroup, ...Named }, closed),
  Type.Object({ ...ToGroup, ...Listed }, closed),
  Type.Object({ ...CoreHours, ...Named }, closed),
  Type.Object({ ...CoreHours, ...Listed }, closed),
]);
const Queued = Type.Object({ operation_id: Type.String(), count: Type.Integer() });
const Id = Type.Object({ id: Type.String({ format: "uuid" }) });
const Result = Type.Object({
  operation_id: Type.String(),
  verb: Type.String(),
  state: Type.String({ description: "The operation's." }),
  is_undo: Type.Boolean(),
  can_undo: Type.Boolean(),
  total: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Integer(),
  refusals: Type.Array(
    Type.Object({ id: AccountId, username: Type.String(), full_name: Type.String(), reason: Type.String() }),
    { description: "The first hundred." },
  ),
});

/** Changes of many people at once, each told how it went. */
export function changeManyRoutes({ context, parts }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/people/changes",
      {
        schema: {
          summary: "Change many people",
          description: `Activate, deactivate, approve those who wait, add to a group, set core hours: of those named, or of all that a list shows ("state": "all" for everybody) if they are still as many as "expected" says; ${MOST_PEOPLE} at most. An operation does it, one after the other; one's own account and the last administrator stay. Never by a personal access token.`,
          tags,
          body: WantedBody,
          response: { 202: Queued },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "operation.enqueue" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { body } = request;
        const people = "ids" in body ? { ids: body.ids } : body.filter;
        const params: JsonObject = "params" in body ? { ...body.params } : {};
        const expected = "ids" in body ? undefined : body.expected;
        const queued = await queueChange(context, { verb: body.verb, params, people, expected }, actorOf(request));
        return reply.code(202).send({ operation_id: queued.id, count: queued.count });
      },
    );

    app.get(
      "/api/stoa/v1/people/changes/:id",
      {
        schema: {
          summary: "How a change of many people went",
          description: "Also while it goes on. `refusals` says of whom it was refused, and why.",
          tags,
          params: Id,
          response: { 200: Result },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async ({ params }) => {
        const operation = await context.platform.operations.get(params.id);
        if (operation?.kind !== CHANGE_KIND) throw bulkRefusal("no_such_change");
        const verb = String(operation.input.verb);
        const is_undo = operation.input.undo !== undefined;
        const { undoable, ...figures } = await tally(context, params.id);
        const undoes = verbsOf(context, parts).get(verb)?.undo !== undefined;
        const has_ended = !["queued", "running"].includes(operation.state);
        return {
          operation_id: operation.id,
          verb,
          state: operation.state,
          is_undo,
          can_undo: undoes && !is_undo && has_ended && undoable > 0,
          ...figures,
          refusals: await refusals(params.id),
        };
      },
    );

    app.post(
      "/api/stoa/v1/people/changes/:id/undo",
      {
        schema: {
          summary: "Undo a change of many people",
          description:
            "Of those whom it changed, once, and of nobody whom somebody has changed since. Tokens and sign-ins that a deactivation ended stay ended. 409 where there is no way back.",
          tags,
          params: Id,
          response: { 202: Queued },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "operation.enqueue" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const queued = await queueUndo(context, verbsOf(context, parts), request.params.id, actorOf(request));
        return reply.code(202).send({ operation_id: queued.id, count: queued.count });
      },
    );
  };

  async function refusals(id: string) {
    const { rows } = await sql<{ id: number; username: string; full_name: string; reason: string }>`
      select a.id, a.username, a.full_name, coalesce(c.reason, '') as reason
      from people_changes c join accounts a on a.id = c.account_id
      where c.operation_id = ${id} and c.outcome = 'refused' order by a.id limit 100`.execute(context.db);
    return rows;
  }
}
