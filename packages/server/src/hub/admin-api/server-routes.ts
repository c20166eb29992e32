import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { publicAddress } from "../client/server-address.ts";
import { callerOf, type HubContext } from "../context.ts";
import type { createProbe } from "../health/probe.ts";
import { Opened } from "../own-api/schema.ts";
import { policies } from "../policy.ts";
import { listAllServers } from "../servers/list-all.ts";
import { openAs } from "../servers/open-as.ts";
import { stopAny } from "../servers/stop-any.ts";
import { Health } from "./health-schema.ts";
import { readHealth } from "./present-health.ts";
import * as schema from "./schema.ts";

const base = "/api/stoa/v1/admin/hub";
const tags = ["hub"];
/** Nobody's account: what a name that nobody has is looked up as. */
const NOBODY = -1;

export interface AdminNeeds {
  /** Null: no hub is configured. */
  readonly probe: ReturnType<typeof createProbe> | null;
  /** Figures that are still in memory. */
  readonly flush: () => Promise<void>;
  /** Servers that are to end are ended soon. */
  readonly stopWished: () => void;
}

/** Everybody's servers and the hub's health, for operators. */
export function adminServerRoutes(context: HubContext, needs: AdminNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/servers`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "List everybody's servers at the hub",
          description: "As last seen, by the hub's name of their user. For administrators.",
          querystring: schema.ServersQuery,
          response: { 200: schema.AnyServers },
        },
      },
      async ({ query: { cursor, limit = 50, state, person, nobodys } }) => {
        const place = schema.placeOf(cursor, 2);
        const after = place === null ? null : { user: place[0] ?? "", server: place[1] ?? "" };
        const accountId = person === undefined ? undefined : await accountOf(context, person);
        const rows = await listAllServers(context.db, { state, accountId, nobodys, after, limit: limit + 1 });
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        const next_cursor = last === undefined ? null : schema.cursorOf(last.user_name, last.server);
        return { items: page.map(schema.presentAnyServer), next_cursor };
      },
    );

    app.post(
      `${base}/servers/stop`,
      {
        config: { policy: policies.stopAny },
        schema: {
          tags,
          summary: "Stop anybody's server",
          description: "As soon as the hub lets us; its owner is told by whom, and why. For administrators.",
          body: schema.StopBody,
          response: { 202: Type.Null() },
        },
      },
      async (request, reply) => {
        const { user, server = "", reason = "" } = request.body;
        await stopAny(context, callerOf(request), { user, server, reason: reason.trim() });
        needs.stopWished();
        return reply.code(202).send(null);
      },
    );

    app.post(
      `${base}/servers/open`,
      {
        config: { policy: policies.openAny },
        schema: {
          tags,
          summary: "Open somebody's server",
          description:
            "With one's own password once more, and a code where there is a second factor. The owner is told who, and why. The token reaches that server only. Never another administrator's, and not where STOA_ACT_AS_MINUTES is 0. For administrators, signed in.",
          body: schema.OpenBody,
          response: { 200: Opened, 409: errorResponse("stoa", 409) },
        },
      },
      async (request, reply) => {
        const { user, server = "", reason, current_password: currentPassword, code } = request.body;
        const which = { user, server, reason: reason.normalize("NFC").trim() };
        const typed = { currentPassword, code };
        const { path, tokenId, expiresAt } = await openAs(context, callerOf(request), which, {
          proven: (work) => context.people.provenAgain(app, request, typed, work),
          limit: (id) => app.rateLimits.attempt("hub-token", { address: request.ip, account: String(id) }),
        });
        reply.header("cache-control", "no-store");
        const url = publicAddress(context.platform, path);
        return { url, token_id: tokenId, expires_at: expiresAt?.toISOString() ?? null };
      },
    );

    app.get(
      `${base}/health`,
      {
        config: { policy: policies.readAll },
        schema: {
          tags,
          summary: "How the hub does",
          description:
            "Looked at now, and by what all servers' calls and launches came to within the last hour and day. For administrators.",
          response: { 200: Health },
        },
      },
      async (request) => {
        await needs.flush();
        return readHealth(context, needs.probe, request.locale);
      },
    );
  };
}

async function accountOf({ people }: HubContext, person: string): Promise<number> {
  const named = await people.named(person);
  return named ?? (/^\d{1,15}$/.test(person) ? Number(person) : NOBODY);
}
