import type { FastifyRequest } from "fastify";
import type { Accounts } from "../accounts/accounts.ts";
import type { Activity } from "../activity/activity.ts";
import type { AuditEntry } from "../platform/audit/contract.ts";
import { entryBy } from "../platform/audit/entry-by.ts";
import type { Platform } from "../platform/platform.ts";
import type { Room } from "../storage/storage.ts";
import type { HubClient } from "./client/contract.ts";
import type { HubDb, HubTrx } from "./tables.ts";

/** What this domain needs of the others. */
export interface HubNeeds {
  readonly people: Pick<Accounts, "admins" | "byIds" | "get" | "named" | "provenAgain">;
  readonly statsOf: Activity["statsOf"];
  /** How much room somebody has; null: no quota of their own. From memory. */
  readonly roomOf: (accountId: number) => Room | null;
}

/** What the parts of this domain are functions of. */
export interface HubContext extends HubNeeds {
  readonly platform: Platform;
  readonly db: HubDb;
  /** Null: no hub is configured. */
  readonly client: HubClient | null;
}

/** Who asks, and where the request came from. */
export interface Caller {
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

/** The server itself, for what happens without anybody asking. */
export const SYSTEM: Caller = {
  actor: { accountId: null, label: "system", credentialKind: null, credentialId: null },
  requestId: null,
  address: null,
};

export function callerOf(request: FastifyRequest): Caller {
  const { actor, requestId, address } = entryBy(request);
  return { actor, requestId: requestId ?? null, address: address ?? null };
}

/** The audit entry of a write about somebody's hub user or server, in its transaction. */
export async function recordChange(
  { platform }: Pick<HubContext, "platform">,
  trx: HubTrx,
  caller: Caller,
  action: string,
  about: { readonly accountId: number | null; readonly name: string },
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await platform.audit.record(trx, {
    action,
    ...caller,
    subject: { kind: "hub-user", id: about.name, label: about.name },
    about: about.accountId === null ? [] : [about.accountId],
    details,
  });
}

/**
 * A server began, is there, ends or has ended; `data`: user, server, state, because?. Of its idle time: `state` is
 * `idle_warned` with `idle_stop_at`, or `idle_withdrawn`.
 */
export const SERVER_EVENT = "hub.server";
/** Somebody's user at the hub was linked or unlinked. */
export const USER_EVENT = "hub.user";
/** A launch went on; `data`: server, state, cause?. */
export const LAUNCH_EVENT = "hub.launch";

/** A server's id in events and operations: the hub's name of its user, and its own. */
export function serverId(userName: string, server: string): string {
  return `${userName}/${server}`;
}
