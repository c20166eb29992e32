import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import { TypedPassword } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import type { Login } from "../sign-in/sign-in.ts";
import { mintForClient } from "./mint-for-client.ts";

const EXAMPLE = { username: "ada", email: "ada@example.org" };

/** One of contract 3's ways in: which one is told by the fields. */
const TokenRequest = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 254, description: "User name or e-mail address." })),
  password: Type.Optional(TypedPassword),
  client_token: Type.Optional(Type.Unknown({ description: "Of a service account in the group api_clients." })),
  user_info: Type.Optional(
    Type.Unknown({ description: "`username` and `email`, as the service knows the person.", examples: [EXAMPLE] }),
  ),
  auth_token: Type.Optional(Type.Unknown()),
  redirect_url: Type.Optional(Type.Unknown()),
});

const Token = Type.Object({ success: Type.Literal(true), message: Type.String(), token: Type.String() });

type TokenRequest = Static<typeof TokenRequest>;

export function uwsTokenRoutes({ context, signIn, uwsTokens }: AccountsServices): FastifyPluginAsyncTypebox {
  async function byPassword(login: Login, request: FastifyRequest<{ Body: TokenRequest }>): Promise<string> {
    if (request.body.client_token) throw twoCredentials("client_token, password");
    return (await signIn.uwsToken(login, actorOf(request))).token;
  }

  async function byClient(body: TokenRequest, request: FastifyRequest): Promise<string> {
    const { client_token: clientToken, user_info: userInfo } = body;
    const otherWay = ["username", "password", "auth_token", "redirect_url"].some((field) => field in body);
    if (!clientToken || !userInfo || otherWay) throw refusalOf(body);
    refuseSecondCredential(request);
    return mintForClient(context, uwsTokens, { clientToken, userInfo }, actorOf(request));
  }

  return async (app) => {
    app.post(
      "/tokens/",
      {
        schema: {
          summary: "Get a token for UWS-Authorization",
          description:
            "By user name and password; or, for a service, by its client token, for a person that it brings (their account is made at the first request). Each call gives a token of its own; twenty live ones a person.",
          tags: ["tokens"],
          body: TokenRequest,
          response: { 200: Token },
        },
        config: {
          policy: {
            dialect: "workspaces",
            access: { public: "the password, or the service's client token, is the proof" },
            audit: "account.sign-in",
            rateLimit: "sign-in",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { username, password } = request.body;
        const token = await (username && password !== undefined
          ? byPassword({ login: username, password }, request)
          : byClient(request.body, request));
        reply.header("cache-control", "no-store");
        return { success: true as const, message: "Successful authentication.", token };
      },
    );
  };
}

/** Why it is neither a sign-in by password nor a client's request, in contract 3's words. */
function refusalOf(body: Readonly<Record<string, unknown>>): StoaError {
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
  const message = "Missing user_info. Please provide user_info to get user_token.";
  return new StoaError("invalid", { message });
}

/** A client token in the body is a credential: beside another one nobody could say who asks. */
function refuseSecondCredential(request: FastifyRequest): void {
  const others = ["authorization", "uws-authorization", "x-api-key"].filter((name) => name in request.headers);
  if (request.principal?.credential.kind === "cookie") others.push("cookie");
  if (others.length > 0) throw twoCredentials(["client_token", ...others].join(", "));
}

function twoCredentials(kinds: string): StoaError {
  return new StoaError("two_credentials", { details: { kinds } });
}
