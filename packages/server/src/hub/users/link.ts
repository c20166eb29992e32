import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { HubUser } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { type Caller, type HubContext, recordChange, USER_EVENT } from "../context.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import { goesOn } from "../launch/launch-rows.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import type { HubTrx, HubUserRow } from "../tables.ts";
import { cancelLaunches, revokeTokens } from "./end-access.ts";
import { HubAdminRefused } from "./link-refusals.ts";
import { linkedName, userOf } from "./queries.ts";
import { whyNotOurs } from "./still-ours.ts";

export interface WantedLink {
  readonly accountId: number;
  /** The hub's name of the user. */
  readonly name: string;
  /** Whoever asks knows that it is an administrator of the hub. */
  readonly hubAdmin: boolean;
  /** What the account was linked to when whoever asks looked; null: to nothing. */
  readonly was: string | null;
}

/**
 * Says whose a user of the hub is: by account, never by its spelling. What the account was linked to before is no
 * longer theirs; launches there are cancelled, tokens ended. Repeated, it changes nothing.
 * @throws HubAdminRefused, LaunchRefused (the hub can't be asked)
 */
export async function linkUser(context: HubContext, caller: Caller, wanted: WantedLink): Promise<HubUserRow> {
  const asker = caller.actor.accountId ?? wanted.accountId;
  const seen = await withinShare(context.client, asker, () => seenAtHub(context, wanted));
  return context.db.transaction().execute((trx) => linkIn(context, trx, caller, wanted, seen));
}

/** Asked afresh: whether it is an administrator must not be minutes old. @throws HubAdminRefused, LaunchRefused */
export async function seenAtHub(
  { client }: Pick<HubContext, "client">,
  { name, hubAdmin }: Pick<WantedLink, "name" | "hubAdmin">,
): Promise<HubUser> {
  if (client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
  const seen = await client.user(name).catch((error: unknown) => {
    const problem = problemOf(error);
    throw problem === null ? error : new LaunchRefused(problem);
  });
  if (seen === null) throw new HubAdminRefused("no_such_hub_user", { name });
  if (seen.admin && !hubAdmin) throw new HubAdminRefused("hub_admin", { name: seen.name });
  return seen;
}

/** The same in a transaction of the caller's, after the hub was asked. */
export async function linkIn(
  context: HubContext,
  trx: HubTrx,
  caller: Caller,
  { accountId, was }: Pick<WantedLink, "accountId" | "was">,
  seen: HubUser,
): Promise<HubUserRow> {
  await onlyOneLinks(trx);
  await requirePerson(trx, accountId);
  const mine = await userOf(trx, accountId);
  if (mine?.state === "ours" && mine.name === seen.name && whyNotOurs(mine, seen) === null) return mine;
  if (linkedName(mine) !== was) throw new HubAdminRefused("changed_meanwhile", { now: linkedName(mine) });
  await freeName(trx, accountId, seen.name);
  if (mine !== null && mine.name !== seen.name) await endFormer(context, trx, caller, mine);
  const row = await write(trx, accountId, seen, caller.actor.label);
  await keepSeen(trx, seen);
  await told(context, trx, accountId);
  const details = { was, hub_admin: seen.admin };
  await recordChange(context, trx, caller, "hub.link", { accountId, name: seen.name }, details);
  return row;
}

/**
 * Takes somebody's link off. The hub user stays as it is, with its servers; their tokens for it end.
 * @param was what it was when whoever asks looked
 * @throws HubAdminRefused
 */
export async function unlinkUser(context: HubContext, caller: Caller, accountId: number, was: string): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    await onlyOneLinks(trx);
    const mine = await userOf(trx, accountId);
    const now = linkedName(mine);
    if (now === null) throw new HubAdminRefused("not_linked");
    if (now !== was) throw new HubAdminRefused("changed_meanwhile", { now });
    const launches = await trx.selectFrom("hub_launches").selectAll().where("account_id", "=", accountId).execute();
    if (launches.some(goesOn)) throw new HubAdminRefused("launch_goes_on");
    await revokeTokens(trx, accountId, now);
    await trx.deleteFrom("hub_launches").where("account_id", "=", accountId).execute();
    await trx.deleteFrom("hub_users").where("account_id", "=", accountId).execute();
    await told(context, trx, accountId);
    await recordChange(context, trx, caller, "hub.unlink", { accountId, name: now });
  });
}

