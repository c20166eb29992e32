import type { FastifyRequest } from "fastify";
import { StoaError } from "../platform/errors/stoa-error.ts";

/** Whose activity it is. @throws StoaError forbidden for a service's key: it belongs to nobody */
export function askerOf({ principal }: FastifyRequest): number {
  if (principal?.accountId == null) throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  return principal.accountId;
}
