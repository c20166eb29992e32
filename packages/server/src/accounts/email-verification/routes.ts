import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { Person, presentPerson } from "../people/schema.ts";
import { resendConfirmation } from "../registration/resend-confirmation.ts";
import { AccountId, Me, Nothing, presentMe } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { refuseOtherPages } from "../session-cookie.ts";
import { completeVerification, resendVerification, vouchForEmail } from "./email-verification.ts";

const at = "/api/stoa/v1/account/email-verification";
const Sent = Type.Object({
  sent_to: Type.String(),
  delivered: Type.Boolean({ description: "False without a mail server: an administrator has to pass the mail on." }),
});

/** Milliseconds that asking for the mail again takes, known name or not. */
const RESEND_ANSWER_MS = 250;

export function emailVerificationRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  const { addresses, mail } = context.platform;
  return async (app) => {
    app.post(
      at,
      {
        schema: {
          summary: "Have the mail to verify one's address sent again",
          description: "To the new address if one waits, else to the present one. Once in five minutes: 429 before.",
          tags: ["accounts"],
          response: { 202: Sent },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.verify-request",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { sentTo } = await resendVerification(context, request.principal as Principal, actorOf(request));
        return reply.code(202).send({ sent_to: sentTo, delivered: mail.delivers });
      },
    );

    app.post(
      `${at}/complete`,
      {
        schema: {
          summary: "Verify one's e-mail address by the mailed link",
          description:
            "Only for who is signed in to the account that the link is for. A new address takes the old one's place now, and the old one is told.",
          tags: ["accounts"],
          body: Type.Object({
            token: Type.String({ maxLength: 200, description: "What stands after `#token=` in the mailed link." }),
          }),
          response: { 200: Me, 410: errorResponse("stoa", 410) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write", signIn: true },
            audit: "account.verify",
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const { token } = request.body;
        return presentMe(await completeVerification(context, request.principal as Principal, token, actorOf(request)));
      },
    );

    app.post(
      "/api/stoa/v1/auth/confirm/resend",
      {
        schema: {
          summary: "Have the mail that confirms a registration sent again",
          description: "Always 202: it does not say whether such a registration waits. Once in five minutes.",
          tags: ["accounts"],
          body: Type.Object({ login: Type.String({ minLength: 1, maxLength: 254 }) }),
          response: { 202: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "who has not confirmed yet can't sign in" },
            audit: "account.confirm-request",
            rateLimit: "reset",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, addresses);
        const work = resendConfirmation(context, request.body.login, actorOf(request));
        await Promise.all([work, delay(RESEND_ANSWER_MS)]);
        return reply.code(202).send(null);
      },
    );

    app.post(
      "/api/stoa/v1/people/:id/vouch-email",
      {
        schema: {
          summary: "Mark a person's e-mail address as verified",
          description:
            "The address is named: the person's present one, or the new one they want, which then takes its place. For an administrator who knows it to be theirs.",
          tags: ["people"],
          params: Type.Object({ id: AccountId }),
          body: Type.Object({ email: Type.String({ maxLength: 300 }) }),
          response: { 200: Person },
        },
        config: {
          policy: {
            dialect: "stoa",
            // Who holds the address can reset the password: by a token it would open accounts.
            access: { scope: "people:write", admin: true, signIn: true },
            audit: "account.vouch-email",
          } satisfies RoutePolicy,
        },
      },
      async (request) =>
        presentPerson(await vouchForEmail(context, request.params.id, request.body.email, actorOf(request))),
    );
  };
}
