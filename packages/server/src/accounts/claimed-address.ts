import { type RawBuilder, sql } from "kysely";
import type { Account } from "./account.ts";
import { SYSTEM } from "./actor.ts";
import type { AccountsContext } from "./context.ts";
import { record } from "./record.ts";
import type { AccountsTrx } from "./tables.ts";

/** In the place of an address that was only a claim, when its owner came. No address looks like this. */
const GIVEN_UP = "unproven#";

/**
 * A condition on an accounts row: its address is no more than a service's word. Nobody has opened a link that was
 * sent there, nor chosen a password. Such a word counts among the people of that service only, and keeps the address
 * from nobody.
 * @param row the table's name or alias
 */
export function isClaimed(row: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${row}.${name}`);
  return sql<boolean>`(${column("brought_by")} is not null and ${column("email_verified_at")} is null
    and ${column("password_hash")} is null)`;
}

/** The address as this person may see it, empty where it is a claim of a service that did not bring them too. */
export function emailSeenBy(
  seeker: { readonly id: number; readonly isAdmin: boolean },
  row: string,
): RawBuilder<string> {
  const email = sql.ref(`${row}.email`);
  const shown = sql<string>`case when ${email} like ${`${GIVEN_UP}%`} then '' else ${email} end`;
  if (seeker.isAdmin) return shown;
  return sql<string>`case when not ${isClaimed(row)} or ${sql.ref(`${row}.id`)} = ${seeker.id} or ${sql.ref(`${row}.brought_by`)}
    = (select me.brought_by from accounts me where me.id = ${seeker.id}) then ${shown} else '' end`;
}

/** The same of accounts at hand. */
export function emailShownTo(viewer: Account | undefined, person: Account): string {
  const isOfSameService = viewer?.broughtBy != null && viewer.broughtBy === person.broughtBy;
  const shown = !person.emailIsClaim || viewer?.isAdmin === true || viewer?.id === person.id || isOfSameService;
  return shown ? person.email : "";
}

/** The address to show; empty where there is none any more. */
export function shownEmail(email: string): string {
  return email.startsWith(GIVEN_UP) ? "" : email;
}

/** Whether the address was given up: the next word about it may take its place. */
export function wasGivenUp(email: string): boolean {
  return email.startsWith(GIVEN_UP);
}

/** Takes an address from the account that has it by a service's word only: somebody registers or proves it. */
export async function endClaimOn(context: AccountsContext, trx: AccountsTrx, email: string): Promise<void> {
  const account = await trx
    .updateTable("accounts")
    .set({ email: sql<string>`${GIVEN_UP} || id`, updated_at: sql<Date>`now()` })
    .where("email", "=", email)
    .where(isClaimed("accounts"))
    .returning(["id", "username"])
    .executeTakeFirst();
  if (!account) return;
  const action = "account.address-given-up";
  await record(context, trx, { action, actor: SYSTEM, account, event: "account.changed" });
}
