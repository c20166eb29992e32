import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, parseId, type SessionsContext } from "../context.ts";
import { Address, cursorOf, idOfCursor } from "../own-api/schema.ts";
import { policies } from "../policies.ts";
import { mayOpen, maySee } from "../policy.ts";
import { findJob } from "../queries.ts";
import type { JobRow } from "../tables.ts";
import { presentShared, presentViewers } from "./present.ts";
import { findViewer, sharedWith, viewersOf } from "./queries.ts";
import * as schema from "./schema.ts";
import { shareSession, unshareSession } from "./share-session.ts";

const tags = ["sessions"];
const NONE = { before: null, limit: 0 } as const;

/** Sharing a running session with people by name. */
export function viewerRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/sessions/:id/viewers",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List with whom a session is shared",
          description: "For whose session it is, and administrators.",
          params: Address,
          response: { 200: schema.Viewers },
        },
      },
      async (request) => {
        const job = await visible(context, callerOf(request), request.params.id, maySee);
        return { items: await presentViewers(context, await viewersOf(context.db, job.id)) };
      },
    );

    app.post(
      "/api/stoa/v1/sessions/:id/viewers",
      {
        config: { policy: policies.share },
        schema: {
          tags,
          summary: "Share a running session with somebody",
          description:
            "Somebody whom the directory shows you. They look at its terminal, what it printed before included, and can't type. A program in the browser can't be only looked at: whoever opens it acts as you, so that needs `may_act`, and STOA_SESSION_SHARING=act. Asked again for the same person: changes `may_act` (200). It ends with the session.",
          params: Address,
          body: schema.NewViewer,
          response: { 200: schema.Viewer, 201: schema.Viewer },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const job = await visible(context, caller, request.params.id, mayOpen);
        const { account_id: accountId, may_act: mayAct = false } = request.body;
        const { viewer, isNew } = await shareSession(context, caller, job, { accountId, mayAct });
        const [shown] = await presentViewers(context, [viewer]);
        if (shown === undefined) throw notFound("viewer");
        return reply.code(isNew ? 201 : 200).send(shown);
      },
    );

    app.delete(
      "/api/stoa/v1/sessions/:id/viewers/:accountId",
      {
        config: { policy: policies.unshare },
        schema: {
          tags,
          summary: "Stop sharing a session with somebody",
          description: "The owner takes it back, or the viewer leaves. What they have open ends within a second.",
          params: schema.ViewerAddress,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const accountId = parseId(request.params.accountId);
        const leaves = accountId === caller.accountId;
        const job = await visible(context, caller, request.params.id, leaves ? () => true : mayOpen);
        // Who looks for sessions by leaving them is told the same of those that are there.
        if (leaves && (await findViewer(context.db, job.id, accountId)) === null) throw notFound("session");
        if (accountId === null) throw notFound("viewer");
        await unshareSession(context, caller, job, accountId);
        return reply.code(204).send(null);
      },
    );

    app.get(
      "/api/stoa/v1/shared-sessions",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List sessions that are shared with you",
          description: "Other people's that have not ended, newest first.",
          querystring: schema.SharedQuery,
          response: { 200: schema.SharedSessions },
        },
      },
      async (request) => {
        const { cursor, limit = 50 } = request.query;
        const { accountId } = callerOf(request);
        const rows = await shared(context, accountId, { before: idOfCursor(cursor), limit: limit + 1 });
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        const items = await presentShared(context, rows.slice(0, limit));
        return { items, next_cursor: last === undefined ? null : cursorOf(last.job.id) };
      },
    );

    app.get(
      "/api/stoa/v1/shared-sessions/:id",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Read a session that is shared with you",
          description: "As long as it has not ended and is shared.",
          params: Address,
          response: { 200: schema.SharedSession },
        },
      },
      async (request) => {
        const { accountId } = callerOf(request);
        const jobId = parseId(request.params.id);
        const rows = jobId === null ? [] : await shared(context, accountId, { ...NONE, jobId, limit: 1 });
        const [session] = await presentShared(context, rows);
        if (session === undefined) throw notFound("session");
        return session;
      },
    );
  };
}

/** Where sharing is off nothing is shared, also not what was before. */
async function shared(context: SessionsContext, accountId: number, page: Parameters<typeof sharedWith>[2]) {
  return context.platform.config.sessions.sharing === "off" ? [] : sharedWith(context.db, accountId, page);
}

async function visible(
  context: SessionsContext,
  caller: Caller,
  id: string,
  allowed: (caller: Caller, job: JobRow) => boolean,
): Promise<JobRow> {
  const number = parseId(id);
  const job = number === null ? null : await findJob(context.db, number);
  if (job === null || !allowed(caller, job)) throw notFound("session");
  return job;
}

function notFound(what: "session" | "viewer"): StoaError {
  return new StoaError("not_found", { details: { what } });
}
