import type { StorageSubject } from "../api/storage.ts";

/** Share of the quota from which it is said to be nearly full. */
export const NEAR = 0.8;

export type Level = "ok" | "near" | "full" | "over";

/** What the kernel refuses can leave a few blocks free. */
const FULL_WITHIN = 2 ** 20;

/** How full it is, as the server has it; without a quota it never is. */
export function levelOf({ used, effective_quota: quota }: Pick<StorageSubject, "used" | "effective_quota">): Level {
  if (quota === 0) return "ok";
  if (used > quota) return "over";
  if (used >= quota - Math.min(FULL_WITHIN, quota / 100)) return "full";
  return used >= quota * NEAR ? "near" : "ok";
}

/** Where two may have the same owner's name: the directory's, with the owner's beside it where that is another. */
export function tileName(subject: Pick<StorageSubject, "name" | "account" | "group">): string {
  const owner = ownerName(subject);
  return owner === subject.name ? owner : `${subject.name} (${owner})`;
}

/** Whose it is, for titles: the person's or group's name where it is linked. */
export const ownerName = ({ name, account, group }: Pick<StorageSubject, "name" | "account" | "group">): string =>
  (account === null ? group?.name : account.full_name || account.username) ?? name;
