import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { WorkspaceContext } from "../context.ts";
import { last } from "../files/place-files.ts";
import type { WorkspaceRow } from "../tables.ts";

/** Bytes that wait for a slow reader. */
const WAITING_BYTES = 256 * 1024;

/**
 * Sends a file as an attachment, whole or the range that was asked for. Never shown by the browser on our
 * own origin, whatever is in it.
 * @param asOf a snapshot's name; left out: as it is
 * @throws StoaError not_found, conflict
 */
export async function sendFile(
  context: Pick<WorkspaceContext, "files">,
  request: FastifyRequest,
  reply: FastifyReply,
  row: Pick<WorkspaceRow, "id" | "owner_id">,
  parts: readonly string[],
  asOf?: string,
): Promise<FastifyReply> {
  const isHead = request.method === "HEAD";
  const { head, bytes } = await context.files.open(row.owner_id, "downloadFile", {
    workspace: row.id,
    parts,
    asOf,
    ifNoneMatch: request.headers["if-none-match"],
    ifRange: ifRangeOf(request),
    range: request.headers.range,
    headOnly: isHead,
  });
  reply.headers({
    "accept-ranges": "bytes",
    etag: head.etag,
    "last-modified": new Date(head.modified_at).toUTCString(),
    // Chromium, with a piece of the version before, was seen to ask for that much of the next one, and to take it for all.
    "cache-control": "private, no-store",
  });
  if (head.answer === "unchanged" || head.answer === "unsatisfiable") {
    await bytes[Symbol.asyncDispose]();
    if (head.answer === "unchanged") return sendEmpty(reply.code(304));
    return sendEmpty(reply.code(416).header("content-range", `bytes */${head.size}`));
  }
  const { start, end } = head.range ?? { start: 0, end: head.size - 1 };
  if (head.range) reply.code(206).header("content-range", `bytes ${start}-${end}/${head.size}`);
  reply.headers({
    "content-type": "application/octet-stream",
    "content-length": end - start + 1,
    "content-disposition": disposition(last(parts)),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  if (isHead) {
    await bytes[Symbol.asyncDispose]();
    return sendEmpty(reply);
  }
  const held = heldTo(end - start + 1, bytes);
  return reply.send(Readable.from(held, { objectMode: false, highWaterMark: WAITING_BYTES }));
}

/**
 * As many bytes as were announced, or the connection ends. One more, and a proxy that keeps its connections would
 * take it for the beginning of somebody else's answer: and who sends them may be a program of the file's owner.
 */
export async function* heldTo(length: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const chunk of bytes) {
    left -= chunk.byteLength;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new Error(`a file came with ${length - left} bytes and was announced with ${length}`);
}

/** An empty stream, since Fastify's HEAD takes no null. */
function sendEmpty(reply: FastifyReply): FastifyReply {
  return reply.send(reply.request.method === "HEAD" ? Readable.from([]) : null);
}

function ifRangeOf(request: FastifyRequest): string | undefined {
  const header = request.headers["if-range"];
  return typeof header === "string" ? header : undefined;
}

/** RFC 6266: the real name in UTF-8, and one for old clients. */
export function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
