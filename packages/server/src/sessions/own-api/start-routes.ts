import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { messageIn } from "../../platform/http/messages.ts";
import { type Caller, callerOf, type SessionsContext } from "../context.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { policies } from "../policies.ts";
import { checkMayStartHere } from "../policy.ts";
import { startSession } from "../start-session.ts";
import { presentSessions } from "./present.ts";
import * as schema from "./schema.ts";

const tags = ["sessions"];

/** What can be started by whom, and the start itself, with refusals in the reader's language. */
export function startRoutes(context: SessionsContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/session-types",
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List what you can start",
          description: "Each with the reason when you may not.",
          response: { 200: schema.SessionTypes },
        },
      },
      async (request) => {
        const refused = refusalOf(context, callerOf(request), request.locale);
        const items = [...context.jobTypes.values()].map((type) => ({
          id: type.id,
          name: type.name,
          icon: type.icon,
          parameters: [...type.parameters],
          opens: type.web === "none" ? ("nothing" as const) : type.web,
          has_terminal: type.program === "pty",
          refused,
        }));
        return { items };
      },
    );

    app.post(
      "/api/stoa/v1/sessions",
      {
        config: { policy: policies.startOwn },
        schema: {
          tags,
          summary: "Start a session",
          description: "It starts in the background. With an Idempotency-Key a repeated request starts one only.",
          body: schema.NewSession,
          response: { 201: schema.Session },
        },
      },
      async (request, reply) => {
        const { workspace_id: workspaceId, job_type, job_details, resource_options } = request.body;
        const job = await startSession(context, callerOf(request), workspaceId, {
          jobType: job_type ?? null,
          jobDetails: job_details ?? {},
          resourceOptions: resource_options ?? {},
          idempotencyKey: idempotencyKey(request),
        });
        const [session] = await presentSessions(context, [job]);
        if (session === undefined) throw new StoaError("not_found", { details: { what: "session" } });
        return reply.code(201).send(session);
      },
    );
  };
}

function refusalOf(context: SessionsContext, caller: Caller, locale: "en" | "fa"): string | null {
  try {
    checkMayStartHere(caller, context.platform.config, context.local);
    return null;
  } catch (error) {
    if (error instanceof StoaError) return messageIn(locale, error);
    throw error;
  }
}
