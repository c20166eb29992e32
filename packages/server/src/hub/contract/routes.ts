import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type HubContext } from "../context.ts";
import { policies } from "../policy.ts";
import type { HubStatuses } from "../users/status.ts";
import { contractLaunch } from "./launch.ts";
import { Dashboard, Launched, presentStatus, presentUser } from "./schema.ts";
import { LAUNCH_TEXTS } from "./words.ts";

const tags = ["hub"];

/** Contract 2's calls that know of the hub. */
export function contractRoutes(context: HubContext, statuses: HubStatuses): FastifyPluginAsyncTypebox {
  async function own(request: FastifyRequest) {
    const account = await context.people.get(request.principal?.accountId ?? -1);
    if (account === null) throw new StoaError("not_found", { details: { what: "account" } });
    return account;
  }

  return async (app) => {
    app.get(
      "/api/dashboard",
      {
        config: { policy: policies.dashboard },
        schema: {
          tags,
          summary: "Oneself, one's server and what one ran, at a glance",
          description: "Makes the hub user where there is none. A hub that is down or slow keeps nobody waiting.",
          response: { 200: Dashboard },
        },
      },
      async (request) => {
        const account = await own(request);
        const [status, stats] = await Promise.all([statuses.of(account.id), context.statsOf(account.id)]);
        return {
          user: presentUser(account),
          session_remaining_seconds: remainingSeconds(request),
          jupyter_status: presentStatus(status),
          stats,
        };
      },
    );

    app.post(
      "/api/jupyter/launch",
      {
        config: { policy: policies.contractLaunch },
        schema: {
          tags,
          summary: "Start one's Jupyter, or get the way into it",
          description: "Repeating it is safe: a server that starts or runs is not started again.",
          response: { 200: Launched, 409: errorResponse("portal", 409) },
        },
      },
      async (request, reply) => {
        const account = await own(request);
        // Also what comes to nothing says how the hub is now.
        const limit = (id: number) => app.rateLimits.attempt("hub-token", { address: request.ip, account: String(id) });
        const begun = contractLaunch(context, callerOf(request), account, limit).finally(() =>
          statuses.forget(account.id),
        );
        const { status, text, url } = await begun;
        reply.header("cache-control", "no-store");
        return { status, url, message: LAUNCH_TEXTS[text][request.locale] };
      },
    );
  };
}

function remainingSeconds({ principal }: FastifyRequest): number | null {
  const endsAt = principal?.credential.expiresAt ?? null;
  return endsAt === null ? null : Math.max(0, Math.floor((endsAt - Date.now()) / 1_000));
}
