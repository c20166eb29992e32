import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { holds, type Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { requireSignIn } from "../policy.ts";
import { Nothing, TypedPassword } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { clearSessionCookie, refuseOtherPages, setSessionCookie } from "../session-cookie.ts";
import { createSessionState, SessionState, type Whose } from "./session-state.ts";

const Credentials = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 254, description: "User name or e-mail address." }),
  password: TypedPassword,
});

export function signInRoutes({ context, signIn }: AccountsServices): FastifyPluginAsyncTypebox {
  const { config, addresses } = context.platform;
  const stateOf = createSessionState(context);

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
          description: "Sets the session cookie. A session that the browser had before ends.",
          tags: ["accounts"],
          body: Credentials,
          response: { 200: SessionState },
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
        const agent = (request.headers["user-agent"] ?? "").slice(0, 300);
        const login = { login: username, password };
        const { account, secret, sessionId } = await signIn.open(login, actorOf(request), agent, request.principal);
        setSessionCookie(reply, config, secret);
        reply.header("cache-control", "no-store");
        return stateOf({ accountId: account.id, webSessionId: sessionId }, request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/sign-out",
      {
        schema: {
          summary: "Sign out",
          description: "Ends the web session, or the access token, that asks.",
          tags: ["accounts"],
          response: { 204: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.sign-out",
            allowWhilePasswordChange: true,
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        requireSignIn(principal, "sign_in_needed");
        await signIn.out(principal, actorOf(request));
        clearSessionCookie(reply, config);
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
