import type { FastifyRequest } from "fastify";
import type { Accounts } from "../accounts/accounts.ts";
import type { AuditEntry } from "../platform/audit/contract.ts";
import { entryBy } from "../platform/audit/entry-by.ts";
import type { Platform } from "../platform/platform.ts";
import type { StorageDriver } from "./drivers/contract.ts";
import type { CountedNow, KnownSubjects } from "./subjects/known-subjects.ts";
import type { Settler } from "./subjects/settler.ts";
import type { StorageDb, StorageTrx, SubjectRow } from "./tables.ts";

/** What storage needs of the accounts domain. */
export type StoragePeople = Pick<Accounts, "byIds" | "get" | "groups">;

/** What the parts of this domain are functions of. */
export interface StorageContext {
  readonly platform: Platform;
  readonly db: StorageDb;
  readonly driver: StorageDriver;
  readonly people: StoragePeople;
  readonly known: KnownSubjects;
  readonly settler: Settler;
  /** Why one can't be deleted, or be somebody else's: what people have lies in it. Null: it can. */
  inUse(row: Pick<SubjectRow, "name" | "account_id">): Promise<string | null>;
  /** An account is being deleted: nothing of theirs is looked for in their storage any more. Safe to repeat. */
  leave(accountId: number): Promise<void>;
}

/** Who asks, and where the request came from; a service's key has no account. */
export interface Caller {
  readonly accountId: number | null;
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

/** The server itself, for what happens without anybody asking. */
export const SYSTEM: Caller = {
  accountId: null,
  actor: { accountId: null, label: "system", credentialKind: null, credentialId: null },
  requestId: null,
  address: null,
};

export function callerOf(request: FastifyRequest): Caller {
  return {
    accountId: request.principal?.accountId ?? null,
    ...entryBy(request),
    requestId: request.id,
    address: request.ip,
  };
}

type Changed = Pick<SubjectRow, "id" | "kind" | "name" | "account_id">;

/** The audit entry of a write, in its transaction. */
export async function recordChange(
  { platform }: Pick<StorageContext, "platform">,
  trx: StorageTrx,
  caller: Caller,
  action: string,
  subject: Changed,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await platform.audit.record(trx, {
    action,
    actor: caller.actor,
    subject: { kind: "storage", id: String(subject.id), label: `${subject.kind}/${subject.name}` },
    about: subject.account_id === null ? [] : [subject.account_id],
    requestId: caller.requestId,
    address: caller.address,
    details,
  });
}

/** What pages and other servers follow: published in the transaction of each change to a subject. */
export const CHANGED = "storage.changed";
/** Usage was counted anew: for servers' memories. */
export const COUNTED = "storage.counted";

/** Tells pages and other servers' memories of one subject's change, in its transaction. */
export async function publishChange(
  { platform }: Pick<StorageContext, "platform">,
  trx: StorageTrx,
  subject: Changed,
): Promise<void> {
  await platform.events.publish(trx, {
    type: CHANGED,
    subject: { kind: "storage", id: String(subject.id) },
    audience: subject.account_id === null ? [] : [subject.account_id],
    data: { ids: [subject.id] },
  });
}

/**
 * Of many whose figures alone have changed, with the figures: nobody has to read them again. Too many to name: that
 * they have.
 */
export async function publishCounted(
  { platform }: Pick<StorageContext, "platform">,
  trx: StorageTrx,
  counted: CountedNow,
): Promise<void> {
  const { at, kind, figures } = counted;
  await platform.events.publish(trx, {
    type: COUNTED,
    subject: { kind: "storage", id: "all" },
    audience: "internal",
    data: figures.length > MOST_NAMED ? { figures: null } : { at: at.toISOString(), kind, figures },
  });
}

/** Figures of one event: some 20 KB. */
export const MOST_NAMED = 1_000;
