import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { DeclaredParameter } from "../../config/schema.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { messageIn } from "../../platform/http/messages.ts";
import { type Caller, callerOf, type SessionsContext } from "../context.ts";
import type { JobType } from "../job-types/contract.ts";
import { whyMissing } from "../job-types/environment.ts";
import { policies } from "../policies.ts";
import { checkHostTakes, checkMayStartHere, checkMayStartType, checkPortIsKept } from "../policy.ts";
import { type Told, tell } from "../sentences.ts";
import { startSession } from "../start-session.ts";
import { presentSessions } from "./present.ts";
import { readNewSession } from "./read-new-session.ts";
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
        const caller = callerOf(request);
        const items = [...context.jobTypes.values()].map((type) => ({
          id: type.id,
          name: type.name,
          icon: type.icon,
          parameters: [...type.parameters],
          own_parameters: (type.ownParameters ?? []).map(presentParameter),
          opens: type.web === "none" ? ("nothing" as const) : type.web,
          has_terminal: type.program === "pty",
          ...refusalOf(context, type, caller, request.locale),
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
        const { workspaceId, start } = readNewSession(request, request.body);
        const job = await startSession(context, callerOf(request), workspaceId, start);
        const [session] = await presentSessions(context, [job]);
        if (session === undefined) throw new StoaError("not_found", { details: { what: "session" } });
        return reply.code(201).send(session);
      },
    );
  };
}

/** The first of the reasons why this person can't start one of these here. */
function refusalOf(
  context: SessionsContext,
  type: JobType,
  caller: Caller,
  locale: "en" | "fa",
): { refused: string | null; refused_told: Told | null } {
  try {
    checkMayStartType(type, caller, context.platform.config);
    checkHostTakes(context.platform.config);
    checkMayStartHere(caller, context.platform.config, context.local);
    checkPortIsKept(type, context.local);
  } catch (error) {
    if (error instanceof StoaError) return { refused: messageIn(locale, error), refused_told: tell(error.message) };
    throw error;
  }
  const missing = whyMissing(type, context.local);
  return { refused: missing, refused_told: missing === null ? null : tell(missing) };
}

function presentParameter({ validation: { alone: _, ...validation }, ...rest }: DeclaredParameter) {
  return { ...rest, validation: { ...validation, choices: [...(validation.choices ?? [])] } };
}
