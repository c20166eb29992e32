import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Whose servers and tokens are meant: the caller's own. @throws StoaError forbidden: a service has none */
export function accountOf({ principal }: FastifyRequest): number {
  if (principal?.accountId == null) throw new StoaError("forbidden", { details: { needs: "an account of one's own" } });
  return principal.accountId;
}
