import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StoaError } from "../platform/errors/stoa-error.ts";
import {
  changeAnnouncement,
  createAnnouncement,
  deleteAnnouncement,
  endAnnouncement,
  restoreAnnouncement,
} from "./change-announcements.ts";
import type { AnnouncementsContext } from "./context.ts";
import { currentFor } from "./current.ts";
import { dismiss, showAgain } from "./dismissals.ts";
import type { Maintenance } from "./maintenance/maintenance.ts";
import { policies } from "./policy.ts";
import * as schema from "./schema.ts";
import type { AnnouncementRow } from "./tables.ts";

const base = "/api/stoa/v1/announcements";
const tags = ["announcements"];
const Nothing = Type.Null();

export function announcementRoutes(
  context: AnnouncementsContext,
  maintenance: Pick<Maintenance, "current">,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/current`,
      {
        config: { policy: policies.current },
        schema: {
          summary: "What stands above every page now",
          description:
            "Announcements for whoever asks, without those they dismissed, and a maintenance that is on or planned. Without a credential: what is public.",
          tags,
          response: { 200: schema.Current },
        },
      },
      async ({ principal }, reply) => {
        reply.header("cache-control", "no-store");
        return await currentFor(context, principal, maintenance.current());
      },
    );

    app.get(
      base,
      {
        config: { policy: policies.list },
        schema: {
          summary: "All announcements, newest first",
          description: "For administrators: those that are shown, planned and past.",
          tags,
          querystring: schema.AnnouncementsQuery,
          response: { 200: schema.AnnouncementPage },
        },
      },
      async ({ query }) => {
        const rows = await context.db
          .selectFrom("announcements")
          .selectAll()
          .where("deleted_at", "is", null)
          .where("id", "<", Number(query.cursor ?? Number.MAX_SAFE_INTEGER))
          .orderBy("id", "desc")
          .limit(query.limit + 1)
          .execute();
        const items = rows.slice(0, query.limit);
        const next_cursor = rows.length > items.length ? String(items.at(-1)?.id) : null;
        return { items: await present(context, items), next_cursor };
      },
    );

    app.post(
      base,
      {
        config: { policy: policies.create },
        schema: {
          summary: "Announce something",
          description: "At once, or from a time on. Seen on every page that is open within a second.",
          tags,
          body: schema.AnnouncementBody,
          response: { 201: schema.Announcement },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await presentOne(context, await createAnnouncement(context, request.body, request))),
    );

    app.put(
      `${base}/:id`,
      {
        config: { policy: policies.update },
        schema: {
          summary: "Change an announcement",
          description: "Whoever dismissed it does not see it again.",
          tags,
          params: schema.AnnouncementParams,
          body: schema.AnnouncementChange,
          response: { 200: schema.Announcement },
        },
      },
      async (request) => {
        const { version, ...body } = request.body;
        const which = { id: request.params.id, version };
        return presentOne(context, await changeAnnouncement(context, which, body, request));
      },
    );

    app.post(
      `${base}/:id/end`,
      {
        config: { policy: policies.end },
        schema: {
          summary: "End an announcement now",
          description: "It stays in the list. Changing its end to a later time brings it back.",
          tags,
          params: schema.AnnouncementParams,
          body: schema.VersionBody,
          response: { 200: schema.Announcement },
        },
      },
      async (request) => {
        const which = { id: request.params.id, version: request.body.version };
        return presentOne(context, await endAnnouncement(context, which, request));
      },
    );

    app.delete(
      `${base}/:id`,
      {
        config: { policy: policies.delete },
        schema: {
          summary: "Delete an announcement",
          description: "It goes from the pages and the list; `restore` brings it back.",
          tags,
          params: schema.AnnouncementParams,
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await deleteAnnouncement(context, request.params.id, request);
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${base}/:id/restore`,
      {
        config: { policy: policies.restore },
        schema: {
          summary: "Bring back a deleted announcement",
          description: "As it was.",
          tags,
          params: schema.AnnouncementParams,
          response: { 200: schema.Announcement },
        },
      },
      async (request) => presentOne(context, await restoreAnnouncement(context, request.params.id, request)),
    );

    app.put(
      `${base}/:id/dismissal`,
      {
        config: { policy: policies.dismiss },
        schema: {
          summary: "Hide an announcement from one's own pages",
          description: "Where it may be hidden. Nothing happens when it is already.",
          tags,
          params: schema.AnnouncementParams,
          response: { 204: Nothing },
        },
      },
      async ({ principal, params }, reply) => {
        await dismiss(context, principal, params.id);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      `${base}/:id/dismissal`,
      {
        config: { policy: policies.dismiss },
        schema: {
          summary: "Show a hidden announcement again",
          description: "Nothing happens when it is not hidden.",
          tags,
          params: schema.AnnouncementParams,
          response: { 204: Nothing },
        },
      },
      async ({ principal, params }, reply) => {
        await showAgain(context, principal, params.id);
        return reply.code(204).send(null);
      },
    );
  };
}

async function presentOne(context: AnnouncementsContext, row: AnnouncementRow) {
  const [shown] = await present(context, [row]);
  if (shown === undefined) throw new StoaError("not_found", { details: { what: "announcement" } });
  return shown;
}

/** With the names of who made them and of the groups they are for. */
async function present({ people }: AnnouncementsContext, rows: readonly AnnouncementRow[]) {
  const authors = await people.byIds(rows.flatMap(({ created_by }) => created_by ?? []));
  const groupIds = new Set(rows.flatMap(({ group_id }) => group_id ?? []));
  const groups = new Map<number, string>();
  for (const id of groupIds) groups.set(id, (await people.groups.get(id))?.name ?? "");
  return rows.map((row) =>
    schema.presentAnnouncement(row, {
      author: authors.get(row.created_by ?? -1)?.username ?? null,
      group: groups.get(row.group_id ?? -1) ?? null,
    }),
  );
}
