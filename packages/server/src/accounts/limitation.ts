import type { Config } from "../config/schema.ts";
import type { Limitation } from "../platform/principal.ts";
import type { AccountRow } from "./account.ts";

type Limited = Pick<AccountRow, "kind" | "is_admin" | "second_factor_at" | "deletion_due_at" | "email_verified_at">;

/** What keeps this person from the rest, the most pressing first; null: nothing. */
export function limitationOf(account: Limited, { accounts }: Pick<Config, "accounts">): Limitation | null {
  if (account.deletion_due_at !== null) return "deletion";
  // A service has no telephone, no mailbox and no password: its tokens are all there is.
  if (account.kind === "service") return null;
  if (account.second_factor_at === null && needsSecondFactor(account, accounts.secondFactor)) return "second-factor";
  // Somebody has to be able to put mail in order.
  if (accounts.unverified === "look" && account.email_verified_at === null && !account.is_admin) return "unverified";
  return null;
}

/** Whether the configuration asks this person for a second factor. */
export function needsSecondFactor(
  { is_admin: isAdmin }: Pick<AccountRow, "is_admin">,
  required: Config["accounts"]["secondFactor"],
): boolean {
  return required === "everyone" || (required === "admins" && isAdmin);
}
