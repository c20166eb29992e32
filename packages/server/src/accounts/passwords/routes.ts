import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "../identity-rules.ts";
import { Nothing, TypedPassword } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { refuseOtherPages } from "../session-cookie.ts";
import { whoseOf } from "../sign-in/routes.ts";
import { createSessionState, SessionState } from "../sign-in/session-state.ts";
import { limitedAttempt } from "./limited-attempt.ts";
import { changePassword } from "./password-change.ts";
import { completeReset, requestReset, whoseReset } from "./password-reset.ts";

const NewPassword = Type.String({
  maxLength: 1_024,
  description: `${PASSWORD_MIN} to ${PASSWORD_MAX} characters of any kind.`,
});

const LinkToken = Type.String({ maxLength: 200, description: "What stands after `#token=` in the link." });

/** Milliseconds that asking for a reset takes, known name or not. */
const RESET_ANSWER_MS = 250;

export function passwordRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  const stateOf = createSessionState(context);
  return async (app) => {
    app.post(
      "/api/stoa/v1/auth/password",
      {
        schema: {
          summary: "Change one's password",
          description:
            "Ends every other web session, every access token (one that asks included) and every UWS token. Personal access tokens stay.",
          tags: ["accounts"],
          body: Type.Object({ current_password: TypedPassword, new_password: NewPassword }),
          response: { 200: SessionState },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.password",
            allowWhilePasswordChange: true,
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const principal = request.principal as Principal;
        const { current_password: current, new_password: next } = request.body;
        await limitedAttempt(app, request, () =>
          changePassword(context, principal, { current, next }, actorOf(request)),
        );
        return stateOf(whoseOf(principal), request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/reset/request",
      {
        schema: {
          summary: "Ask for a link to choose a new password",
          description: "Always 202: it does not say whether there is such an account. Without mail, nothing is sent.",
          tags: ["accounts"],
          body: Type.Object({ login: Type.String({ minLength: 1, maxLength: 254 }) }),
          response: { 202: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "who forgot the password can't sign in" },
            audit: "account.reset-request",
            rateLimit: "reset",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, context.platform.addresses);
        const work = requestReset(context, request.body.login, actorOf(request));
        await Promise.all([work, delay(RESET_ANSWER_MS)]);
        return reply.code(202).send(null);
      },
    );

    app.post(
      "/api/stoa/v1/auth/reset/whose",
      {
        schema: {
          summary: "Whose a one-time link for a password is",
          description: "Only for a link that can still be used; any other answers 410. It stays good.",
          tags: ["accounts"],
          body: Type.Object({ token: LinkToken }),
          response: {
            200: Type.Object({
              username: Type.String(),
              full_name: Type.String(),
              first: Type.Boolean({ description: "Nobody has ever signed in to this account." }),
            }),
            410: errorResponse("stoa", 410),
          },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the link is the proof" },
            auditExempt: "it reads, and uses nothing up",
            rateLimit: "reset-link",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, context.platform.addresses);
        reply.header("cache-control", "no-store");
        return whoseReset(context, request.body.token);
      },
    );

    app.post(
      "/api/stoa/v1/auth/reset/complete",
      {
        schema: {
          summary: "Choose a new password by a one-time link",
          description: "Ends everything that was open, personal access tokens too. It does not sign in.",
          tags: ["accounts"],
          body: Type.Object({
            token: LinkToken,
            new_password: NewPassword,
          }),
          response: { 204: Nothing, 410: errorResponse("stoa", 410) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the link is the proof" },
            audit: "account.reset",
            rateLimit: "reset",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, context.platform.addresses);
        await completeReset(context, request.body.token, request.body.new_password, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
