import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { confirmMail } from "../mails.ts";
import { makeLink } from "../one-time-links.ts";
import { findByLogin } from "../queries.ts";
import { record } from "../record.ts";
import type { AccountsTrx } from "../tables.ts";

/** Minutes between two mails to one registration's address. */
const MAIL_EVERY_MINUTES = 5;

/** The link that opens a pending account, in the caller's transaction. Without SMTP it is kept for the admin. */
export async function mailConfirmation(context: AccountsContext, trx: AccountsTrx, account: AccountRow): Promise<void> {
  const link = await makeLink(context, trx, account.id, "confirm");
  await context.platform.mail.send(trx, confirmMail(account, link, context));
}

/** Mails it again. Says nothing about whether such a registration waits. */
export async function resendConfirmation(context: AccountsContext, login: string, actor: Actor): Promise<void> {
  const account = await findByLogin(context.db, login);
  if (account?.status !== "pending") return;
  await context.db.transaction().execute(async (trx) => {
    // Locked, and looked at only then: of two at once one mails.
    const waiting = await trx
      .selectFrom("accounts")
      .select("id")
      .where("id", "=", account.id)
      .where("status", "=", "pending")
      .forUpdate()
      .executeTakeFirst();
    if (!waiting || (await wasJustMailed(trx, account.id))) return;
    await mailConfirmation(context, trx, account);
    await record(context, trx, { action: "account.confirm-request", actor, account, event: "account.changed" });
  });
}

async function wasJustMailed(trx: AccountsTrx, accountId: number): Promise<boolean> {
  const recent = await trx
    .selectFrom("account_links")
    .select("id")
    .where("account_id", "=", accountId)
    .where("purpose", "=", "confirm")
    .where("created_at", ">", sql<Date>`now() - make_interval(mins => ${MAIL_EVERY_MINUTES})`)
    .executeTakeFirst();
  return recent !== undefined;
}
