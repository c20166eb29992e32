import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, isHere, parseId, type SessionsContext } from "../context.ts";
import type { Tickets } from "../passthrough/tickets.ts";
import { policies } from "../policies.ts";
import { mayOpen, maySee, mayStop, SessionRefused } from "../policy.ts";
import { findJob, pageOfJobs } from "../queries.ts";
import { stopSession } from "../stop-session.ts";
import type { JobRow } from "../tables.ts";
import type { Guests } from "../viewers/guests.ts";
import { jobsWanted } from "./jobs-wanted.ts";
import { openTicket } from "./open-ticket.ts";
import { presentSessions } from "./present.ts";
import * as schema from "./schema.ts";

const tags = ["sessions"];

/** Sessions in our own API. */
export function ownRoutes(context: SessionsContext, tickets: Tickets, guests: Guests): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/sessions",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List sessions",
          description: "One's own, newest first; administrators see everybody's with `all`.",
          querystring: schema.SessionsQuery,
          response: { 200: schema.Sessions },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { all = false, cursor, limit = 50, ...filter } = request.query;
        if (all && !caller.isAdmin) throw new StoaError("forbidden", { details: { needs: "an administrator" } });
        const wanted = await jobsWanted(context, all ? null : caller.accountId, filter);
        const page = { before: schema.idOfCursor(cursor), limit: limit + 1 };
        const rows = await pageOfJobs(context.db, wanted, page);
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        const items = await presentSessions(context, rows.slice(0, limit));
        return { items, next_cursor: last === undefined ? null : schema.cursorOf(last.id) };
      },
    );

    app.get(
      "/api/stoa/v1/sessions/:id",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Read a session",
          description: "With its timeline.",
          params: schema.Address,
          response: { 200: schema.Session },
        },
      },
      async (request) => {
        const job = await visible(context, callerOf(request), request.params.id, maySee);
        const [session] = await presentSessions(context, [job]);
        if (session === undefined) throw notFound();
        return session;
      },
    );

    app.post(
      "/api/stoa/v1/sessions/:id/ticket",
      {
        config: { policy: policies.ticket },
        schema: {
          tags,
          summary: "Open a session",
          description:
            "A link to the session's own origin, good once and for two minutes. Only for whose session it is, and whom they let act in it.",
          params: schema.Address,
          response: { 200: schema.Link },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const isGuest = await isActorAt(guests, caller, request.params.id);
        const job = await visible(context, caller, request.params.id, isGuest ? () => true : mayOpen);
        reply.header("cache-control", "no-store");
        return openTicket(context, tickets, caller, job);
      },
    );

    app.post(
      "/api/stoa/v1/sessions/:id/stop",
      {
        config: { policy: policies.stopOwn },
        schema: {
          tags,
          summary: "Stop a session",
          description: "With everything it started. Administrators may stop anybody's.",
          params: schema.Address,
          response: { 202: schema.StopAnswer },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const job = await visible(context, caller, request.params.id, maySee);
        return reply.code(202).send({ state: await stopSession(context, caller, job.id, mayStop) });
      },
    );

    app.get(
      "/api/stoa/v1/sessions/:id/log",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Read what a session printed",
          description:
            "Text from `offset` on. `Stoa-Log-Offset` is where it begins (later than asked for when older output was " +
            "dropped), `Stoa-Log-Next-Offset` where to go on, `Stoa-Log-Total` the bytes printed so far.",
          params: schema.Address,
          querystring: schema.LogQuery,
          response: { 200: { content: { "text/plain": { schema: { type: "string" } } } } },
        },
      },
      async (request, reply) => {
        const { offset = 0, limit = 1_048_576 } = request.query;
        const job = await visible(context, callerOf(request), request.params.id, mayOpen);
        checkHere(context, job);
        const part = await context.local.output(job, offset, limit);
        reply.headers({
          "content-type": "text/plain; charset=utf-8",
          "stoa-log-offset": part.offset,
          "stoa-log-next-offset": part.nextOffset,
          "stoa-log-total": part.total,
        });
        // As text, so that the declared schema holds; broken characters at the edges become U+FFFD.
        return reply.send(part.bytes.toString("utf8"));
      },
    );
  };
}

async function visible(
  context: SessionsContext,
  caller: Caller,
  id: string,
  allowed: (caller: Caller, job: JobRow) => boolean,
): Promise<JobRow> {
  const number = parseId(id);
  const job = number === null ? null : await findJob(context.db, number);
  if (job === null || !allowed(caller, job)) throw notFound();
  return job;
}

async function isActorAt(guests: Guests, { accountId }: Caller, id: string): Promise<boolean> {
  const jobId = parseId(id);
  return jobId !== null && guests.mayEnter({ jobId, accountId, use: "act" });
}

function checkHere(context: SessionsContext, job: JobRow): void {
  if (isHere(context, job)) return;
  // Of our name, but from another data directory: after a restore, nobody else can be asked.
  if (job.node_id === context.platform.config.nodeId && job.ended_at !== null) {
    throw new SessionRefused(
      "conflict",
      "Its output was not kept: it stayed with the data directory that it ran in.",
      "خروجی آن نگه داشته نشده است: در همان پوشهٔ داده‌ای مانده که در آن اجرا شده بود.",
    );
  }
  throw new StoaError("conflict", {
    message: `This session belongs to the server ${job.node_id}, and its output is there. Ask that one.`,
  });
}

function notFound(): StoaError {
  return new StoaError("not_found", { details: { what: "session" } });
}
