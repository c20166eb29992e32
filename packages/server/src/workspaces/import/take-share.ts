import type { Transaction } from "kysely";
import { noteImported } from "../../platform/imports/imported-things.ts";
import type { CurrentDetails, RequestDetails, WorkspacesTrx } from "../tables.ts";
import { actorOf, type Numbered, type Origin, type TakingWorkspaces } from "./taking.ts";

export interface ComingShare {
  readonly originalId: number;
  /** The shared workspace's, which the receiver has. */
  readonly sharedId: number;
  readonly senderId: number;
  readonly receiverId: number;
  /** Of the original, as the receiver was shown it. */
  readonly name: string;
  readonly description: string;
  readonly requestDetails: RequestDetails;
  readonly currentDetails: CurrentDetails;
  /** Bytes. */
  readonly diskSpace: number;
  readonly lastJobType: string | null;
  readonly lastResourceOptions: Readonly<Record<string, unknown>>;
  readonly accepted: boolean;
  readonly createdAt: Date;
  /** Null while it waits for an answer. */
  readonly acceptedAt: Date | null;
}

/** A share whose files were copied by the other service. */
export async function takeShare(context: TakingWorkspaces, coming: ComingShare, origin: Origin): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    await insertShare(trx, coming, await insertOffer(trx, coming));
    await context.audit.record(trx, {
      action: "share.import",
      actor: actorOf(origin),
      subject: { kind: "share", id: String(coming.sharedId), label: coming.name },
      about: [coming.senderId, coming.receiverId],
      details: { source: origin.source, old_id: origin.oldId, accepted: coming.accepted },
    });
    const numbered: Transaction<Numbered> = trx.withTables<Numbered>();
    const { source, oldId } = origin;
    await noteImported(numbered, [{ source, kind: "share", oldId, newId: coming.sharedId }]);
  });
}

async function insertOffer(trx: WorkspacesTrx, coming: ComingShare): Promise<number> {
  const { id } = await trx
    .insertInto("share_offers")
    .values({
      original_workspace_id: coming.originalId,
      sender_id: coming.senderId,
      name: coming.name,
      description: coming.description,
      request_details: JSON.stringify(coming.requestDetails),
      current_details: JSON.stringify(coming.currentDetails),
      disk_space: coming.diskSpace,
      last_job_type: coming.lastJobType,
      last_resource_options: JSON.stringify(coming.lastResourceOptions),
      created_at: coming.createdAt,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

async function insertShare(trx: WorkspacesTrx, coming: ComingShare, offerId: number): Promise<void> {
  await trx
    .insertInto("workspace_shares")
    .values({
      id: coming.sharedId,
      offer_id: offerId,
      original_workspace_id: coming.originalId,
      sender_id: coming.senderId,
      receiver_id: coming.receiverId,
      copy_state: "ready",
      answer: coming.accepted ? "accepted" : null,
      answered_at: coming.accepted ? (coming.acceptedAt ?? coming.createdAt) : null,
      copied_bytes: coming.diskSpace,
      created_at: coming.createdAt,
      ready_at: coming.createdAt,
    })
    .execute();
}
