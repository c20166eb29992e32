import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { knownServers } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { publicAddress } from "../client/server-address.ts";
import { type Caller, callerOf, type HubContext } from "../context.ts";
import { beginLaunch } from "../launch/begin-launch.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import { policies } from "../policy.ts";
import { landIn, type TokenLimit } from "../tokens/land.ts";
import { lookAtOwn } from "../users/look.ts";
import { ensureUser } from "../users/settle-user.ts";
import type { HubStatuses } from "../users/status.ts";
import { accountOf } from "./asker.ts";
import { readOwnHub } from "./own-hub.ts";
import * as schema from "./schema.ts";

const base = "/api/stoa/v1/hub";
const tags = ["hub"];

/** One's own servers at the hub: how they stand, starting one, the way in. */
export function launchRoutes(context: HubContext, statuses: HubStatuses): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      base,
      {
        config: { policy: policies.readOwn },
        schema: {
          tags,
          summary: "One's own servers at JupyterHub",
          description: "From what is noted here; events `hub.server` and `hub.launch` tell of changes.",
          response: { 200: schema.OwnHub },
        },
      },
      (request) => readOwnHub(context, accountOf(request), request.locale),
    );

    app.post(
      `${base}/launch`,
      {
        config: { policy: policies.launch },
        schema: {
          tags,
          summary: "Start a server of one's own",
          description:
            "An operation, the same for all who ask while it goes on; cancel it as such. What it waits for, and why it failed, stands in the server's `launch`.",
          body: schema.WhichServer,
          response: { 202: schema.Begun, 409: errorResponse("stoa", 409) },
        },
      },
      async (request, reply) => {
        const server = allowedServer(context, request.body.server ?? "");
        if (context.client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
        const account = await context.people.get(accountOf(request));
        if (account === null) throw new StoaError("not_found", { details: { what: "account" } });
        const { operationId, isNew } = await beginLaunch(context, callerOf(request), account, server);
        statuses.forget(account.id);
        return reply.code(202).send({ operation_id: operationId, is_new: isNew });
      },
    );

    app.post(
      `${base}/open`,
      {
        config: { policy: policies.open },
        schema: {
          tags,
          summary: "The way into a server that is ready",
          description: "With a fresh token that reaches this server only, where the hub gives one.",
          body: schema.WhichServer,
          response: { 200: schema.Opened, 409: errorResponse("stoa", 409) },
        },
      },
      async (request, reply) => {
        const accountId = accountOf(request);
        const server = allowedServer(context, request.body.server ?? "");
        const limit: TokenLimit = (account) =>
          app.rateLimits.attempt("hub-token", { address: request.ip, account: String(account) });
        const { path, tokenId, expiresAt } = await withinShare(context.client, accountId, () =>
          open(context, callerOf(request), { accountId, server, limit }),
        );
        reply.header("cache-control", "no-store");
        const url = publicAddress(context.platform, path);
        return { url, token_id: tokenId, expires_at: expiresAt?.toISOString() ?? null };
      },
    );
  };
}

interface Opening {
  readonly accountId: number;
  readonly server: string;
  readonly limit: TokenLimit;
}

/** The hub is asked: what is noted here may be seconds old, and nobody is to land on a page that is gone. */
async function open(context: HubContext, caller: Caller, { accountId, server, limit }: Opening) {
  try {
    const user = await ensureUser(context, accountId);
    if (context.client === null) throw new LaunchProblem("no_hub");
    const { seen: hubUser } = await lookAtOwn(context, context.client, user);
    const seen = hubUser === null ? null : knownServers(hubUser).get(server);
    if (seen?.ready !== true) {
      throw new StoaError("conflict", { details: { problem: "This server is not running. Start it first" } });
    }
    const land = () => landIn(context, caller, user, server, seen.url, limit);
    return await land().catch((error: unknown) => (isAskedAgain(context, error) ? land() : Promise.reject(error)));
  } catch (error) {
    const problem = problemOf(error);
    throw problem === null ? error : new LaunchRefused(problem);
  }
}

/**
 * A hub that is just busy, as any other call is: a token that it may have made without saying so is ended, and another
 * one asked for.
 */
function isAskedAgain({ platform }: HubContext, error: unknown): boolean {
  return platform.config.hub.attempts > 1 && problemOf(error)?.kind === "hub_down";
}

function allowedServer({ platform }: HubContext, server: string): string {
  if (server !== "" && platform.config.hub.namedServers === "off") {
    throw new LaunchRefused(new LaunchProblem("named_servers_off"));
  }
  return server;
}
