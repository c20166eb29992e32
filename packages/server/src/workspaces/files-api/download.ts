import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type OpenedFile, streamOf } from "../files/read-file.ts";
import { readRange } from "../files/read-range.ts";

/**
 * Sends a file as an attachment, whole or the range that was asked for. Never shown by the browser on our
 * own origin, whatever is in it. Closes the file.
 */
export function sendFile(request: FastifyRequest, reply: FastifyReply, file: OpenedFile, name: string): FastifyReply {
  const { size, mtime } = file.stats;
  reply.headers({
    "accept-ranges": "bytes",
    etag: file.etag,
    "last-modified": mtime.toUTCString(),
    "cache-control": "private, no-cache",
  });
  if (matches(request.headers["if-none-match"], file.etag)) return sendEmpty(reply.code(304), file);
  const range = isRangeWanted(request, file) ? readRange(request.headers.range, size) : null;
  if (range === "unsatisfiable") return sendEmpty(reply.code(416).header("content-range", `bytes */${size}`), file);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) reply.code(206).header("content-range", `bytes ${start}-${end}/${size}`);
  reply.headers({
    "content-type": "application/octet-stream",
    "content-length": end - start + 1,
    "content-disposition": disposition(name),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  if (request.method === "HEAD") return sendEmpty(reply, file);
  return reply.send(streamOf(file, { start, end }));
}

/** An empty stream, since Fastify's HEAD takes no null. */
function sendEmpty(reply: FastifyReply, file: OpenedFile): FastifyReply {
  void file.handle.close();
  return reply.send(reply.request.method === "HEAD" ? Readable.from([]) : null);
}

/** With If-Range a changed file is sent whole. */
function isRangeWanted(request: FastifyRequest, file: OpenedFile): boolean {
  const condition = request.headers["if-range"];
  if (condition === undefined) return true;
  return condition === file.etag || condition === file.stats.mtime.toUTCString();
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/** RFC 6266: the real name in UTF-8, and one for old clients. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
