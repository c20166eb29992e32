import type { FastifyRequest } from "fastify";
import type { AuditEntry } from "./contract.ts";

/** Who asked, and from where, for the entry of a change that a request makes. */
export function entryBy({ principal, id, ip }: FastifyRequest): Pick<AuditEntry, "actor" | "requestId" | "address"> {
  return {
    actor: {
      accountId: principal?.accountId ?? null,
      label: principal?.label ?? "nobody",
      credentialKind: principal?.credential.kind ?? null,
      credentialId: principal?.credential.id ?? null,
      by: principal?.impersonator,
    },
    requestId: id,
    address: ip,
  };
}
