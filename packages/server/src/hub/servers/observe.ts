import { sql } from "kysely";
import type { HubServer } from "../client/contract.ts";
import { type HubContext, SERVER_EVENT, serverId } from "../context.ts";
import { goesOn, launchOf } from "../launch/launch-rows.ts";
import type { HubDb, HubServerRow, HubTrx, ServerState } from "../tables.ts";
import { widen } from "../tables.ts";
import { accountOfUser } from "../users/queries.ts";
import { isOurAsking } from "./activity.ts";

/** What is seen of a server; null: the hub has none. */
export type Seen = Pick<HubServer, "ready" | "pending" | "url" | "startedAt" | "lastActivity"> | null;

/** The database's clock, which all servers share: what is asked of the hub from then on is newer. */
export async function timeOfDatabase(db: HubDb): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  return (rows[0] as { now: Date }).now;
}

export function stateOf(seen: Seen): ServerState {
  if (seen === null) return "stopped";
  if (seen.pending === "stop") return "stopping";
  return seen.ready ? "ready" : seen.pending === "spawn" ? "starting" : "stopped";
}

/**
 * Notes how a server stands, and tells pages, webhooks and other servers where that is news.
 * @param asOf when the hub was asked, by the database's clock: what was noted since is newer
 * @returns the row; null: there was none and there is none
 */
export async function observeServer(
  context: Pick<HubContext, "platform" | "db">,
  userName: string,
  server: string,
  seen: Seen,
  asOf: Date,
): Promise<HubServerRow | null> {
  return context.db.transaction().execute((trx) => observeIn(context, widen(trx), userName, server, seen, asOf));
}

/** The same, in a transaction of the caller's. */
export async function observeIn(
  context: Pick<HubContext, "platform">,
  trx: HubTrx,
  userName: string,
  server: string,
  seen: Seen,
  asOf: Date,
): Promise<HubServerRow | null> {
  const before = await trx
    .selectFrom("hub_servers")
    .selectAll()
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .forUpdate()
    .executeTakeFirst();
  if (before !== undefined && before.changed_at > asOf) return before;
  const state = stateOf(seen);
  if (before === undefined && state === "stopped") return null;
  const neverCame = state === "stopped" && before !== undefined && (await startFailed(trx, before));
  const row = await write(trx, before ?? null, { userName, server, seen, state, neverCame });
  if (before?.state !== state) await tell(context, trx, row);
  return row;
}

interface Observed {
  readonly userName: string;
  readonly server: string;
  readonly seen: Seen;
  readonly state: ServerState;
  /** A start that came to nothing: there was no server that could have ended. */
  readonly neverCame: boolean;
}

function write(trx: HubTrx, before: HubServerRow | null, observed: Observed): Promise<HubServerRow> {
  const { userName, server, seen, state, neverCame } = observed;
  const isFresh = before === null || before.state === "stopped" || wasStartedAnew(before, seen);
  const figures = {
    state,
    url: seen?.url ?? before?.url ?? null,
    started_at: seen?.startedAt ?? before?.started_at ?? null,
    ...activityOf(isFresh ? null : before, seen),
    ...(isFresh && state !== "stopped" ? FRESH : {}),
    ...meaningOf(before, seen),
    ...(before?.state === state ? {} : { changed_at: sql<Date>`clock_timestamp()`, ...ends(before, state, neverCame) }),
  };
  return trx
    .insertInto("hub_servers")
    .values({ user_name: userName, server, ...figures })
    .onConflict((conflict) => conflict.columns(["user_name", "server"]).doUpdateSet(figures))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A new one begins without what was noted of the last. */
const FRESH = {
  ...{ stopped_at: null, stopped_because: null, keep_until: null, warned_at: null, idle_stop_at: null },
  ...{ used_at: null, asked_at: [] as Date[], silent_since: null },
};

/** Nobody wants it ended. One who is asking the hub just now says so on their own. */
export const NO_WISH = { stop_wanted: null, stop_meant: null, stop_tries: 0, stop_try_at: null };

/** These are about the person, whichever server it is; the others about the one that was there. */
const LASTING: readonly (string | null)[] = ["account", "admin"];

/** Which start somebody wants ended: the first that is seen since. The wish ends where another is there by now. */
function meaningOf(before: HubServerRow | null, seen: Seen): Partial<HubServerRow> {
  const started = seen?.startedAt ?? null;
  if (before === null || before.stop_wanted === null || started === null) return {};
  if (before.stop_meant === null) return { stop_meant: started };
  return started > before.stop_meant && !LASTING.includes(before.stop_wanted) ? NO_WISH : {};
}

/** Stopped and started again between two looks. */
function wasStartedAnew({ started_at: before }: HubServerRow, seen: Seen): boolean {
  return before !== null && seen?.startedAt != null && seen.startedAt.getTime() > before.getTime();
}

function activityOf(before: HubServerRow | null, seen: Seen) {
  const at = seen?.lastActivity ?? null;
  const known = before?.last_activity ?? null;
  if (at === null || (known !== null && at <= known)) return { last_activity: known };
  return { last_activity: at, ...(isOurAsking(at, before?.asked_at ?? []) ? {} : { network_at: at }) };
}

/** Why it has ended: as somebody wished, or by itself. */
function ends(before: HubServerRow | null, state: ServerState, neverCame: boolean) {
  if (state !== "stopped") return {};
  const noLonger = { ...NO_WISH, warned_at: null, idle_stop_at: null };
  // Its launch tells why.
  if (neverCame) return { ...noLonger, stopped_at: null, stopped_because: null };
  const because = before?.stop_wanted ?? ("gone" as const);
  return { ...noLonger, stopped_at: new Date(), stopped_because: because };
}

/** Whether what is gone only ever was starting, for a launch that failed or is about to: its end may be seen first. */
async function startFailed(trx: HubTrx, before: HubServerRow): Promise<boolean> {
  if (before.state !== "starting" || before.stop_wanted !== null) return false;
  const owner = await accountOfUser(trx, before.user_name);
  const launch = owner === null ? null : await launchOf(trx, owner, before.server);
  if (launch === null) return false;
  return goesOn(launch) || (launch.state === "failed" && (launch.ended_at ?? new Date()) >= before.changed_at);
}

async function tell({ platform }: Pick<HubContext, "platform">, trx: HubTrx, row: HubServerRow): Promise<void> {
  const owner = await accountOfUser(trx, row.user_name);
  const { server, state, stopped_because: because } = row;
  await platform.events.publish(trx, {
    type: SERVER_EVENT,
    subject: { kind: "hub-server", id: serverId(row.user_name, server) },
    audience: owner === null ? [] : [owner],
    data: { user: row.user_name, server, state, because },
  });
}
