import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { parseNewPath, parsePath } from "../files/file-names.ts";
import { last } from "../files/place-files.ts";
import { disposition } from "../files-api/download.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { policies } from "./policy.ts";
import { acceptStreams, announcedBytes, bytesOf } from "./request-bytes.ts";
import * as schema from "./schema.ts";
import { receiveTree } from "./trees.ts";
import { queueUnpacking } from "./unpack-operation.ts";

const tags = ["files"];
/** Bytes that wait for a slow reader. */
const WAITING_BYTES = 256 * 1024;

/** Many files and folders at once: in as a tar stream, out as a zip, and out of an archive that lies there. */
export function archiveRoutes(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(batchRoute(context));
    app.get(
      "/workspaces/:id/files/zip",
      {
        config: { policy: policies.download },
        schema: {
          tags,
          summary: "Download a selection as zip",
          description:
            "`path` once for each file or folder. Written while it is sent. What can't be read, links included, is told in `_errors.txt` inside.",
          produces: ["application/zip"],
          params: schema.WorkspaceParams,
          querystring: schema.ZipQuery,
          response: schema.zip,
        },
      },
      async (request, reply) => sendZip(context, request, reply, request.params.id, request.query.path),
    );
    app.post(
      "/workspaces/:id/files/zip",
      {
        config: { policy: policies.downloadByPost },
        schema: {
          tags,
          summary: "Download a long selection as zip",
          description: "As the GET, for more paths than an address can hold.",
          produces: ["application/zip"],
          params: schema.WorkspaceParams,
          body: schema.ZipBody,
          response: schema.zip,
        },
      },
      async (request, reply) => sendZip(context, request, reply, request.params.id, request.body.paths),
    );
    app.post(
      "/workspaces/:id/files/unpack",
      {
        config: { policy: policies.unpack },
        schema: {
          tags,
          summary: "Unpack an archive",
          description:
            "In the background, with progress; the contents appear all at once, or not at all. Refused, naming the entry: names that lead out, links, devices, entries that are encrypted, damaged or there twice, and more than the limits of STOA_ARCHIVE_*.",
          params: schema.WorkspaceParams,
          body: schema.NewUnpacking,
          response: schema.unpack,
        },
      },
      async (request, reply) => {
        const { path, to, on_conflict: conflicts = "refuse" } = request.body;
        const parts = parseNewPath(path);
        const target = to === undefined ? besideArchive(parts) : folderOf(to);
        const wanted = { workspaceId: request.params.id, parts, to: target, conflicts };
        const { id } = await queueUnpacking(context, callerOf(request), wanted);
        return reply.code(202).send({ operation_id: id });
      },
    );
  };
}

/** In a plugin of its own: only here a tar archive is a body. */
function batchRoute(context: WorkspaceContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.removeAllContentTypeParsers();
    acceptStreams(app, "application/x-tar");
    app.put(
      "/workspaces/:id/files/batch",
      {
        config: { policy: policies.batch },
        schema: {
          tags,
          summary: "Upload many files and folders at once",
          description:
            "The body is a tar archive, which is unpacked as it comes. All appear at once, or none; empty folders and the owner's x bit are kept. Refused: names that lead out, links, devices.",
          consumes: ["application/x-tar"],
          params: schema.WorkspaceParams,
          querystring: schema.BatchQuery,
          response: schema.batch,
        },
      },
      async (request) => {
        const { path = "", on_conflict: conflicts = "refuse" } = request.query;
        const parts = folderOf(path);
        const wanted = {
          workspaceId: request.params.id,
          parts,
          conflicts,
          input: bytesOf(request),
          bytes: announcedBytes(request),
        };
        const received = await receiveTree(context, callerOf(request), wanted);
        return { path: parts.join("/"), files: received.files, bytes: received.bytes };
      },
    );
  };
}

async function sendZip(
  context: WorkspaceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  workspaceId: number,
  wanted: readonly string[],
): Promise<FastifyReply> {
  const paths = [...new Set(wanted)].map((path) => parsePath(path));
  const row = await requireOwn(context, callerOf(request).accountId, workspaceId);
  const { archiveEntries: entries } = context.config.limits;
  const { bytes } = await context.files.open(row.owner_id, "packSelection", { workspace: row.id, paths, entries });
  const [only = []] = paths;
  const name = paths.length === 1 && only.length > 0 ? last(only) : row.name;
  reply.headers({
    "content-type": "application/zip",
    "content-disposition": disposition(`${name.replaceAll("/", "_")}.zip`),
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  if (request.method === "HEAD") {
    await bytes[Symbol.asyncDispose]();
    return reply.send(Readable.from([]));
  }
  return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: WAITING_BYTES }));
}

/** A folder to put things into: the workspace itself, or one of a name that we could make. */
function folderOf(path: string): string[] {
  return path === "" || path === "/" ? [] : parseNewPath(path);
}

/** `data/set.tar.gz` goes into `data/set`. */
function besideArchive(parts: readonly string[]): string[] {
  const stem = last(parts).replace(/\.(zip|tar|tgz|tar\.gz)$/i, "");
  return [...parts.slice(0, -1), stem === last(parts) || stem === "" ? `${last(parts)}-contents` : stem];
}