/** Links are rare, and two of them that meet must each see the whole. Others go on reading. */
async function onlyOneLinks(trx: HubTrx): Promise<void> {
  await sql`lock table hub_users in share row exclusive mode`.execute(trx);
}

async function requirePerson(trx: HubTrx, accountId: number): Promise<void> {
  const { rows } = await sql`
    select from accounts where id = ${accountId} and kind = 'person' and deleted_at is null for key share`.execute(trx);
  if (rows.length === 0) throw new HubAdminRefused("no_such_person");
}

/** Nobody else may have it. Whoever only wished for it, and was told that it is somebody's, gets another name. */
async function freeName(trx: HubTrx, accountId: number, name: string): Promise<void> {
  const other = await trx
    .selectFrom("hub_users")
    .selectAll()
    .where("name", "=", name)
    .where("account_id", "<>", accountId)
    .executeTakeFirst();
  if (other === undefined) return;
  const whose = { name, person: await usernameOf(trx, other.account_id), account_id: other.account_id };
  if (linkedName(other) !== null) throw new HubAdminRefused("linked_to_another", whose);
  if (other.state === "wanted") throw new HubAdminRefused("being_made_for", whose);
  const renamed = { name: await unusedName(trx, `${name}-${other.account_id}`), state: "wanted" as const };
  await trx
    .updateTable("hub_users")
    .set({ ...renamed, absent_at: null, problem: null, retry_at: null })
    .where("account_id", "=", other.account_id)
    .execute();
}

/** Somebody may be called like the number of another. Nobody else writes names: the table is ours until we are done. */
async function unusedName(trx: HubTrx, name: string): Promise<string> {
  const taken = await trx.selectFrom("hub_users").select("name").where("name", "=", name).executeTakeFirst();
  return taken === undefined ? name : `${name}-${randomBytes(4).toString("hex")}`;
}

async function usernameOf(trx: HubTrx, accountId: number): Promise<string> {
  const { rows } = await sql<{ username: string }>`select username from accounts where id = ${accountId}`.execute(trx);
  return rows[0]?.username ?? String(accountId);
}

async function endFormer(context: HubContext, trx: HubTrx, caller: Caller, former: HubUserRow): Promise<void> {
  if (linkedName(former) === null) return;
  await revokeTokens(trx, former.account_id, former.name);
  await cancelLaunches(context, trx, caller, former);
}

function write(trx: HubTrx, accountId: number, seen: HubUser, linkedBy: string): Promise<HubUserRow> {
  const { name, admin: hub_admin, createdAt: hub_created_at } = seen;
  const link = {
    ...{ name, state: "ours" as const, linked_by: linkedBy, made_at: sql<Date>`clock_timestamp()` },
    ...{ hub_admin, hub_created_at },
    ...{ absent_at: null, problem: null, retry_at: null, attempts: 0 },
  };
  return trx
    .insertInto("hub_users")
    .values({ account_id: accountId, ...link })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet(link))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The list may be minutes older. */
async function keepSeen(trx: HubTrx, { name, admin, lastActivity, createdAt }: HubUser): Promise<void> {
  const seen = { is_admin: admin, last_activity: lastActivity, created_at: createdAt, seen_at: new Date() };
  await trx
    .insertInto("hub_seen_users")
    .values({ name, ...seen })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(seen))
    .execute();
}

async function told({ platform }: HubContext, trx: HubTrx, accountId: number): Promise<void> {
  const subject = { kind: "account", id: String(accountId) };
  await platform.events.publish(trx, { type: USER_EVENT, subject, audience: [accountId], data: {} });
}
