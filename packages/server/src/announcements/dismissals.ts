import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Principal } from "../platform/principal.ts";
import { ANNOUNCEMENT_CHANGED, type AnnouncementsContext } from "./context.ts";
import { groupsFor, isFor } from "./current.ts";
import type { AnnouncementsTrx } from "./tables.ts";

/**
 * Hides it from this person's pages, on every device.
 * @throws StoaError not_found where there is none for this person that may be hidden
 */
export async function dismiss(context: AnnouncementsContext, principal: Principal | null, id: number): Promise<void> {
  await changeOwn(context, principal, id, async (trx, accountId) => {
    await trx
      .insertInto("announcement_dismissals")
      .values({ announcement_id: id, account_id: accountId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** The other way round. @throws StoaError not_found */
export async function showAgain(context: AnnouncementsContext, principal: Principal | null, id: number): Promise<void> {
  await changeOwn(context, principal, id, async (trx, accountId) => {
    await trx
      .deleteFrom("announcement_dismissals")
      .where("announcement_id", "=", id)
      .where("account_id", "=", accountId)
      .execute();
  });
}

async function changeOwn(
  context: AnnouncementsContext,
  principal: Principal | null,
  id: number,
  work: (trx: AnnouncementsTrx, accountId: number) => Promise<void>,
): Promise<void> {
  const accountId = principal?.accountId;
  if (accountId == null) throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  const row = await context.db
    .selectFrom("announcements")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .where("dismissible", "=", true)
    .executeTakeFirst();
  // What is for others is not there for this person.
  if (row === undefined || !isFor(row, principal, await groupsFor(context, principal, [row]))) {
    throw new StoaError("not_found", { details: { what: "announcement" } });
  }
  await context.db.transaction().execute(async (trx) => {
    await work(trx, accountId);
    const subject = { kind: "announcement", id: String(id) };
    const event = { type: ANNOUNCEMENT_CHANGED, subject, audience: [accountId], data: {} };
    await context.platform.events.publish(trx, event);
  });
}
