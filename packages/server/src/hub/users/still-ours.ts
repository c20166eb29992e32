import { sql } from "kysely";
import type { HubUser } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { LaunchProblem } from "../launch/causes.ts";
import type { HubDb, HubUserRow } from "../tables.ts";

/** Milliseconds in which what we asked for is made; what was made later was made by somebody else. */
const OURS_WITHIN_MS = 120_000;
/** A `Date` header has whole seconds. */
const SECOND_MS = 1_000;
const IS_ADMIN = " is an administrator of the hub, and was not linked as one";
const IS_ANOTHER = " was deleted at the hub and made anew: it may be somebody else's now";

/** Made right after the hub had none, no administrator: our own asking. */
export function wasMadeByUs({ admin, createdAt }: HubUser, absentAt: Date | null): boolean {
  if (admin || createdAt === null || absentAt === null) return false;
  const after = createdAt.getTime() - absentAt.getTime();
  return after >= -SECOND_MS && after <= OURS_WITHIN_MS;
}

/** Why the hub's user of that name is not the one that became somebody's; null: it is. */
export function whyNotOurs(row: HubUserRow, seen: HubUser): string | null {
  if (seen.admin && !row.hub_admin) {
    return `${row.name}${IS_ADMIN}`;
  }
  // Without read:users nothing is told of when it was made.
  if (seen.createdAt === null) return null;
  return isSame(row, seen, seen.createdAt) ? null : `${row.name}${IS_ANOTHER}`;
}

function isSame({ hub_created_at: known, absent_at: absentAt }: HubUserRow, seen: HubUser, createdAt: Date): boolean {
  if (known !== null) return Math.abs(known.getTime() - createdAt.getTime()) <= SECOND_MS;
  // Made by us and not seen since, or linked while the hub told of no such time.
  return absentAt === null || wasMadeByUs(seen, absentAt);
}

/**
 * To be called with each fresh look at somebody's user, before anything of it is shown, opened or started: a name is
 * given anew at the hub, and who has it then is not who had it. What is not theirs any more is `taken` from then on.
 * @throws LaunchProblem name_taken
 */
export async function stillOurs({ db }: Pick<HubContext, "db">, row: HubUserRow, seen: HubUser): Promise<void> {
  const why = whyNotOurs(row, seen);
  const isKnown = row.hub_created_at !== null || seen.createdAt === null;
  if (why === null && isKnown) return;
  const change =
    why === null
      ? { hub_created_at: seen.createdAt, absent_at: null }
      : { state: "taken" as const, problem: why, absent_at: null, retry_at: null };
  await db
    .updateTable("hub_users")
    .set(change)
    .where("account_id", "=", row.account_id)
    .where("name", "=", row.name)
    .where("state", "=", "ours")
    // Linked or made anew since we looked.
    .where("hub_created_at", "is not distinct from", row.hub_created_at)
    .where("absent_at", "is not distinct from", row.absent_at)
    .execute();
  if (why !== null) throw new LaunchProblem("name_taken", why);
}

/** The same by the list of all users, as it is kept: also of who asks for nothing, so that drift shows them. */
export async function noteOthers(db: HubDb): Promise<void> {
  const apart = SECOND_MS / 1_000;
  await sql`
    update hub_users u set state = 'taken', absent_at = null, retry_at = null, problem = case
      when s.is_admin and not u.hub_admin then u.name || ${IS_ADMIN} else u.name || ${IS_ANOTHER} end
    from hub_seen_users s
    where s.name = u.name and u.state = 'ours' and (u.made_at is null or u.made_at < s.seen_at)
      and (s.is_admin and not u.hub_admin
        or abs(extract(epoch from s.created_at - u.hub_created_at)) > ${apart})`.execute(db);
}
