import type { Account } from "../../accounts/accounts.ts";
import type { Trx } from "../../platform/database/database.ts";
import type { Mailer } from "../../platform/mail/contract.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import type { WorkspacesTrx } from "../tables.ts";
import type { ShareRow } from "./tables.ts";

/** What sharing needs of the accounts domain. */
export interface SharingAccounts {
  /** Those that exist, by id; deactivated ones too. */
  byIds(ids: readonly number[], trx?: Trx): Promise<ReadonlyMap<number, Account>>;
  /** Whom of these the viewer finds in the directory. */
  findable(viewerId: number, ids: readonly number[]): Promise<ReadonlySet<number>>;
  readonly groups: {
    membersOf(groupId: number): Promise<readonly number[]>;
    isMember(membership: { readonly accountId: number; readonly groupId: number }): Promise<boolean>;
  };
}

/** The last session in a workspace: what it was, and what it was given. */
export interface LastJob {
  readonly jobType: string;
  /** By contract 3's names of parameters. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SharingContext extends WorkspaceContext {
  readonly accounts: SharingAccounts;
  readonly mail: Mailer;
  readonly addresses: Pick<Platform["addresses"], "portalOrigin">;
  /** Null: there was none. */
  lastJob(workspaceId: number): Promise<LastJob | null>;
}

/** What happened to a share, in the words of pages that listen. */
export type ShareChange = "created" | "ready" | "failed" | "accepted" | "declined" | "cancelled";

type Parties = Pick<ShareRow, "id" | "sender_id" | "receiver_id">;

/** Tells both sides' pages, in the transaction of the change. A failed copy is its sender's business alone. */
export async function publishShare(
  context: Pick<SharingContext, "events">,
  trx: WorkspacesTrx,
  share: Parties & Pick<ShareRow, "answer">,
  change: ShareChange,
): Promise<void> {
  const both = change !== "failed" || share.answer === "accepted";
  await context.events.publish(trx, {
    type: "share.changed",
    subject: { kind: "shared_workspace", id: String(share.id) },
    audience: both ? [share.sender_id, share.receiver_id] : [share.sender_id],
    data: { change },
  });
}

/** The audit entry of a write, in its transaction; both sides may read it. */
export async function recordShare(
  context: Pick<SharingContext, "audit">,
  trx: WorkspacesTrx,
  caller: Caller,
  action: "share.create" | "share.accept" | "share.delete",
  share: Parties & { readonly name: string },
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await context.audit.record(trx, {
    action,
    actor: caller.actor,
    subject: { kind: "shared_workspace", id: String(share.id), label: share.name },
    about: [share.sender_id, share.receiver_id],
    requestId: caller.requestId,
    address: caller.address,
    details: { sender_id: share.sender_id, receiver_id: share.receiver_id, ...details },
  });
}
