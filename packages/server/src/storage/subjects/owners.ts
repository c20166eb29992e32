import type { StorageContext } from "../context.ts";
import type { Owner } from "../hosts/contract.ts";
import type { SubjectRow } from "../tables.ts";

/**
 * Who owns a subject's directory: all STORAGE_UID and STORAGE_GID, or (STORAGE_OWNERSHIP=account) the linked person
 * by their system account, a group's by its number. What is linked to nobody is the contract's in both.
 * @throws StoaError unavailable: the system account can't be had just now
 */
export async function ownerOf(
  { platform }: Pick<StorageContext, "platform">,
  row: Pick<SubjectRow, "account_id" | "group_id">,
): Promise<Owner> {
  const { uid, gid, ownership } = platform.config.storage;
  const { processes } = platform;
  if (ownership === "contract" || processes === null) return { uid, gid };
  if (row.account_id !== null) return { uid: (await processes.accountOf(row.account_id)).uid, gid };
  if (row.group_id !== null) return { uid, gid: (await processes.gidOf(row.group_id)) ?? gid };
  return { uid, gid };
}

/**
 * Whether a directory stays whose it was: others made it, and nobody has said whose it is; or all are to be the
 * contract's, and who has written there until now would be shut out of it.
 */
export function keepsOwner(
  { platform }: Pick<StorageContext, "platform">,
  { adopted, account_id, group_id }: Pick<SubjectRow, "adopted" | "account_id" | "group_id">,
): boolean {
  return adopted && (platform.config.storage.ownership === "contract" || (account_id === null && group_id === null));
}
