import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import type { MailRow, MailTables } from "./tables.ts";

const KeptMail = Type.Object({
  id: Type.Integer(),
  to: Type.String(),
  subject: Type.String(),
  text: Type.String({ description: "Empty once it was sent: then it is the recipient's." }),
  state: Type.Union([Type.Literal("queued"), Type.Literal("sent"), Type.Literal("kept"), Type.Literal("failed")]),
  error: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String(),
  sent_at: Type.Union([Type.String(), Type.Null()]),
});
const Query = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
const policy: RoutePolicy = { dialect: "stoa", access: { scope: "people:read", admin: true } };

/** The mails of this installation, newest first: without a mail server an admin passes them on. */
export function mailRoutes({ db }: Pick<Platform, "db">): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: { cursor?: string; limit: number } }>(
      "/api/stoa/v1/mails",
      {
        config: { policy },
        schema: {
          summary: "Mails, newest first",
          description: "For admins. Shows the text of those that were kept or could not be sent.",
          tags: ["system"],
          querystring: Query,
          response: {
            200: Type.Object({ items: Type.Array(KeptMail), next_cursor: Type.Union([Type.String(), Type.Null()]) }),
          },
        },
      },
      async ({ query, principal }) => {
        if (principal === null) throw new StoaError("unauthenticated");
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
  };
}

function present(row: MailRow) {
  return {
    id: row.id,
    to: row.recipient,
    subject: row.subject,
    text: row.state === "sent" ? "" : row.body,
    state: row.state,
    error: row.last_error,
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
  };
}
