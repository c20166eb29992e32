import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { messageIn } from "../../platform/http/messages.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parsePath } from "../files/file-names.ts";
import { sendFile } from "../files-api/download.ts";
import { createFewAtOnce } from "../files-api/few-at-once.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { diskFull, downloads, FileQuery, FolderQuery, WorkspaceParams } from "../files-api/schema.ts";
import { policies } from "../policy.ts";
import { requireSnapshot, snapshotsOf } from "./find-snapshot.ts";
import { restorePaths } from "./restore-paths.ts";
import * as schema from "./schema.ts";
import { timelyFiles } from "./timely-files.ts";

const tags = ["snapshots"];
/** Of one person: each copies for as long as it takes. */
const RESTORES_AT_ONCE = 2;

/** A workspace as it was, for its owner; and the way back. */
export function snapshotRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  const few = createFewAtOnce(RESTORES_AT_ONCE, "restores");
  const past = { ...context, files: timelyFiles(context.files) };
  return async (app) => {
    app.get(
      "/workspaces/:id/snapshots",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "List a workspace's snapshots",
          description:
            "Moments that it can be looked back at, where it lies in your storage and that makes snapshots. One in which it was not there yet answers 404 when it is opened.",
          params: WorkspaceParams,
          response: { 200: schema.SnapshotList },
        },
      },
      async (request) => {
        const row = await requireOwn(context, callerOf(request).accountId, request.params.id);
        const { whyNot, items } = await snapshotsOf(context, row);
        return {
          items: items.map(({ name, createdAt, period }) => ({ name, created_at: createdAt.toISOString(), period })),
          possible: whyNot === null,
          why_not: whyNot,
        };
      },
    );
    app.get(
      "/workspaces/:id/snapshots/:name/files",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "List a folder as it was",
          description: "As the folder's own list, and what has become of each: the same, changed, or gone.",
          params: schema.SnapshotParams,
          querystring: FolderQuery,
          response: { 200: schema.PastPage },
        },
      },
      async (request) => {
        const { id, name } = request.params;
        const { path = "", cursor, limit } = request.query;
        const parts = parsePath(path);
        const row = await requireOwn(context, callerOf(request).accountId, id);
        await requireSnapshot(context, row, name);
        const question = { workspace: row.id, asOf: name, parts, cursor, limit };
        const { items, next_cursor } = await past.files.run(row.owner_id, "listFolderAsOf", question);
        return { path: parts.join("/"), items: [...items], next_cursor };
      },
    );
    app.get(
      "/workspaces/:id/snapshots/:name/content",
      {
        config: { policy: policies.readFiles },
        schema: {
          tags,
          summary: "Download a file as it was",
          description: "As an attachment. Range, If-Range and If-None-Match are understood. Links are never followed.",
          produces: ["application/octet-stream"],
          params: schema.SnapshotParams,
          querystring: FileQuery,
          response: downloads,
        },
      },
      async (request, reply) => {
        const { id, name } = request.params;
        const parts = parsePath(request.query.path);
        const row = await requireOwn(context, callerOf(request).accountId, id);
        await requireSnapshot(context, row, name);
        return sendFile(past, request, reply, row, parts, name);
      },
    );
    app.post(
      "/workspaces/:id/snapshots/:name/restore",
      {
        config: { policy: policies.restore },
        schema: {
          tags,
          summary: "Restore files and folders as they were",
          description:
            "One after the other, each whole or not at all; the answer comes when all are done, and says of each how it went. What lies in another one of them comes back with it, once. Missing folders on the way are made. Links are restored as links; pipes, sockets and devices are left out. What `replace` moves away is in the trash. 507 when all of it together has no room: nothing is begun then.",
          params: schema.SnapshotParams,
          body: schema.Restoring,
          response: { 200: schema.RestoredSome, ...diskFull },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { id, name } = request.params;
        const { paths, on_conflict: conflicts } = request.body;
        const row = await requireOwn(context, caller.accountId, id);
        await requireSnapshot(context, row, name);
        const { restored, failed } = await few.run(caller.accountId, () =>
          restorePaths(context, caller, { workspace: row.id, asOf: name, paths, conflicts }),
        );
        return {
          restored: [...restored],
          failed: failed.map(({ path, error }) => ({
            path,
            problem: messageIn(request.locale, error),
            code: error.code,
          })),
        };
      },
    );
  };
}
