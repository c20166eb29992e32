import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, parseId, type SessionsContext } from "../context.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { policies } from "../policies.ts";
import { mayTime } from "../policy.ts";
import { preflight } from "../preflight/preflight.ts";
import { findJob } from "../queries.ts";
import type { JobRow } from "../tables.ts";
import { extendSession } from "../time/extend-session.ts";
import { keepSession } from "../time/keep-session.ts";
import { presentSessions } from "./present.ts";
import { presentCheck } from "./present-check.ts";
import { readNewSession } from "./read-new-session.ts";
import * as schema from "./schema.ts";

const tags = ["sessions"];

const Extend = Type.Object({
  minutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000_000, description: "Left out: what the session's `extend` says." }),
  ),
  seen_limit_seconds: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "The `resource.time_limit_seconds` that the caller saw. When it is another by now (a second click, a repeated request), nothing is added, and the session is answered as it is.",
    }),
  ),
});

/** May it start, how long may it run, is it still wanted. */
export function timeRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/sessions/preflight",
      {
        config: { policy: policies.preflight },
        schema: {
          tags,
          summary: "Ask whether a session may start",
          description:
            "Looks at everything that a start with the same body would be refused for, by the same code, and starts nothing. 200 also when it may not: each check has its figures, and the reason when it stands in the way.",
          body: schema.NewSession,
          response: { 200: schema.Preflight },
        },
      },
      async (request) => {
        const { workspaceId, start } = readNewSession(request, request.body);
        const checks = await preflight(context, callerOf(request), workspaceId, start);
        return { may_start: checks.every((check) => check.ok), checks: checks.map(presentCheck) };
      },
    );

    app.post(
      "/api/stoa/v1/sessions/:id/extend",
      {
        config: { policy: policies.extend },
        // One click needs no body.
        async preValidation(request) {
          request.body ??= {};
        },
        schema: {
          tags,
          summary: "Give a session more time",
          description:
            "Without `minutes`: as much as its `extend` says. STOA_SESSION_LONGEST is the most in all, and its core hours must fit into every quota. With an Idempotency-Key a repeated request adds once. Refused (409) with the figures, and for a session whose host was started by an earlier version of the server.",
          params: schema.Address,
          body: Extend,
          response: { 200: schema.Session },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const job = await own(context, caller, request.params.id);
        const { minutes = null, seen_limit_seconds: seenLimit = null } = request.body;
        const wish = { minutes, seenLimit, idempotencyKey: idempotencyKey(request) };
        return one(context, await extendSession(context, caller, job, wish));
      },
    );

    app.post(
      "/api/stoa/v1/sessions/:id/keep",
      {
        config: { policy: policies.keep },
        schema: {
          tags,
          summary: "Say that a session is still wanted",
          description: "Counts as use: it is not stopped for being idle until that long has passed anew.",
          params: schema.Address,
          response: { 200: schema.Session },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const job = await own(context, caller, request.params.id);
        return one(context, await keepSession(context, caller, job));
      },
    );
  };
}

/** How long it runs is its owner's matter, whose core hours it takes: to all others it is not there. */
async function own(context: SessionsContext, caller: Caller, id: string): Promise<JobRow> {
  const number = parseId(id);
  const job = number === null ? null : await findJob(context.db, number);
  if (job === null || !mayTime(caller, job)) {
    throw new StoaError("not_found", { details: { what: "session" } });
  }
  return job;
}

async function one(context: SessionsContext, job: JobRow): Promise<Static<typeof schema.Session>> {
  const [session] = await presentSessions(context, [job]);
  if (session === undefined) throw new StoaError("not_found", { details: { what: "session" } });
  return session;
}
