import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { holds, type Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { dropReturnCookie, keptSignInOf } from "../impersonation/return-cookie.ts";
import { requireSignIn } from "../policy.ts";
import { Nothing, Time, TypedCode, TypedPassword } from "../schema.ts";
import { limitedCode } from "../second-factor/limited-code.ts";
import { findPending } from "../second-factor/pending-sign-ins.ts";
import type { AccountsServices } from "../services.ts";
import {
  agentOf,
  clearPendingCookie,
  clearSessionCookie,
  pendingSecretOf,
  refuseOtherPages,
  setPendingCookie,
  setSessionCookie,
} from "../session-cookie.ts";
import { createSessionState, SessionState, type Whose } from "./session-state.ts";
import type { Before } from "./sign-in.ts";

const Credentials = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 254, description: "User name or e-mail address." }),
  password: TypedPassword,
});

const SecondStep = Type.Object({
  second_factor: Type.Literal(true),
  expires_at: Time,
});

export function signInRoutes({ context, signIn }: AccountsServices): FastifyPluginAsyncTypebox {
  const { config, addresses } = context.platform;
  const stateOf = createSessionState(context);
  const beforeOf = (request: FastifyRequest): Before => ({
    principal: request.principal,
    kept: keptSignInOf(request, config),
  });

  return async (app) => {
    app.get(
      "/api/stoa/v1/auth/session",
      {
        schema: {
          summary: "Who is signed in, and how people get in",
          description: "Open to all: the portal asks it first.",
          tags: ["accounts"],
          response: { 200: SessionState },
        },
        config: {
          policy: { dialect: "stoa", access: { public: "the portal asks it before sign-in" } } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        reply.header("cache-control", "no-store");
        return stateOf(whoseOf(request.principal), request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/sign-in",
      {
        schema: {
          summary: "Sign in to the portal",
          description:
            "Sets the session cookie. A session that the browser had before ends, and so does the own one of an administrator who acted as somebody here. For somebody with a second factor it is the first step: 202, and a cookie for five minutes that `/auth/second-factor` takes with a code.",
          tags: ["accounts"],
          body: Credentials,
          response: { 200: SessionState, 202: SecondStep },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the password is the proof" },
            audit: "account.sign-in",
            rateLimit: "sign-in",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, addresses);
        const { username, password } = request.body;
        const login = { login: username, password };
        const opened = await signIn.open(login, actorOf(request), agentOf(request), beforeOf(request));
        reply.header("cache-control", "no-store");
        if ("pendingSecret" in opened) {
          setPendingCookie(reply, config, opened.pendingSecret);
          return reply.code(202).send({ second_factor: true, expires_at: opened.expiresAt.toISOString() });
        }
        setSessionCookie(reply, config, opened.secret);
        dropReturnCookie(request, reply, config);
        return stateOf({ accountId: opened.account.id, webSessionId: opened.sessionId }, request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/second-factor",
      {
        schema: {
          summary: "The second step of signing in",
          description:
            "By the cookie that the first step set, and a code: six digits of the app, each good once, or a recovery code. After five wrong ones the password is asked for again.",
          tags: ["accounts"],
          body: Type.Object({ code: TypedCode }),
          response: { 200: SessionState },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the password of the first step and the code are the proof" },
            audit: "account.sign-in",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, addresses);
        const { code } = request.body;
        const secret = pendingSecretOf(request, config) ?? "";
        const waiting = await findPending(context.db, secret);
        const done = await limitedCode(app, request, { code, account: waiting }, () =>
          signIn.complete(secret, code, actorOf(request), agentOf(request), beforeOf(request)),
        );
        clearPendingCookie(reply, config);
        setSessionCookie(reply, config, done.secret);
        dropReturnCookie(request, reply, config);
        reply.header("cache-control", "no-store");
        return stateOf({ accountId: done.account.id, webSessionId: done.sessionId }, request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/sign-out",
      {
        schema: {
          summary: "Sign out",
          description:
            "Ends the web session, or the access token, that asks. Of an administrator who acts as somebody both sessions end.",
          tags: ["accounts"],
          response: { 204: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.sign-out",
            allowWhilePasswordChange: true,
            openWhile: ["second-factor", "deletion"],
            openWhileActing: true,
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        requireSignIn(principal, "sign_in_needed");
        await signIn.out(principal, keptSignInOf(request, config), actorOf(request));
        clearSessionCookie(reply, config);
        dropReturnCookie(request, reply, config);
        return reply.code(204).send(null);
      },
    );
  };
}

/** A token without `account:read` learns nothing of its owner. */
export function whoseOf(principal: Principal | null): Whose {
  if (principal === null || !holds(principal, "account:read")) return { accountId: null, webSessionId: null };
  const { kind, id } = principal.credential;
  return { accountId: principal.accountId, webSessionId: kind === "cookie" ? id : null };
}
