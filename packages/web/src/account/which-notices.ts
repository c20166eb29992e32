import type { WebSession } from "../api/types.ts";

export interface WhichNotices {
  /** When the account goes. */
  readonly leavesAt: string | null;
  /** The address waits to be proven, and a mail can be sent for it now. */
  readonly unproven: boolean;
}

/** What stands between a person and the rest. */
export function whichNotices({ account, limitation, features }: WebSession): WhichNotices {
  if (account === null) return { leavesAt: null, unproven: false };
  const leavesAt = account.deletion_due_at;
  // Without mail there is nothing to open, unless it holds the person back. Who leaves may have none sent anyway.
  const asked = features.mail === true || limitation === "unverified";
  return { leavesAt, unproven: leavesAt === null && asked && !account.email_verified };
}
