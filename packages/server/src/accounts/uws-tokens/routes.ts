import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { TypedPassword } from "../schema.ts";
import type { AccountsServices } from "../services.ts";

/** One of contract 3's ways in: which one is told by the fields. Only by password in this version. */
const TokenRequest = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 254, description: "User name or e-mail address." })),
  password: Type.Optional(TypedPassword),
  client_token: Type.Optional(Type.Unknown()),
  user_info: Type.Optional(Type.Unknown()),
  auth_token: Type.Optional(Type.Unknown()),
  redirect_url: Type.Optional(Type.Unknown()),
});

const Token = Type.Object({ success: Type.Literal(true), message: Type.String(), token: Type.String() });

export function uwsTokenRoutes({ signIn }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/tokens/",
      {
        schema: {
          summary: "Get a token for UWS-Authorization",
          description: "By user name and password. Each call gives a token of its own; twenty live ones a person.",
          tags: ["tokens"],
          body: TokenRequest,
          response: { 200: Token },
        },
        config: {
          policy: {
            dialect: "workspaces",
            access: { public: "the password is the proof" },
            audit: "account.sign-in",
            rateLimit: "sign-in",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { username, password } = request.body;
        if (!username || password === undefined) throw otherMethod(request.body);
        const { token } = await signIn.uwsToken({ login: username, password }, actorOf(request));
        reply.header("cache-control", "no-store");
        return { success: true as const, message: "Successful authentication.", token };
      },
    );
  };
}

/** Why it is no sign-in by password, in contract 3's words. */
function otherMethod(body: Readonly<Record<string, unknown>>): StoaError {
  if ("redirect_url" in body || body.auth_token) {
    return new StoaError("invalid", { message: "Sign-in through Globus is not configured." });
  }
  if ("auth_token" in body) return new StoaError("invalid", { message: "Missing auth_token." });
  if (body.username !== undefined || body.password !== undefined) {
    return new StoaError("invalid", { message: "Missing username or password." });
  }
  if (!body.client_token) {
    const message = "Missing client_token. Please have admin generate a token for you.";
    return new StoaError("invalid", { message });
  }
  if (!body.user_info) {
    const message = "Missing user_info. Please provide user_info to get user_token.";
    return new StoaError("invalid", { message });
  }
  // No service accounts yet, so no client token is good.
  return new StoaError("unauthenticated", { message: "Invalid client_token provided." });
}
