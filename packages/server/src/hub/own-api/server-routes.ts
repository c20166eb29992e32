import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type HubContext } from "../context.ts";
import { LaunchProblem } from "../launch/causes.ts";
import { launchOf } from "../launch/launch-rows.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import { policies } from "../policy.ts";
import { keepServer } from "../servers/idle/keep-server.ts";
import { stopOwn } from "../servers/stop-own.ts";
import type { HubServerRow, HubUserRow } from "../tables.ts";
import { linkedName, userOf } from "../users/queries.ts";
import type { HubStatuses } from "../users/status.ts";
import { accountOf } from "./asker.ts";
import { presentServer, Server, WhichServer } from "./schema.ts";

const base = "/api/stoa/v1/hub";
const tags = ["hub"];

/** Stopping one's own server, and keeping it from being stopped. */
export function serverRoutes(context: HubContext, statuses: HubStatuses): FastifyPluginAsyncTypebox {
  const present = async (request: FastifyRequest, server: string, row: HubServerRow | null) => {
    const launch = await launchOf(context.db, accountOf(request), server);
    return presentServer(server, row, launch, request.locale);
  };

  return async (app) => {
    app.post(
      `${base}/stop`,
      {
        config: { policy: policies.stop },
        schema: {
          tags,
          summary: "Stop a server of one's own",
          description:
            "Safe to repeat. What can't be stopped at once, because it starts still or the hub is away, is stopped as soon as it can; a launch that goes on is cancelled.",
          body: WhichServer,
          response: { 200: Server },
        },
      },
      async (request) => {
        const server = request.body.server ?? "";
        if (context.client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
        const user = await userOf(context.db, accountOf(request));
        const row = user === null ? null : await stopOwn(context, callerOf(request), user, server);
        statuses.forget(accountOf(request));
        return present(request, server, row);
      },
    );

    app.post(
      `${base}/keep`,
      {
        config: { policy: policies.keep },
        schema: {
          tags,
          summary: "Keep a server of one's own from being stopped",
          description: "As if it had just been used: it is not stopped for idleness before the whole time has passed.",
          body: WhichServer,
          response: { 200: Server, 409: errorResponse("stoa", 409) },
        },
      },
      async (request) => {
        const server = request.body.server ?? "";
        if (context.client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
        const user = await ownUser(context, request);
        return present(request, server, await keepServer(context, callerOf(request), user, server));
      },
    );
  };
}

async function ownUser({ db }: HubContext, request: FastifyRequest): Promise<HubUserRow> {
  const user = await userOf(db, accountOf(request));
  if (user === null || linkedName(user) === null)
    throw new StoaError("conflict", { details: { problem: "You have no server at JupyterHub yet" } });
  return user;
}
