import { sql } from "kysely";
import { HubRefusal } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { type KeptGoing, keepGoing } from "../keep-going.ts";
import { problemOf } from "../launch/causes.ts";
import { serverOf } from "../launch/follow.ts";
import type { HubDb, HubServerRow, HubTrx, StopWish } from "../tables.ts";
import { NO_WISH, observeServer, timeOfDatabase } from "./observe.ts";

const EVERY_MS = 2_000;
/** In one round, and of these together. */
const MOST_OF_A_ROUND = 50;
const TOGETHER = 6;
/** Seconds over a call's own time-out for which one who was killed keeps a launch waiting. */
const CLAIM_SPARE_SECONDS = 30;

/**
 * Notes that a server is to end, also one that nobody has seen yet; the first wish counts. One that was stopped when we
 * looked last may start just now: it is looked at again, and the wish does not stay for the one after it.
 */
export async function wishStop(trx: HubTrx, userName: string, server: string, wish: StopWish): Promise<void> {
  await trx
    .insertInto("hub_servers")
    .values({ user_name: userName, server, state: "starting", stop_wanted: wish })
    .onConflict((conflict) =>
      conflict
        .columns(["user_name", "server"])
        .doUpdateSet({
          ...NO_WISH,
          stop_wanted: wish,
          stop_meant: sql`case hub_servers.state when 'stopped' then null else hub_servers.started_at end`,
          state: sql`case hub_servers.state when 'stopped' then 'starting' else hub_servers.state end`,
        })
        .where("hub_servers.stop_wanted", "is", null),
    )
    .execute();
}

/**
 * Somebody wants it after all: what was not ended yet stays.
 * @returns false: the hub is being asked to end it this moment, and may do so: look again soon
 */
export async function unwishStop(trx: HubTrx, userName: string, server: string): Promise<boolean> {
  const row = await trx
    .selectFrom("hub_servers")
    .select(["state", isClaimed.as("claimed")])
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .forUpdate()
    .executeTakeFirst();
  if (row?.claimed) return false;
  if (row === undefined || row.state === "stopping") return true;
  await trx
    .updateTable("hub_servers")
    .set(NO_WISH)
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .execute();
  return true;
}

/** Ends servers that are to end, and asks again until the hub has none: it refuses while one starts. */
export function createStopper(context: HubContext): KeptGoing {
  return keepGoing((signal) => stopWished(context, signal), {
    everyMs: EVERY_MS,
    what: "ending servers",
    log: context.platform.log,
  });
}

/** Those that were never tried come first, so that what can't be ended keeps nobody else's waiting. */
async function stopWished(context: HubContext, signal: AbortSignal): Promise<void> {
  const rows = await context.db
    .selectFrom("hub_servers")
    .select(["user_name", "server"])
    .where("stop_wanted", "is not", null)
    .where("state", "<>", "stopped")
    .where((e) => e.or([e("stop_try_at", "is", null), e("stop_try_at", "<=", sql<Date>`clock_timestamp()`)]))
    .orderBy("stop_try_at", (order) => order.asc().nullsFirst())
    .orderBy("changed_at")
    .limit(MOST_OF_A_ROUND)
    .execute();
  let isAway = false;
  const next = rows.values();
  const work = async (): Promise<void> => {
    // One iterator for all who work: each takes the next of the list.
    for (const row of next) {
      if (signal.aborted || isAway) return;
      if ((await stopOne(context, row)) === "away") isAway = true;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: TOGETHER }, work));
  const failed = ended.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** What came of a try: `away`, the hub itself can't be asked; `later`, it does not end this one yet. */
type Outcome = "done" | "starting" | "later" | "away";

/** Ends one now, as far as the hub lets us and somebody still wants it ended; the rest is a later round's. */
export async function stopOne(
  context: HubContext,
  which: Pick<HubServerRow, "user_name" | "server">,
): Promise<Outcome> {
  if (context.client === null) return "done";
  const claimed = await claim(context, which);
  if (claimed === null) return "done";
  let outcome: Outcome = "later";
  try {
    outcome = await end(context, context.client, claimed);
    return outcome;
  } finally {
    await release(context.db, claimed, outcome);
  }
}

async function end(
  context: HubContext,
  client: NonNullable<HubContext["client"]>,
  { user_name: name, server, stop_tries: tries }: HubServerRow,
): Promise<Outcome> {
  const look = async (): Promise<HubServerRow | null> => {
    const asOf = await timeOfDatabase(context.db);
    return observeServer(context, name, server, await serverOf(client, name, server), asOf);
  };
  try {
    if (tries > 0) {
      // It may have ended since, and another may be there.
      const now = await look();
      if (now === null || now.stop_wanted === null) return "done";
      if (now.state === "starting" || now.state === "stopping") return "starting";
    }
    await client.stopServer(name, server);
    await look();
    return "done";
  } catch (error) {
    if (error instanceof HubRefusal && error.kind === "starting") return "starting";
    const problem = problemOf(error);
    if (problem === null) throw error;
    return problem.kind === "hub_down" ? "away" : "later";
  }
}

const isClaimed = sql<boolean>`coalesce(stop_claimed_until > clock_timestamp(), false)`;

/** The right to end it, as it stands now; null: nobody wants that any more, or another is at it. */
async function claim(
  { db, platform }: HubContext,
  { user_name: name, server }: Pick<HubServerRow, "user_name" | "server">,
): Promise<HubServerRow | null> {
  const seconds = platform.config.hub.timeoutSeconds + CLAIM_SPARE_SECONDS;
  const row = await db
    .updateTable("hub_servers")
    // In whole milliseconds, as a Date has them: by this it is known again.
    .set({
      stop_claimed_until: sql<Date>`date_trunc('milliseconds', clock_timestamp() + make_interval(secs => ${seconds}))`,
    })
    .where("user_name", "=", name)
    .where("server", "=", server)
    .where("stop_wanted", "is not", null)
    .where("state", "<>", "stopped")
    .where(sql<boolean>`not ${isClaimed}`)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

async function release(db: HubDb, row: HubServerRow, outcome: Outcome): Promise<void> {
  const seconds = waitSeconds(outcome, row.stop_tries);
  await db
    .updateTable("hub_servers")
    .set({
      stop_claimed_until: null,
      stop_tries: sql<number>`case when stop_wanted is null then 0 else stop_tries + 1 end`,
      stop_try_at: sql<Date | null>`case when stop_wanted is null then null
        else clock_timestamp() + make_interval(secs => ${seconds}) end`,
    })
    .where("user_name", "=", row.user_name)
    .where("server", "=", row.server)
    .where("stop_claimed_until", "=", row.stop_claimed_until)
    .execute();
}

/** What is on its way is soon there, and so may be the hub; what it refuses again and again it will refuse longer. */
function waitSeconds(outcome: Outcome, tries: number): number {
  const longest = { done: 2, away: 5, starting: 4, later: 60 }[outcome];
  return Math.min(longest, 2 ** Math.min(tries, 6));
}
