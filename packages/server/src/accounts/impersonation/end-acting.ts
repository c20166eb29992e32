import { sql } from "kysely";
import type { Revoke } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";

/** Whose acting ends: that which stands by one sign-in, all of an administrator's, or all as one person. */
export type WhoseActing =
  | {
      readonly ownSession: string /** The administrator, where the session is not proven to be theirs. */;
      readonly of?: number;
    }
  | { readonly adminId: number; readonly except?: string | undefined }
  | { readonly accountId: number }
  /** Minutes that were agreed on when it began. */
  | { readonly longerThan: number };

/**
 * Ends web sessions by which administrators act as others, on every process within 1 s. Each place that takes away
 * what they stand by calls it: the database would let them fall too, but open streams hear of revocations only.
 */
export async function endActing(trx: AccountsTrx, revoke: Revoke, whose: WhoseActing): Promise<void> {
  let acting = trx
    .selectFrom("web_sessions as s")
    .innerJoin("impersonations as i", "i.id", "s.impersonation_id")
    .select("s.id");
  if ("ownSession" in whose) {
    acting = acting.where("s.acting_session_id", "=", whose.ownSession);
    if (whose.of !== undefined) acting = acting.where("i.admin_id", "=", whose.of);
  } else if ("longerThan" in whose) {
    acting = acting.where(sql<boolean>`i.ends_at - i.begun_at > make_interval(mins => ${whose.longerThan})`);
  } else if ("accountId" in whose) acting = acting.where("i.account_id", "=", whose.accountId);
  else {
    acting = acting.where("i.admin_id", "=", whose.adminId);
    if (whose.except !== undefined) acting = acting.where("s.acting_session_id", "!=", whose.except);
  }
  const ended = await trx.deleteFrom("web_sessions").where("id", "in", acting).returning("id").execute();
  for (const { id } of ended) await revoke({ credentialId: id });
}
