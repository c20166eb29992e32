import type { FastifyRequest } from "fastify";
import type { Impersonator } from "../platform/principal.ts";
import type { Account } from "./account.ts";

/** Who did something, for audit entries: the account and credential, and where the request came from. */
export interface Actor {
  readonly accountId: number | null;
  readonly label: string;
  readonly credentialKind: string | null;
  readonly credentialId: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  /** The administrator who acts as this account. */
  readonly by?: Impersonator | undefined;
}

/** The server itself: what it does at start. */
export const SYSTEM: Actor = {
  accountId: null,
  label: "system",
  credentialKind: null,
  credentialId: null,
  requestId: null,
  address: null,
};

export function actorOf(request: FastifyRequest): Actor {
  const { principal } = request;
  return {
    accountId: principal?.accountId ?? null,
    label: principal?.label ?? "nobody",
    credentialKind: principal?.credential.kind ?? null,
    credentialId: principal?.credential.id ?? null,
    requestId: request.id,
    address: request.ip,
    by: principal?.impersonator,
  };
}

/** Somebody who has just proved to be this account, by a password or a link, without a credential yet. */
export function asAccount(actor: Actor, account: Pick<Account, "id" | "username">): Actor {
  return {
    ...actor,
    accountId: account.id,
    label: account.username,
    credentialKind: null,
    credentialId: null,
    by: undefined,
  };
}
