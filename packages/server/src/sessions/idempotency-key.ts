import type { FastifyRequest } from "fastify";
import { StoaError } from "../platform/errors/stoa-error.ts";

const LONGEST_KEY = 200;

/** The request's Idempotency-Key, or null. @throws StoaError invalid when it is none that could be kept */
export function idempotencyKey(request: Pick<FastifyRequest, "headers">): string | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && key.length > 0 && key.length <= LONGEST_KEY) return key;
  throw new StoaError("invalid", { details: { problem: `an Idempotency-Key has 1 to ${LONGEST_KEY} characters` } });
}
