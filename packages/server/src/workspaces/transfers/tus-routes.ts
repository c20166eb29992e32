import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { policies } from "./policy.ts";
import { acceptStreams, announcedBytes, bytesOf } from "./request-bytes.ts";
import * as schema from "./schema.ts";
import {
  describeStanding,
  readChecksum,
  readCount,
  readMetadata,
  requireVersion,
  TUS_BYTES,
  TUS_CHECKSUMS,
  TUS_EXTENSIONS,
  TUS_VERSION,
} from "./tus-headers.ts";
import { isUuid, listUploads } from "./upload-rows.ts";
import { beginUpload, endUpload, type IncomingBytes, receiveBytes, requireUpload, standingOf } from "./uploads.ts";

const tags = ["uploads"];
type UploadRequest = FastifyRequest<{ Params: { id: number; upload: string } }>;

/**
 * Uploads that go on after anything: the tus protocol, exactly. Of its servers in JavaScript none fits: they keep state
 * in files of their own, and answer past our policies and error shapes.
 */
export function tusRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    acceptStreams(app, TUS_BYTES);
    app.addHook("onSend", async (request, reply) => {
      if (request.method !== "OPTIONS") reply.header("tus-resumable", TUS_VERSION);
    });
    creating(app, context);
    looking(app, context);
    receiving(app, context);
    ending(app, context);
  };
}

function creating(app: FastifyInstance, context: WorkspaceContext): void {
  app.options(
    "/workspaces/:id/uploads",
    {
      config: { policy: policies.options },
      schema: { tags, summary: "Say what uploads can do", response: schema.tus.options },
    },
    async (_request, reply) => {
      reply.headers({
        "tus-version": TUS_VERSION,
        "tus-extension": TUS_EXTENSIONS,
        "tus-max-size": context.config.limits.uploadBytes,
        "tus-checksum-algorithm": TUS_CHECKSUMS.join(","),
      });
      return reply.code(204).send(null);
    },
  );
  app.post<{ Params: { id: number } }>(
    "/workspaces/:id/uploads",
    {
      config: { policy: policies.begin },
      schema: {
        tags,
        summary: "Begin a resumable upload",
        description:
          "tus 1.0. `Upload-Length` is the file's size. `Upload-Metadata` has `path` (or `filename`), and may have `on_conflict` (replace, refuse or keep_both) and `sha256`, the whole file's, which is checked before the file gets its name. `Location` is the upload's address. A body of type application/offset+octet-stream is its beginning.",
        params: schema.WorkspaceParams,
        response: schema.tus.created,
      },
    },
    async (request, reply) => {
      requireVersion(request, reply);
      const { headers } = request;
      if (headers["upload-defer-length"] !== undefined) {
        throw new StoaError("invalid", { details: { problem: "a length that comes later is not understood here" } });
      }
      const wanted = {
        ...readMetadata(headers["upload-metadata"]),
        workspaceId: request.params.id,
        length: readCount(request, "upload-length"),
        metadata: String(headers["upload-metadata"] ?? ""),
      };
      const bytes = { ...incoming(request), offset: 0 };
      const begun = await beginUpload(context, callerOf(request), wanted);
      reply.header("location", `/api/stoa/v1/workspaces/${wanted.workspaceId}/uploads/${begun.row.id}`);
      const hasBytes = request.body !== undefined && request.body !== null && wanted.length > 0;
      const standing = hasBytes ? await receiveBytes(context, begun.row, bytes) : begun;
      return describeStanding(reply, standing).code(201).send(schema.presentUpload(standing));
    },
  );
}

