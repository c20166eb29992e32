import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { accountOf } from "../account.ts";
import { actorOf } from "../actor.ts";
import { makeResetLink } from "../passwords/password-reset.ts";
import { findAccount } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsServices } from "../services.ts";
import { glanced } from "./glance.ts";
import { pageCursorOf, readPageCursor } from "./page-cursor.ts";
import { changePerson } from "./people.ts";
import { countPeople, listPeople } from "./people-queries.ts";
import { People, PeopleQuery, Person, PersonChangeBody, PersonParams, presentPerson, ResetLink } from "./schema.ts";

const read = { scope: "people:read", admin: true } as const;
const write = { scope: "people:write", admin: true } as const;
const tags = ["people"];

export function peopleRoutes({ context, parts }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/people",
      {
        schema: {
          summary: "List people",
          description:
            "All people's accounts but deleted ones, which `state=deleted` shows; oldest first, unless asked otherwise. For administrators.",
          tags,
          querystring: PeopleQuery,
          response: { 200: People },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const { search, state, cursor, sort = "created", order = "asc", limit = 50 } = request.query;
        const page = { sort, descending: order === "desc", after: readPageCursor(sort, cursor), limit: limit + 1 };
        const rows = await listPeople(context.db, { search, state }, page);
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        const total = cursor ? {} : { total: await countPeople(context.db, { search, state }) };
        return { items: await glanced(parts, items), next_cursor: last ? pageCursorOf(sort, last) : null, ...total };
      },
    );

    app.get(
      "/api/stoa/v1/people/:id",
      {
        schema: {
          summary: "One person",
          description: "For administrators.",
          tags,
          params: PersonParams,
          response: { 200: Person },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const account = await findAccount(context.db, request.params.id);
        if (!account) throw new AccountRefusal("no_such_user");
        return presentPerson(accountOf(account));
      },
    );

    app.patch(
      "/api/stoa/v1/people/:id",
      {
        schema: {
          summary: "Change a person's role, activate or deactivate",
          description:
            "Deactivation ends every session and token for good. Only by who is signed in, never by a personal access token: whoever found it could let back in who was put out. The last active administrator stays one, and nobody deactivates themselves: 409.",
          tags,
          params: PersonParams,
          body: PersonChangeBody,
          response: { 200: Person },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { ...write, signIn: true },
            audit: "account.deactivate",
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const { is_admin: isAdmin, active } = request.body;
        const principal = request.principal as Principal;
        const change = { isAdmin, active };
        return presentPerson(await changePerson(context, principal, request.params.id, change, actorOf(request)));
      },
    );

    app.post(
      "/api/stoa/v1/people/:id/reset-link",
      {
        schema: {
          summary: "Make a one-time link for a new password",
          description:
            "Good for an hour and once, or for seven days where nobody has signed in to the account yet; shown in this answer only. An earlier one ends. Never by a personal access token.",
          tags,
          params: PersonParams,
          response: { 201: ResetLink },
        },
        config: {
          // A link opens the account, its maker's own included: by a token it would be every right there is.
          policy: {
            dialect: "stoa",
            access: { ...write, signIn: true },
            audit: "account.reset-link",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { url, expiresAt } = await makeResetLink(context, request.params.id, actorOf(request));
        reply.header("cache-control", "no-store");
        return reply.code(201).send({ url, expires_at: expiresAt.toISOString() });
      },
    );
  };
}
