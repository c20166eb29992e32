import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import { openText } from "./mail-text.ts";
import type { MailRow, MailTables } from "./tables.ts";

const Time = Type.String({ format: "date-time" });
const Mail = Type.Object({
  id: Type.Integer(),
  to: Type.String(),
  subject: Type.String(),
  state: Type.Union([Type.Literal("queued"), Type.Literal("sent"), Type.Literal("kept"), Type.Literal("failed")]),
  error: Type.Union([Type.String(), Type.Null()]),
  created_at: Time,
  sent_at: Type.Union([Time, Type.Null()]),
  expires_at: Type.Union([Time, Type.Null()], { description: "When what it says is over, as its one-time link is." }),
});
const ReadMail = Type.Object({
  ...Mail.properties,
  text: Type.Union([Type.String(), Type.Null()], { description: "Null once it was sent, or is over." }),
});
const Mails = Type.Object({ items: Type.Array(Mail), next_cursor: Type.Union([Type.String(), Type.Null()]) });
const Query = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const listPolicy: RoutePolicy = { dialect: "stoa", access: { scope: "people:read", admin: true } };
/** One-time links stand in mails: whoever reads one can open an account by it. */
const readPolicy: RoutePolicy = {
  dialect: "stoa",
  access: { scope: "people:read", admin: true, signIn: true },
  audit: "mail.read",
};

/** The mails of this installation: without a mail server an admin passes them on. */
export function mailRoutes({ db, audit, secrets }: Pick<Platform, "db" | "audit" | "secrets">): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: { cursor?: string; limit: number } }>(
      "/api/stoa/v1/mails",
      {
        config: { policy: listPolicy },
        schema: {
          summary: "Mails, newest first",
          description: "For administrators: to whom, about what, and what became of each. Never what they say.",
          tags: ["system"],
          querystring: Query,
          response: { 200: Mails },
        },
      },
      async ({ query }) => {
        const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(query.cursor);
        const rows = await db
          .withTables<MailTables>()
          .selectFrom("mails")
          .selectAll()
          .where("id", "<", before)
          .orderBy("id", "desc")
          .limit(query.limit + 1)
          .execute();
        const items = rows.slice(0, query.limit);
        return { items: items.map(present), next_cursor: rows.length > items.length ? String(items.at(-1)?.id) : null };
      },
    );

    app.get<{ Params: { id: number } }>(
      "/api/stoa/v1/mails/:id",
      {
        config: { policy: readPolicy },
        schema: {
          summary: "Read one mail",
          description:
            "For administrators who are signed in, never by a token: a one-time link may stand in it. Each reading is in the audit log. A mail that was sent, or whose link is over, has no text any more.",
          tags: ["system"],
          params: Params,
          response: { 200: ReadMail },
        },
      },
      async (request, reply) => {
        reply.header("cache-control", "no-store");
        return await db.transaction().execute(async (trx) => {
          const found = trx
            .withTables<MailTables>()
            .selectFrom("mails")
            .selectAll()
            .where("id", "=", request.params.id);
          const mail = await found.executeTakeFirst();
          if (mail === undefined) throw new StoaError("not_found", { details: { what: "mail" } });
          await audit.record(trx, readingOf(mail, request));
          return { ...present(mail), text: openText(secrets, mail) };
        });
      },
    );
  };
}

function readingOf(mail: MailRow, { principal, id, ip }: FastifyRequest) {
  if (principal === null) throw new StoaError("unauthenticated");
  const { kind, id: credentialId } = principal.credential;
  return {
    action: "mail.read",
    actor: { accountId: principal.accountId, label: principal.label, credentialKind: kind, credentialId },
    subject: { kind: "mail", id: String(mail.id), label: mail.recipient },
    about: [],
    requestId: id,
    address: ip,
  };
}

function present(row: MailRow) {
  return {
    id: row.id,
    to: row.recipient,
    subject: row.subject,
    state: row.state,
    error: row.last_error,
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
  };
}
