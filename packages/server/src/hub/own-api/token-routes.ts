import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type HubContext } from "../context.ts";
import { LaunchProblem } from "../launch/causes.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import { policies } from "../policy.ts";
import { type HubTokenRow, tokensOf } from "../tokens/queries.ts";
import { revokeOwn } from "../tokens/revoke.ts";
import { accountOf } from "./asker.ts";
import { Time, TimeOrNull } from "./schema.ts";

const base = "/api/stoa/v1/hub/tokens";
const tags = ["hub"];
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const Token = Type.Object({
  id: Id,
  server: Type.String({ description: "The one server that it reaches; empty: the default one." }),
  state: Type.Enum(["good", "revoking", "revoked", "expired"], {
    description: "`revoking`: the hub is to end it, and has not yet.",
  }),
  address: Type.Union([Type.String(), Type.Null()], { description: "From where it was asked for." }),
  created_at: Time,
  expires_at: Time,
  revoked_at: TimeOrNull,
});
const TokenPage = Type.Object({
  items: Type.Array(Token),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
const TokensQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,14}$" })),
  },
  { additionalProperties: false },
);

/** The tokens that one landed in one's servers with. */
export function tokenRoutes(context: HubContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      base,
      {
        config: { policy: policies.readOwn },
        schema: {
          tags,
          summary: "One's own tokens of the hub, newest first",
          description: "Those that Stoa asked for, each good for one server; kept for 30 days after their end.",
          querystring: TokensQuery,
          response: { 200: TokenPage },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const before = cursor === undefined ? null : Number(cursor);
        const rows = await tokensOf(context.db, accountOf(request), { before, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        return { items: shown.map(present), next_cursor: rows.length > limit ? String(shown.at(-1)?.id) : null };
      },
    );

    app.delete(
      `${base}/:id`,
      {
        config: { policy: policies.revokeToken },
        schema: {
          tags,
          summary: "End a token of one's own",
          description:
            "Safe to repeat. A hub that is away ends it when it is back; a server that has just seen it lets it in for up to five minutes more.",
          params: Type.Object({ id: Id }),
          response: { 200: Token, 404: errorResponse("stoa", 404) },
        },
      },
      async (request) => {
        if (context.client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
        const row = await revokeOwn(context, callerOf(request), accountOf(request), request.params.id);
        if (row === null) throw new StoaError("not_found", { details: { what: "token" } });
        return present(row);
      },
    );
  };
}

function present(row: HubTokenRow): Static<typeof Token> {
  return {
    ...{ id: row.id, server: row.server, state: stateOf(row), address: row.address },
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  };
}

function stateOf(row: HubTokenRow): Static<typeof Token>["state"] {
  if (row.revoked_at !== null) return "revoked";
  if (row.expires_at.getTime() <= Date.now()) return "expired";
  return row.revoke_wanted_at === null ? "good" : "revoking";
}
