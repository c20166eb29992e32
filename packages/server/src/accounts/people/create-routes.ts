import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import type { AccountsServices } from "../services.ts";
import { createPerson } from "./create-person.ts";
import { CreatedPerson, NewPersonBody, presentPerson } from "./schema.ts";

export function createPersonRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/people",
      {
        schema: {
          summary: "Make a person's account",
          description:
            "Whatever the registration mode. The person chooses the password by the link: good for seven days and once, shown in this answer only, and mailed where mail is delivered. Whoever makes the account vouches for the address. Never an administrator. By a sign-in only: the portal's, or an access token of `POST /api/token`, but no personal access token.",
          tags: ["people"],
          body: NewPersonBody,
          response: { 201: CreatedPerson },
        },
        config: {
          // The link opens the account: by a token, whoever found it could let themselves in for good.
          policy: {
            dialect: "stoa",
            access: { scope: "people:write", admin: true, signIn: true },
            audit: "account.create",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { full_name: fullName, ...rest } = request.body;
        const { account, link, mailed } = await createPerson(context, { ...rest, fullName }, actorOf(request));
        reply.header("cache-control", "no-store");
        return reply.code(201).send({
          person: presentPerson(account),
          link: { url: link.url, expires_at: link.expiresAt.toISOString() },
          mailed,
        });
      },
    );
  };
}
