import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, parseId, type SessionsContext } from "../context.ts";
import { Address, cursorOf, idOfCursor } from "../own-api/schema.ts";
import { policies } from "../policies.ts";
import { mayStop } from "../policy.ts";
import { stopSession } from "../stop-session.ts";
import { giveUp } from "./give-up.ts";
import { presentForAdmin } from "./present.ts";
import { type AdminRow, findForAdmin, hosts, pageOfAll } from "./queries.ts";
import { retireHost } from "./retire-host.ts";
import * as schema from "./schema.ts";

const tags = ["sessions"];
const base = "/api/stoa/v1/admin/sessions";
/** Nobody's account: what a name that nobody has is looked up as. */
const NOBODY = -1;

/** Everybody's sessions, for operators. */
export function adminRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  const present = async (row: AdminRow | null) => {
    const [session] = row === null ? [] : await presentForAdmin(context, [row]);
    if (session === undefined) throw new StoaError("not_found", { details: { what: "session" } });
    return session;
  };
  return async (app) => {
    app.get(
      base,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "List everybody's sessions",
          description: "Newest first, running and ended; for administrators.",
          querystring: schema.AdminQuery,
          response: { 200: schema.AdminSessions },
        },
      },
      async (request) => {
        const { cursor, limit = 50, person, job_type: jobType, ...rest } = request.query;
        const ownerId = person === undefined ? undefined : await ownerOf(context, person);
        const page = { before: idOfCursor(cursor), limit: limit + 1 };
        const rows = await pageOfAll(context, { ...rest, jobType, ownerId }, page);
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        const items = await presentForAdmin(context, rows.slice(0, limit));
        return { items, next_cursor: last === undefined ? null : cursorOf(last.id) };
      },
    );

    app.get(
      "/api/stoa/v1/admin/session-hosts",
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "List the servers that run sessions",
          description: "With their last sign; for administrators.",
          response: { 200: schema.Hosts },
        },
      },
      async () => {
        const rows = await hosts(context.db);
        const items = rows.map(({ node, seen_at: seenAt, answers, live }) => ({
          node,
          seen_at: seenAt?.toISOString() ?? null,
          answers,
          live,
        }));
        return { items, next_cursor: null };
      },
    );

    app.post(
      "/api/stoa/v1/admin/session-hosts/:node/retire",
      {
        config: { policy: policies.retireHost },
        schema: {
          tags,
          summary: "Retire a server that will not come back",
          description:
            "Takes it off the list, and withdraws what waits for it alone. 409 while it answers, or sessions of it have not ended. For administrators.",
          params: schema.HostAddress,
          response: { 200: schema.Retired },
        },
      },
      async (request) => ({ withdrawn: await retireHost(context, callerOf(request), request.params.node) }),
    );

    app.get(
      `${base}/:id`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "Read anybody's session",
          description: "What keeps it, and what can be done about it; for administrators.",
          params: Address,
          response: { 200: schema.AdminSession },
        },
      },
      async ({ params }) => {
        const id = parseId(params.id);
        return present(id === null ? null : await findForAdmin(context, id));
      },
    );

    app.post(
      `${base}/stop`,
      {
        config: { policy: policies.stopMany },
        schema: {
          tags,
          summary: "Stop several sessions",
          description:
            "A hundred at most, each as `POST /api/stoa/v1/sessions/:id/stop` does; the message is told to whose they are. For administrators.",
          body: schema.StopMany,
          response: { 200: schema.StoppedMany },
        },
      },
      (request) => stopMany(context, callerOf(request), request.body.ids, (request.body.message ?? "").trim()),
    );

    app.post(
      `${base}/:id/give-up`,
      {
        config: { policy: policies.giveUp },
        // Without a body it is answered with what has to be said.
        async preValidation(request) {
          request.body ??= {};
        },
        schema: {
          tags,
          summary: "Give up on a session",
          description:
            "Where it can't be ended as usual: its server is away, or has tried for a minute. It counts as failed, and its workspace is free, although its programs may go on writing there, also beside a new session, until its server can end them: `may_still_write` says that one knows, else 422. Its core hours are settled at its server's last sign; where that answers, now. 409 while it can be stopped. For administrators.",
          params: Address,
          body: schema.GiveUp,
          response: { 200: schema.AdminSession },
        },
      },
      async (request) => {
        const knowsItMayWrite = request.body.may_still_write === true;
        return present(await giveUp(context, callerOf(request), request.params.id, knowsItMayWrite));
      },
    );
  };
}

async function ownerOf(context: SessionsContext, person: string): Promise<number> {
  return parseId(person) ?? (await context.people.named(person)) ?? NOBODY;
}

/** One after the other, each whole: what was stopped stays so, whatever becomes of the rest. */
async function stopMany(context: SessionsContext, caller: Caller, ids: readonly number[], message: string) {
  const stopped: number[] = [];
  const refused: { id: number; message: string }[] = [];
  for (const id of new Set(ids)) {
    try {
      await stopSession(context, caller, id, mayStop, message);
      stopped.push(id);
    } catch (error) {
      if (!(error instanceof StoaError) || error.status >= 500) throw error;
      refused.push({ id, message: error.message });
    }
  }
  return { stopped, refused };
}
