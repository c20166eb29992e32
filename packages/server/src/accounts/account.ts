import type { Selectable } from "kysely";
import { shownEmail } from "./claimed-address.ts";
import type { AccountStatus, AccountTables } from "./tables.ts";

/** A person as other domains and pages know them; no secret in it. */
export interface Account {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly organization: string | null;
  readonly isAdmin: boolean;
  readonly active: boolean;
  /** `pending`: registered, but the e-mail address is not confirmed yet. */
  readonly status: AccountStatus;
  readonly locale: "en" | "fa" | null;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly emailVerified: boolean;
  /** Only a service's word: show it by `emailShownTo`. */
  readonly emailIsClaim: boolean;
  /** The service that brought them; null: they came themselves. */
  readonly broughtBy: number | null;
  /** Wanted, but not proven yet. */
  readonly newEmail: string | null;
  /** Whether others find it in the directory. */
  readonly directoryVisible: boolean;
  readonly secondFactor: boolean;
  /** When it will be deleted, if nobody cancels. */
  readonly deletionDueAt: Date | null;
  /** A tombstone: nothing of the person is left but the user name. */
  readonly deleted: boolean;
}

export type AccountRow = Selectable<AccountTables["accounts"]>;

export function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    email: shownEmail(row.email),
    fullName: row.full_name,
    organization: row.organization,
    isAdmin: row.is_admin,
    active: row.status === "active",
    status: row.status,
    locale: row.locale,
    mustChangePassword: row.must_change_password,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
    emailVerified: row.email_verified_at !== null,
    emailIsClaim: row.brought_by !== null && row.email_verified_at === null && row.password_hash === null,
    broughtBy: row.brought_by,
    newEmail: row.new_email,
    directoryVisible: row.directory_visible,
    secondFactor: row.second_factor_at !== null,
    deletionDueAt: row.deletion_due_at,
    deleted: row.deleted_at !== null,
  };
}
