import type { FastifyRequest } from "fastify";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Caller } from "./context.ts";

/** Who asks, for services. @throws StoaError forbidden for a credential that is no person's */
export function callerOf(request: FastifyRequest): Caller {
  const { principal } = request;
  if (principal === null) throw new StoaError("unauthenticated");
  if (principal.accountId === null) throw new StoaError("forbidden", { details: { needs: "a person's account" } });
  return {
    accountId: principal.accountId,
    actor: {
      accountId: principal.accountId,
      label: principal.label,
      credentialKind: principal.credential.kind,
      credentialId: principal.credential.id,
      by: principal.impersonator,
    },
    requestId: request.id,
    address: request.ip,
  };
}
