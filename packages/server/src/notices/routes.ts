import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { NoticesContext } from "./context.ts";
import { isFixed } from "./kinds.ts";
import { policies } from "./policy.ts";
import { choose, type Preference, preferencesOf } from "./preferences.ts";
import { countUnread, markRead, pageOf } from "./queries.ts";
import * as schema from "./schema.ts";

const tags = ["notices"];
const at = "/api/stoa/v1/notices";

/** What somebody is told, and how they want to be told it. */
export function noticeRoutes(context: NoticesContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(reading(context));
    await app.register(preferences(context));
  };
}

function reading({ db, platform }: NoticesContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      at,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "List your notices",
          description: "What concerns you and happened without your doing, newest first.",
          querystring: schema.NoticesQuery,
          response: { 200: schema.NoticePage },
        },
      },
      async (request) => {
        const { unread = false, kinds = "", cursor, limit = 50 } = request.query;
        const wanted = kinds.split(",").filter(Boolean);
        const page = { unread, kinds: wanted, before: schema.idOfCursor(cursor), limit: limit + 1 };
        const rows = await pageOf(db, personOf(request).accountId, page);
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        return {
          items: rows.slice(0, limit).map((row) => schema.present(row, request.locale)),
          next_cursor: last === undefined ? null : schema.cursorOf(last.id),
        };
      },
    );

    app.get(
      `${at}/count`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "Count your unread notices",
          description: "For the bell.",
          response: { 200: schema.Unread },
        },
      },
      async (request) => ({ unread: await countUnread(db, personOf(request).accountId) }),
    );

    app.post(
      `${at}/read`,
      {
        config: { policy: policies.mark },
        schema: {
          tags,
          summary: "Mark notices as read",
          description: "Some by their ids, or all. Ids that are not yours are passed over.",
          body: schema.ReadBody,
          response: { 200: schema.Unread },
        },
      },
      async (request) => {
        const { accountId } = personOf(request);
        const which = "ids" in request.body ? { ids: request.body.ids } : "all";
        return db.transaction().execute(async (trx) => {
          // Also the pages that are open elsewhere.
          if ((await markRead(trx, accountId, which)) > 0) {
            await platform.events.publish(trx, {
              type: "notice.changed",
              subject: { kind: "account", id: String(accountId) },
              audience: [accountId],
              isPrivate: true,
              data: { change: "read" },
            });
          }
          return { unread: await countUnread(trx, accountId) };
        });
      },
    );
  };
}

function preferences({ db, platform }: NoticesContext): FastifyPluginAsyncTypebox {
  const answer = (items: readonly Preference[]) => ({
    mail_available: platform.mail.delivers,
    items: items.map((item) => ({ ...item, mailed_always: isFixed(item.kind) })),
  });
  return async (app) => {
    app.get(
      `${at}/preferences`,
      {
        config: { policy: policies.read },
        schema: {
          tags,
          summary: "See how you are told of what",
          description:
            "Every kind of notice that concerns you: whether the portal shows it, and whether it comes by mail.",
          response: { 200: schema.Preferences },
        },
      },
      async (request) => answer(await preferencesOf(db, personOf(request))),
    );

    app.put(
      `${at}/preferences`,
      {
        config: { policy: policies.choose },
        schema: {
          tags,
          summary: "Choose how you are told of what",
          description:
            "For the kinds that are named; the others stay as they are. It counts from the next notice on. What is about the account's safety (`mailed_always`) is not to be chosen: 422. It needs a sign-in: no token keeps notices quiet.",
          body: schema.PreferencesBody,
          response: { 200: schema.Preferences },
        },
      },
      async (request) => {
        const person = personOf(request);
        const chosen = request.body.items as readonly Preference[];
        return db.transaction().execute(async (trx) => {
          await choose(trx, person.accountId, chosen);
          await platform.audit.record(trx, {
            action: "notice.preferences",
            actor: person.actor,
            subject: { kind: "account", id: String(person.accountId), label: person.actor.label },
            about: [person.accountId],
            requestId: request.id,
            address: request.ip,
            details: { kinds: chosen.map(({ kind }) => kind) },
          });
          return answer(await preferencesOf(trx, person));
        });
      },
    );
  };
}

/** @throws StoaError forbidden for a service's key: it belongs to nobody */
function personOf({ principal }: FastifyRequest) {
  if (principal === null || principal.accountId === null) {
    throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  }
  const { accountId, isAdmin, label, credential, impersonator } = principal;
  const actor = { accountId, label, credentialKind: credential.kind, credentialId: credential.id, by: impersonator };
  return { accountId, isAdmin, actor };
}
