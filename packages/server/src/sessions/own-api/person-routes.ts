import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import { type Caller, callerOf, parseId, type SessionsContext } from "../context.ts";
import { policies } from "../policies.ts";
import { preflight } from "../preflight/preflight.ts";
import { presentCheck } from "./present-check.ts";
import { readNewSession } from "./read-new-session.ts";
import * as schema from "./schema.ts";

/** Why somebody can't start: the very checks of their own start, for an administrator who helps. */
export function personRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/people/:id/preflight",
      {
        config: { policy: policies.preflightOf },
        schema: {
          tags: ["people"],
          summary: "Ask whether a person may start a session",
          description:
            "All that a start of theirs with the same body would be refused for, with the figures, by the same code; starts nothing. 404 for a workspace that is not theirs. For administrators.",
          params: schema.Address,
          body: schema.NewSession,
          response: { 200: schema.Preflight },
        },
      },
      async (request) => {
        const caller = await asPerson(context, request, request.params.id);
        const { workspaceId, start } = readNewSession(request, request.body);
        const checks = await preflight(context, caller, workspaceId, start);
        return { may_start: checks.every((check) => check.ok), checks: checks.map(presentCheck) };
      },
    );
  };
}

/** As if the person asked: with their role and groups, and no credential of anybody's. */
async function asPerson(context: SessionsContext, request: FastifyRequest, id: string): Promise<Caller> {
  const accountId = parseId(id);
  const account = accountId === null ? undefined : (await context.people.byIds([accountId])).get(accountId);
  if (account === undefined || account.deleted) throw new StoaError("not_found", { details: { what: "person" } });
  const asking = request.principal as Principal;
  return {
    ...callerOf(request),
    accountId: account.id,
    isAdmin: account.isAdmin,
    principal: {
      ...asking,
      accountId: account.id,
      label: account.username,
      isAdmin: account.isAdmin,
      scopes: new Set(),
    },
  };
}
