import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { Nothing, Time } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { readAgent } from "./agent.ts";
import { failedAttempts, type OpenSignIn, openSignIns, revokeOtherSignIns, revokeSignIn } from "./sign-ins.ts";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const SignIn = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal("browser"), Type.Literal("uws_token")], {
    description: "A browser's session, or a token of the workspaces API.",
  }),
  current: Type.Boolean({ description: "The one that asks." }),
  created_at: Time,
  last_used_at: Type.Union([Time, Type.Null()]),
  expires_at: Time,
  address: NullableText,
  agent: Type.Object(
    { browser: NullableText, system: NullableText },
    { description: "As the browser says itself; a hint, not a proof." },
  ),
});
const SignIns = Type.Object({
  items: Type.Array(SignIn),
  next_cursor: Type.Null(),
  failed_attempts: Type.Object(
    {
      since: Time,
      count: Type.Integer(),
      items: Type.Array(
        Type.Object({
          at: Time,
          address: Type.String(),
          step: Type.Union([Type.Literal("password"), Type.Literal("code")]),
          count: Type.Integer(),
        }),
        { description: "The newest fifty." },
      ),
    },
    { description: "Since the person signed in the time before this one; by a token: in the last 30 days." },
  ),
});

const at = "/api/stoa/v1/account/sign-ins";
const write = { scope: "account:write", signIn: true } as const;
const tags = ["accounts"];

export function signInsRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      at,
      {
        schema: {
          summary: "Where one is signed in, and what failed",
          description: "Browsers and tokens of the workspaces API that still stand, last used first.",
          tags,
          response: { 200: SignIns },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:read" },
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async ({ principal }) => {
        const accountId = principal?.accountId ?? -1;
        const asking = principal?.credential.id ?? "";
        const [open, failed] = await Promise.all([
          openSignIns(context.db, accountId),
          failedAttempts(context.db, accountId, asking),
        ]);
        return {
          items: open.map((one) => present(one, asking)),
          next_cursor: null,
          failed_attempts: {
            since: failed.since.toISOString(),
            count: failed.count,
            items: failed.items.map((one) => ({ ...one, at: one.at.toISOString() })),
          },
        };
      },
    );

    app.delete(
      `${at}/:id`,
      {
        schema: {
          summary: "End one sign-in",
          description: "Within a second everywhere, open streams and terminals included.",
          tags,
          params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
          response: { 204: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: write,
            audit: "account.revoke-sign-in",
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        await revokeSignIn(context, request.principal as Principal, request.params.id, actorOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${at}/revoke-others`,
      {
        schema: {
          summary: "End all other sign-ins",
          description:
            "Every other web session, every UWS token and every access token (one that asks included). Personal access tokens stay.",
          tags,
          response: { 200: Type.Object({ ended: Type.Integer({ description: "Sessions and UWS tokens." }) }) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: write,
            audit: "account.revoke-sign-in",
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async (request) => revokeOtherSignIns(context, request.principal as Principal, actorOf(request)),
    );
  };
}

function present(one: OpenSignIn, asking: string) {
  return {
    ...one,
    current: one.id === asking,
    created_at: one.created_at.toISOString(),
    last_used_at: one.last_used_at?.toISOString() ?? null,
    expires_at: one.expires_at.toISOString(),
    agent: readAgent(one.agent),
  };
}
