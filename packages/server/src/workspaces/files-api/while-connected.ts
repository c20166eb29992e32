import type { FastifyReply } from "fastify";

/** Ends when the client is gone before its answer: nobody waits for the work any more. */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const ending = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) ending.abort();
  });
  return ending.signal;
}
