import formbody from "@fastify/formbody";
import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { ACCESS_TOKEN_SECONDS } from "../access-tokens/access-tokens.ts";
import { actorOf } from "../actor.ts";
import { TypedPassword } from "../schema.ts";
import type { AccountsServices } from "../services.ts";

const PasswordForm = Type.Object({
  grant_type: Type.Optional(Type.String({ maxLength: 50, description: "`password`; not looked at." })),
  username: Type.String({ minLength: 1, maxLength: 254 }),
  password: TypedPassword,
});

const AccessToken = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal("bearer"),
  expires_in: Type.Integer({ description: "Seconds." }),
  username: Type.String(),
  full_name: Type.String(),
});

/** Contract 2's OAuth2 password form. The only address where forms are read, so they are read here only. */
export function tokenRoutes({ signIn }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(formbody, { bodyLimit: 16_384 });
    await app.register(multipart, { limits: { fields: 10, fieldSize: 4_096, files: 0, parts: 10, headerPairs: 20 } });

    app.post(
      "/api/token",
      {
        bodyLimit: 16_384,
        preValidation: readMultipart,
        schema: {
          summary: "Get an access token by user name and password",
          description: "An OAuth2 password form, urlencoded or multipart. The token is good for eight hours.",
          tags: ["accounts"],
          consumes: ["application/x-www-form-urlencoded", "multipart/form-data"],
          body: PasswordForm,
          response: { 200: AccessToken },
        },
        config: {
          policy: {
            dialect: "portal",
            access: { public: "the password is the proof" },
            audit: "account.sign-in",
            rateLimit: "sign-in",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { username, password } = request.body;
        const { token, account } = await signIn.accessToken({ login: username, password }, actorOf(request));
        reply.header("cache-control", "no-store");
        return {
          access_token: token,
          token_type: "bearer" as const,
          expires_in: ACCESS_TOKEN_SECONDS,
          username: account.username,
          full_name: account.full_name,
        };
      },
    );
  };
}

/** Before validation, so that both kinds of form are checked by one schema. */
async function readMultipart(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  const fields: Record<string, unknown> = {};
  for await (const part of request.parts()) if (part.type === "field") fields[part.fieldname] = part.value;
  request.body = fields;
}
