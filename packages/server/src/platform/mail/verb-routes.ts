import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import { discardMail, resendMail, sendTestMail } from "./mail-verbs.ts";

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Nothing = Type.Null();
const tags = ["system"];

const policy = (audit: string): RoutePolicy => ({
  dialect: "stoa",
  access: { scope: "people:write", admin: true, signIn: true },
  audit,
});

/** What administrators do about mails that did not leave, and how they see whether any do. */
export function mailVerbRoutes(
  platform: Pick<Platform, "db" | "audit" | "mail" | "operations">,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/mails/:id/resend",
      {
        config: { policy: policy("mail.resend") },
        schema: {
          summary: "Send a mail once more",
          description: "One that failed, or was kept while there was no mail server, as long as it is not over.",
          tags,
          params: Params,
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await resendMail(platform, request.params.id, request);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      "/api/stoa/v1/mails/:id",
      {
        config: { policy: policy("mail.discard") },
        schema: {
          summary: "Discard a mail",
          description: "One that was not sent, for good, with what it says.",
          tags,
          params: Params,
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await discardMail(platform, request.params.id, request);
        return reply.code(204).send(null);
      },
    );

    app.post(
      "/api/stoa/v1/mails/test",
      {
        config: { policy: policy("mail.test") },
        schema: {
          summary: "Send a test mail",
          description: "A sentence that says nothing, in the language of the request. Its state is in the list.",
          tags,
          body: Type.Object({ to: Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@]+@[^\\s@]+$" }) }),
          response: { 202: Nothing },
        },
      },
      async (request, reply) => {
        await sendTestMail(platform, request.body.to, request);
        return reply.code(202).send(null);
      },
    );
  };
}
