import type { FastifyRequest } from "fastify";
import type { Accounts } from "../accounts/accounts.ts";
import type { AuditEntry } from "../platform/audit/contract.ts";
import type { Trx } from "../platform/database/database.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Platform } from "../platform/platform.ts";
import type { Principal } from "../platform/principal.ts";
import type { Room } from "../storage/storage.ts";
import type { JobType } from "./job-types/contract.ts";
import type { LastSeen } from "./last-seen.ts";
import type { Parameter } from "./resource-options/parameters.ts";
import type { Resource } from "./resources/contract.ts";
import type { JobRow, SessionsDb } from "./tables.ts";

/** A workspace, as far as sessions know it. */
export interface SessionWorkspace {
  readonly id: number;
  readonly owner_id: number;
  readonly name: string;
  readonly default_job_type: string | null;
}

/** What sessions need of the workspaces domain; its entry provides it. */
export interface SessionWorkspaces {
  /** Locks it until the transaction ends. Null: not this owner's, not there, or being deleted. */
  lockForStart(trx: Trx, ownerId: number, workspaceId: number): Promise<SessionWorkspace | null>;
  /** Absolute. */
  directory(workspace: { readonly id: number; readonly owner_id: number }): string;
  /**
   * A folder in it, as a path below its root; empty: the root.
   * @throws StoaError invalid (no path), not_found, conflict (no folder, a link on the way)
   */
  folder(workspace: { readonly id: number; readonly owner_id: number }, path: string): Promise<string>;
  markActive(trx: Trx, workspaceId: number): Promise<void>;
  markIdle(trx: Trx, workspaceId: number): Promise<void>;
  requestRescan(trx: Trx, workspaceId: number): Promise<void>;
  /** Names by id, deleted ones too. @param trx one that is open: it must not wait for a second connection */
  names(ids: readonly number[], trx?: Trx): Promise<ReadonlyMap<number, string>>;
  /** Those whose name has this in it, deleted ones too. @param ownerId null: everybody's */
  named(text: string, ownerId: number | null): Promise<number[]>;
}

/** What sessions need of the accounts domain. */
export type SessionPeople = Pick<Accounts, "byIds" | "findable" | "groups" | "named">;

/** What the parts of this domain are functions of. */
export interface SessionsContext {
  readonly platform: Platform;
  readonly db: SessionsDb;
  readonly workspaces: SessionWorkspaces;
  readonly people: SessionPeople;
  readonly jobTypes: ReadonlyMap<string, JobType>;
  /** What may be asked of a resource. */
  readonly parameters: readonly Parameter[];
  /** Runs sessions on this node. */
  readonly local: Resource;
  readonly lastSeen: LastSeen;
  /** How much room somebody's storage has; null: nothing is known, or they have no quota. */
  roomOf(accountId: number): Promise<Room | null>;
  /** Whether their workspaces are being moved to elsewhere: none of their sessions begins meanwhile. */
  isMoving(trx: Trx, accountId: number): Promise<boolean>;
  /** Absolute paths of what their groups share, which their sessions may write to as the system lets them. */
  sharedFolders(ownerId: number): Promise<readonly string[]>;
}

/** Whether this server can reach the job's resource: it is on this node, and its traces are in our directory. */
export function isHere(context: SessionsContext, job: Pick<JobRow, "node_id" | "place">): boolean {
  const { config } = context.platform;
  return job.node_id === config.nodeId && (job.place === null || job.place === context.local.place);
}

/** Who asks, and where the request came from. */
export interface Caller {
  readonly accountId: number;
  readonly isAdmin: boolean;
  readonly principal: Principal;
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

/** @throws StoaError forbidden for a service's key: it has no sessions */
export function callerOf(request: FastifyRequest): Caller {
  const { principal } = request;
  if (principal === null || principal.accountId === null) {
    throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  }
  return {
    accountId: principal.accountId,
    isAdmin: principal.isAdmin,
    principal,
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

/** The server itself, for what happens without anybody asking. */
export const SYSTEM: AuditEntry["actor"] = {
  accountId: null,
  label: "system",
  credentialKind: null,
  credentialId: null,
};

/** Reads an id from an address; null for what can be nobody's: not a number, zero, beyond 2^53 − 1. */
export function parseId(text: string): number | null {
  if (!/^[0-9]{1,16}$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}
