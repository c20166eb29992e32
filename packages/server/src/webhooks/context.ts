import type { FastifyRequest } from "fastify";
import type { Account, Accounts } from "../accounts/accounts.ts";
import type { AuditEntry } from "../platform/audit/contract.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Platform } from "../platform/platform.ts";
import type { Targets } from "./endpoints/targets.ts";
import type { EndpointRow, WebhooksDb, WebhooksTrx } from "./tables.ts";

/** What webhooks need of the accounts domain. */
export type WebhookPeople = Pick<Accounts, "byIds" | "get">;

/** What every part of this domain is a function of. */
export interface WebhooksContext {
  readonly platform: Platform;
  readonly db: WebhooksDb;
  readonly people: WebhookPeople;
  /** Which addresses may be called. */
  readonly targets: Targets;
  /** The clock that attempts are planned by. */
  readonly now: () => Date;
}

/** Who asks; webhooks belong to people. */
export interface Caller {
  readonly accountId: number;
  readonly isAdmin: boolean;
}

/** @throws StoaError forbidden for a service's key: it belongs to nobody */
export function callerOf({ principal }: FastifyRequest): Caller {
  if (principal === null || principal.accountId === null) {
    throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  }
  return { accountId: principal.accountId, isAdmin: principal.isAdmin };
}

/**
 * Whose addresses, with their paths, are shown whole: the owner's to the owner, and to nobody who acts as them. Null:
 * nobody's.
 */
export function ownEyes({ principal }: FastifyRequest): number | null {
  return principal?.impersonator === undefined ? (principal?.accountId ?? null) : null;
}

/** What others than the owner see of an address: scheme, host and port. The rest is often a secret of the receiver's. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}

/** Whether somebody is told anything: not whose account is deactivated, deleted or being deleted. */
export function isTold({ active, deleted, deletionDueAt }: Account): boolean {
  return active && !deleted && deletionDueAt === null;
}

/** What the server itself does. */
export const SYSTEM: AuditEntry["actor"] = {
  accountId: null,
  label: "system",
  credentialKind: null,
  credentialId: null,
};

/** Audit entry of a change to an endpoint. Never its path or query: receivers' addresses are often secrets themselves. */
export async function record(
  { platform }: Pick<WebhooksContext, "platform">,
  trx: WebhooksTrx,
  by: Pick<AuditEntry, "actor" | "requestId" | "address">,
  action: string,
  endpoint: Pick<EndpointRow, "id" | "account_id" | "name" | "url">,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await platform.audit.record(trx, {
    ...by,
    action,
    subject: { kind: "webhook", id: String(endpoint.id), label: endpoint.name },
    about: [endpoint.account_id],
    details: { target: new URL(endpoint.url).origin, ...details },
  });
}

/** Tells open pages that an endpoint is not as it was. */
export async function publishChange(
  { platform }: Pick<WebhooksContext, "platform">,
  trx: WebhooksTrx,
  endpoint: Pick<EndpointRow, "id" | "account_id">,
): Promise<void> {
  await platform.events.publish(trx, {
    type: "webhook.changed",
    subject: { kind: "webhook", id: String(endpoint.id) },
    audience: [endpoint.account_id],
    data: {},
  });
}
