import { sql } from "kysely";
import type { MailTables } from "../../platform/mail/tables.ts";
import type { AccountRow } from "../account.ts";
import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { handOverGroups } from "../groups/hand-over.ts";
import { record } from "../record.ts";
import type { AccountsTrx } from "../tables.ts";
import { deletedMail } from "./mails.ts";

/** What is kept of credentials and habits, and goes whole. */
const tables = [
  "second_factors",
  "recovery_codes",
  "pending_sign_ins",
  "failed_sign_ins",
  "web_sessions",
  "impersonations",
  "uws_tokens",
  "personal_tokens",
  "account_links",
  "account_exports",
  "group_members",
  "account_display",
  "sign_in_places",
] as const;

/**
 * Takes the person out of the account's row. The row stays: things and audit entries point at it, and its user name
 * is never given to anybody else. The audit log is kept as it is: what was done stays done.
 */
export async function anonymise(context: AccountsContext, trx: AccountsTrx, accountId: number): Promise<void> {
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", accountId)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (!account) return;
  await handOverGroups(context, trx, accountId);
  for (const table of tables) await trx.deleteFrom(table).where("account_id", "=", accountId).execute();
  await forgetMails(trx, account);
  const { mail, config } = context.platform;
  const known = account.email_verified_at !== null || account.status !== "pending";
  if (mail.delivers && known) await mail.send(trx, deletedMail(account, config.trash.retentionDays, context));
  await trx.updateTable("accounts").set(tombstone(account)).where("id", "=", accountId).execute();
  await record(context, trx, { action: "account.delete", actor: SYSTEM, account, event: "account.changed" });
}

/** `username_key` stays: that is what nobody else may have. No user name has a `#`, so none looks like this one. */
function tombstone({ id }: AccountRow) {
  return {
    username: `deleted#${id}`,
    // No address, so that nobody can have registered it and hold the deletion up by that.
    email: `deleted#${id}`,
    new_email: null,
    email_verified_at: null,
    full_name: "Deleted person",
    organization: null,
    locale: null,
    password_hash: null,
    one_time_password: null,
    must_change_password: false,
    is_admin: false,
    directory_visible: false,
    second_factor_at: null,
    last_login_at: null,
    last_seen_at: null,
    status: "deactivated" as const,
    // What a service called them.
    brought_by: null,
    brought_as: null,
    deletion_due_at: null,
    deletion_operation_id: null,
    deletion_begun_at: null,
    deleted_at: sql<Date>`now()`,
    updated_at: sql<Date>`now()`,
  };
}

/** To whichever address they went. */
async function forgetMails(trx: AccountsTrx, { id }: AccountRow): Promise<void> {
  const mails = trx.withTables<MailTables>();
  // One on its way is needed by who sends it, and goes then.
  const queued = mails.updateTable("mails").set({ to_forget: true });
  await queued.where("account_id", "=", id).where("state", "=", "queued").execute();
  await mails.deleteFrom("mails").where("account_id", "=", id).where("state", "!=", "queued").execute();
}
