import type { FastifyReply } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";

/**
 * Ends when the client is gone before its answer: nobody waits for the work any more. Its reason is the client's doing,
 * for the log, which would take any other for a defect of ours.
 */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const ending = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) ending.abort(clientLeft());
  });
  // Gone while who asks and for what was looked up: that event has been, and does not come again.
  if (reply.raw.closed && !reply.raw.writableFinished) ending.abort(clientLeft());
  return ending.signal;
}

function clientLeft(): StoaError {
  return new StoaError("invalid", { details: { problem: "the client left before its answer" } });
}
