import { sql } from "kysely";
import { type HubContext, recordChange, SYSTEM } from "../context.ts";

/** Seconds that a sign-in's end and the request it cut off may be apart. */
const MARGIN_SECONDS = 2;

/** Why a token is to end that nobody has asked to end. */
type Because = "sign_ins_ended" | "opener_not_admin" | "not_linked";

interface Standing {
  readonly id: number;
  readonly account_id: number;
  readonly user_name: string;
}

const standing = sql`t.revoke_wanted_at is null and t.revoked_at is null and t.expires_at > now()`;

/**
 * A new password, a deactivation, signing out everywhere: what ends all sign-ins of an account ends the ways into its
 * servers too, and those that it opened into others'. Read from the outbox, so that none is missed while nobody
 * listened.
 */
export async function endWithSignIns(context: HubContext): Promise<void> {
  const { rows } = await sql<Standing>`
    select t.id, t.account_id, t.user_name from hub_tokens t
    where ${standing} and exists (
      select from events e where e.type = 'credential.revoked' and e.subject_kind = 'account'
        and e.subject_id in (t.account_id::text, t.opened_by::text)
        and e.at >= t.created_at - make_interval(secs => ${MARGIN_SECONDS}))`.execute(context.db);
  await wish(context, rows, "sign_ins_ended");
}

/**
 * An administrator who opened somebody's server and is none any more, whoever took the role from them and by whichever
 * way; and a hub user that is not that person's any more. Read from what is true now, as a token may have been asked
 * for in the very moment in which that changed.
 */
export async function endWithoutRight(context: HubContext): Promise<void> {
  const openers = await sql<Standing>`
    select t.id, t.account_id, t.user_name from hub_tokens t
    where ${standing} and t.opened_by is not null and not exists (
      select from accounts a where a.id = t.opened_by and a.is_admin and a.status = 'active'
        and a.deletion_due_at is null and a.deleted_at is null)`.execute(context.db);
  await wish(context, openers.rows, "opener_not_admin");
  const unlinked = await sql<Standing>`
    select t.id, t.account_id, t.user_name from hub_tokens t
    where ${standing} and not exists (
      select from hub_users u where u.account_id = t.account_id and u.name = t.user_name
        and u.state in ('ours', 'missing'))`.execute(context.db);
  await wish(context, unlinked.rows, "not_linked");
}

/** With one entry for each hub user; without one where another server was quicker. */
async function wish(context: HubContext, tokens: readonly Standing[], because: Because): Promise<void> {
  for (const [name, those] of Map.groupBy(tokens, ({ user_name }) => user_name)) {
    await context.db.transaction().execute(async (trx) => {
      const ids = those.map(({ id }) => id);
      const wished = await trx
        .updateTable("hub_tokens")
        .set({ revoke_wanted_at: new Date() })
        .where("id", "in", ids)
        .where("revoke_wanted_at", "is", null)
        .where("revoked_at", "is", null)
        .returning(["id", "account_id"])
        .execute();
      const [first] = wished;
      if (first === undefined) return;
      const details = { token_ids: wished.map(({ id }) => id), because };
      await recordChange(context, trx, SYSTEM, "hub.token.revoke", { accountId: first.account_id, name }, details);
    });
  }
}
