import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { actorOf } from "../actor.ts";
import type { Locale } from "../refusals.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { refuseOtherPages } from "../session-cookie.ts";
import { registrationMode } from "./mode.ts";
import { confirmRegistration, register, type Wanted } from "./registration.ts";
import { Confirmation, Registered, Registration } from "./schema.ts";

const done: Readonly<Record<Locale, string>> = {
  en: "Your registration is complete. You can sign in now.",
  fa: "ثبت‌نام با موفقیت انجام شد. اکنون می‌توانید وارد شوید.",
};
const mailed: Readonly<Record<Locale, string>> = {
  en: "Your registration is almost complete. Open the link in the e-mail we sent you to confirm it.",
  fa: "ثبت‌نام تقریباً انجام شد. برای تأیید، پیوندی را که به ایمیل شما فرستاده‌ایم باز کنید.",
};
const waiting: Readonly<Record<Locale, string>> = {
  en: "Your registration is almost complete. An administrator has to confirm it.",
  fa: "ثبت‌نام تقریباً انجام شد. مدیر سیستم باید آن را تأیید کند.",
};

export function registrationRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/register",
      {
        // The service checks again and answers in the contract's words, so its schema only documents.
        attachValidation: true,
        schema: {
          summary: "Make an account",
          description:
            "By the configured mode: open, closed, for e-mail addresses of some domains, or open unless a proxy passed it on.",
          tags: ["accounts"],
          body: Registration,
          response: { 201: Registered },
        },
        config: {
          policy: {
            dialect: "portal",
            access: { public: "people register before they can sign in" },
            audit: "account.register",
            rateLimit: "register",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const body: unknown = request.body;
        if (typeof body !== "object" || body === null) throw request.validationError;
        const mode = registrationMode(context.platform.config, request.headers);
        const account = await register(context, body as Wanted, mode, actorOf(request));
        const pendingText = context.platform.mail.delivers ? mailed : waiting;
        const message = (account.status === "pending" ? pendingText : done)[request.locale];
        return reply.code(201).send({ message, details: { username: account.username } });
      },
    );

    app.post(
      "/api/stoa/v1/auth/confirm",
      {
        schema: {
          summary: "Confirm a registration by its mailed link",
          description: "Needs the password chosen at registration as well, so that nobody confirms another's account.",
          tags: ["accounts"],
          body: Confirmation,
          response: { 204: Nothing, 410: errorResponse("stoa", 410) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the link and the password are the proof" },
            audit: "account.confirm",
            rateLimit: "reset",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, context.platform.addresses);
        await confirmRegistration(context, request.body.token, request.body.password, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
