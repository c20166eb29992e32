import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import {
  NewPersonalTokenAnswer,
  NewPersonalTokenBody,
  PersonalToken,
  PersonalTokenList,
  presentToken,
  RenewalBody,
  TokenParams,
} from "./schema.ts";

const tags = ["tokens"];
const read = { scope: "account:read" } as const;
const write = { scope: "account:write" } as const;

export function personalTokenRoutes({ personalTokens }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/account/tokens",
      {
        schema: {
          summary: "List one's personal access tokens",
          description: "Newest first; also those that are revoked or expired. Never the secrets.",
          tags,
          response: { 200: PersonalTokenList },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const rows = await personalTokens.list(request.principal?.accountId ?? -1);
        return { items: rows.map(presentToken), next_cursor: null };
      },
    );

    app.post(
      "/api/stoa/v1/account/tokens",
      {
        schema: {
          summary: "Make a personal access token",
          description:
            "Only for who is signed in, never by another token; never with more scopes than one's own. Without an expiry it works for 90 days, and can be renewed for a year.",
          tags,
          body: NewPersonalTokenBody,
          response: { 201: NewPersonalTokenAnswer },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "token.create" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { label, scopes = [], expiry } = request.body;
        const principal = request.principal as Principal;
        const { token, row } = await personalTokens.create(principal, { label, scopes, expiry }, actorOf(request));
        reply.header("cache-control", "no-store");
        return reply.code(201).send({ ...presentToken(row), token });
      },
    );

    app.patch(
      "/api/stoa/v1/account/tokens/:key_id",
      {
        schema: {
          summary: "Renew a personal access token",
          description: "Sets when it stops working, also after it has; at most until its hard expiry.",
          tags,
          params: TokenParams,
          body: RenewalBody,
          response: { 200: PersonalToken },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "token.renew" } satisfies RoutePolicy },
      },
      async (request) => {
        const principal = request.principal as Principal;
        const { key_id: keyId } = request.params;
        return presentToken(await personalTokens.renew(principal, keyId, request.body.expiry, actorOf(request)));
      },
    );

    app.delete(
      "/api/stoa/v1/account/tokens/:key_id",
      {
        schema: {
          summary: "Revoke a personal access token",
          description: "Ends it within a second everywhere, open streams included. It stays in the list.",
          tags,
          params: TokenParams,
          response: { 204: Nothing },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "token.revoke" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        await personalTokens.revoke(request.principal as Principal, request.params.key_id, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
