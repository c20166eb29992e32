import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { giveBackLease, takeLease } from "../../platform/database/leases.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { HubClient, HubUser } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import type { HubUserRow } from "../tables.ts";
import { userOf, wantUser } from "./queries.ts";
import { wasMadeByUs } from "./still-ours.ts";

const LONGEST_WAIT_MS = 10 * 60_000;
/** Milliseconds that one waits for another who makes the same user, and between looks. */
const TURN_WITHIN_MS = 5_000;
const TURN_LOOK_MS = 50;
/** Seconds between the tries of a call, beside the calls themselves. */
const SPARE_SECONDS = 20;

/**
 * Somebody's user at the hub, made where there is none: theirs by our making or an administrator's link, never by its
 * name alone.
 * @throws LaunchProblem no_hub, hub_down, token_refused, name_taken
 */
export async function ensureUser(context: HubContext, accountId: number): Promise<HubUserRow> {
  const row = (await userOf(context.db, accountId)) ?? (await begin(context, accountId));
  return mine(row.state === "ours" ? row : await settleUser(context, row));
}

function mine(row: HubUserRow): HubUserRow {
  if (row.state === "taken") throw new LaunchProblem("name_taken", row.name);
  return row;
}

async function begin({ db, people }: HubContext, accountId: number): Promise<HubUserRow> {
  const account = await people.get(accountId);
  if (account === null) throw new Error(`account ${accountId} is gone`);
  requireOpen(account);
  return db.transaction().execute((trx) => wantUser(trx, account));
}

/** Whoever was closed out is not made at the hub again. @throws LaunchProblem cancelled */
function requireOpen(account: { readonly status: string } | null | undefined): void {
  if (account == null || account.status === "deactivated")
    throw new LaunchProblem("cancelled", "the account is closed");
}

/** Makes one as it should be, now; what hinders it is noted, and tried again in the background. @throws LaunchProblem */
export async function settleUser(context: HubContext, row: HubUserRow): Promise<HubUserRow> {
  try {
    return await inTurn(context, row);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    await noteProblem(context, row, problem);
    throw problem;
  }
}

/**
 * One at a time of each person, in the whole cluster: who looks while another asks the hub to make the user could not
 * tell that one from somebody else's, made in the same moment.
 */
async function inTurn(context: HubContext, row: HubUserRow): Promise<HubUserRow> {
  const { db, client } = context;
  if (client === null) throw new LaunchProblem("no_hub");
  const [lease, holder] = [leaseOf(row.account_id), randomUUID()];
  const { attempts, timeoutSeconds } = context.platform.config.hub;
  const keep = () => takeLease(db, lease, holder, attempts * timeoutSeconds + SPARE_SECONDS);
  for (const end = Date.now() + TURN_WITHIN_MS; !(await keep()); await delay(TURN_LOOK_MS)) {
    if (Date.now() > end) throw new LaunchProblem("hub_down", "the user is being made still");
  }
  try {
    const now = await userOf(db, row.account_id);
    if (now === null) throw new LaunchProblem("name_taken", row.name);
    if (now.state === "ours") return now;
    requireOpen(await context.people.get(row.account_id));
    return await converge(context, client, now, keep);
  } finally {
    await giveBackLease(db, lease, holder);
  }
}

function leaseOf(accountId: number): string {
  return `hub.user.${accountId}`;
}

/** Whether the hub is just asked for somebody's user. */
export async function isBeingMade({ db }: Pick<HubContext, "db">, accountId: number): Promise<boolean> {
  const { rows } = await sql`select from leases where name = ${leaseOf(accountId)} and until > now()`.execute(db);
  return rows.length > 0;
}

async function converge(
  context: HubContext,
  client: HubClient,
  row: HubUserRow,
  keep: () => Promise<boolean>,
): Promise<HubUserRow> {
  const { user, hubTime } = await client.lookUp(row.name);
  if (user !== null) return settled(context, row, wasMadeByUs(user, row.absent_at) ? user : null);
  if (!(await keep())) throw new LaunchProblem("hub_down", "another looks after this user now");
  // Noted before it is asked for: killed in between, we know it again by when it was made.
  await update(context, row, { absent_at: hubTime });
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  const made = await client.makeUser(row.name, onLost).catch(async (error: unknown) => {
    // The hub said no each time, or was not asked at all: what is there later is not by us.
    if (!lost && !isLost(error)) await update(context, row, { absent_at: null });
    throw error;
  });
  if (made === "made") return settled(context, row, "unseen");
  const again = made === "exists" ? null : (await client.lookUp(row.name)).user;
  return settled(context, row, again !== null && wasMadeByUs(again, hubTime) ? again : null);
}

/** Whether the hub may have done all the same what it was asked for. */
function isLost(error: unknown): boolean {
  return error instanceof StoaError && (error.code === "upstream_timeout" || error.code === "upstream_failed");
}

/** @param made who was made for them; null: whoever has the name is somebody else */
async function settled(context: HubContext, row: HubUserRow, made: HubUser | "unseen" | null): Promise<HubUserRow> {
  const done = { retry_at: null, attempts: 0 };
  if (made === null) {
    // One that was theirs says still why it is no more.
    const problem = row.state === "taken" ? row.problem : null;
    return update(context, row, { ...done, problem, state: "taken", absent_at: null });
  }
  // When it was asked for stands until it is seen: by that it is known.
  const seen = made === "unseen" ? { hub_created_at: null } : { hub_created_at: made.createdAt, absent_at: null };
  return update(context, row, {
    ...{ ...done, ...seen, problem: null },
    ...{ state: "ours", made_at: new Date(), hub_admin: false },
  });
}

/** What an administrator has linked meanwhile stays as it is. */
async function update({ db }: HubContext, row: HubUserRow, change: Partial<HubUserRow>): Promise<HubUserRow> {
  const changed = await db
    .updateTable("hub_users")
    .set(change)
    .where("account_id", "=", row.account_id)
    .where("name", "=", row.name)
    .where("state", "in", ["wanted", "missing", "taken"])
    .returningAll()
    .executeTakeFirst();
  const now = changed ?? (await userOf(db, row.account_id));
  if (now === null) throw new LaunchProblem("name_taken", row.name);
  return now;
}

async function noteProblem(context: HubContext, row: HubUserRow, problem: LaunchProblem): Promise<void> {
  if (problem.kind === "no_hub") return;
  const wait = Math.min(LONGEST_WAIT_MS, 5_000 * 2 ** Math.min(row.attempts, 10)) * (0.5 + Math.random());
  const noted = { problem: problem.message.slice(0, 1_000), attempts: row.attempts + 1 };
  await update(context, row, { ...noted, retry_at: new Date(Date.now() + wait) });
}