function looking(app: FastifyInstance, context: WorkspaceContext): void {
  app.get<{ Params: { id: number }; Querystring: { cursor?: string; limit: number } }>(
    "/workspaces/:id/uploads",
    {
      config: { policy: policies.look },
      schema: {
        tags,
        summary: "List open uploads",
        description: "Those that have not ended. `offset` is as of the last request that wrote; HEAD knows it better.",
        params: schema.WorkspaceParams,
        querystring: schema.UploadsQuery,
        response: { 200: schema.UploadPage },
      },
    },
    async (request) => {
      const { accountId } = callerOf(request);
      const { cursor, limit } = request.query;
      if (cursor !== undefined && !isUuid(cursor)) {
        throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
      }
      const { id } = await requireOwn(context, accountId, request.params.id);
      const rows = await listUploads(context.db, accountId, id, { after: cursor ?? null, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const items = page.map((row) => schema.presentUpload({ row, offset: row.received }));
      return { items, next_cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  );
  app.get(
    "/workspaces/:id/uploads/:upload",
    {
      config: { policy: policies.look },
      schema: {
        tags,
        summary: "See where an upload stands",
        description:
          "tus 1.0's HEAD, and the same as JSON by GET. `Upload-Offset` is what is on the disk: go on from there.",
        params: schema.UploadParams,
        response: schema.tus.standing,
      },
    },
    async (request: UploadRequest, reply) => {
      if (request.method === "HEAD") requireVersion(request, reply);
      const standing = await standingOf(context, await find(context, request));
      const { row } = standing;
      reply.header("cache-control", "no-store").header("upload-length", row.length ?? 0);
      if (row.metadata !== "") reply.header("upload-metadata", row.metadata);
      return describeStanding(reply, standing).send(schema.presentUpload(standing));
    },
  );
}

function receiving(app: FastifyInstance, context: WorkspaceContext): void {
  app.patch(
    "/workspaces/:id/uploads/:upload",
    {
      config: { policy: policies.receive },
      schema: {
        tags,
        summary: "Send bytes of an upload",
        description:
          "tus 1.0. `Upload-Offset` is what HEAD said. What came of a request that broke off is kept. With `Upload-Checksum` nothing is kept of bytes that don't match (460). The last byte gives the file its name, before the answer. 423 while another request writes.",
        consumes: [TUS_BYTES],
        params: schema.UploadParams,
        response: schema.tus.received,
      },
    },
    async (request: UploadRequest, reply) => receive(context, request, reply),
  );
}

function ending(app: FastifyInstance, context: WorkspaceContext): void {
  app.delete(
    "/workspaces/:id/uploads/:upload",
    {
      config: { policy: policies.end },
      schema: {
        tags,
        summary: "Give an upload up",
        description: "tus 1.0. What came of it is removed. A file that is complete stays.",
        params: schema.UploadParams,
        response: schema.tus.ended,
      },
    },
    async (request: UploadRequest, reply) => end(context, request, reply),
  );
  app.post(
    "/workspaces/:id/uploads/:upload",
    {
      config: { policy: policies.receive },
      schema: {
        tags,
        summary: "Send bytes of an upload, where PATCH is not possible",
        description: "With `X-HTTP-Method-Override: PATCH`, or DELETE, it does as those do.",
        consumes: [TUS_BYTES],
        params: schema.UploadParams,
        response: schema.tus.received,
      },
    },
    async (request: UploadRequest, reply) => {
      const method = String(request.headers["x-http-method-override"] ?? "").toUpperCase();
      if (method === "PATCH") return receive(context, request, reply);
      if (method === "DELETE") return end(context, request, reply);
      const problem = "a POST here needs the header X-HTTP-Method-Override: PATCH or DELETE";
      throw new StoaError("invalid", { details: { problem } });
    },
  );
}

async function receive(context: WorkspaceContext, request: UploadRequest, reply: FastifyReply): Promise<FastifyReply> {
  requireVersion(request, reply);
  const type = request.headers["content-type"];
  if (type !== TUS_BYTES) throw new StoaError("unsupported_media_type", { details: { type: type ?? "(none)" } });
  const bytes = { ...incoming(request), offset: readCount(request, "upload-offset") };
  const standing = await receiveBytes(context, await find(context, request), bytes);
  return describeStanding(reply, standing).code(204).send(null);
}

async function end(context: WorkspaceContext, request: UploadRequest, reply: FastifyReply): Promise<FastifyReply> {
  requireVersion(request, reply);
  await endUpload(context, await find(context, request));
  return reply.code(204).send(null);
}

function incoming(request: FastifyRequest): Omit<IncomingBytes, "offset"> {
  return {
    length: announcedBytes(request),
    checksum: readChecksum(request),
    input: bytesOf(request),
    cut: () => request.raw.destroy(),
  };
}

function find(context: WorkspaceContext, request: UploadRequest) {
  return requireUpload(context, callerOf(request), request.params.id, request.params.upload);
}
