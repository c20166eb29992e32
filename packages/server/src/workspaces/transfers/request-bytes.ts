import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { closeRefused } from "../files-api/close-refused.ts";

/** Bodies of these content types come as they arrive; what is refused in its midst is not received to its end. */
export function acceptStreams(app: FastifyInstance, ...types: readonly string[]): void {
  closeRefused(app);
  for (const type of types) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
}

/**
 * The body's bytes; none without a body. One that is cut off is the client's failing, not ours. Whoever reads no further
 * leaves the request whole: its rest is read past, or its connection closed, once it was answered.
 */
export async function* bytesOf(request: FastifyRequest): AsyncGenerator<Buffer> {
  const body = request.body as Readable | undefined | null;
  if (body === undefined || body === null) return;
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new StoaError("invalid", { details: { problem: "the upload was cut off" }, cause: error });
  }
}

/** Bytes that the client says will come; null when it doesn't. */
export function announcedBytes(request: FastifyRequest): number | null {
  const header = request.headers["content-length"];
  return header === undefined ? null : Number(header);
}
