import type { ServerCalls } from "../../client/server-use.ts";
import type { HubContext } from "../../context.ts";
import type { HubServerRow } from "../../tables.ts";
import { timeOfDatabase } from "../observe.ts";
import { asksServers, type IdlePolicy, idlePolicy, stopDue } from "./idle-policy.ts";
import { stopForIdleness, warnOfIdleStop, withdrawWarning } from "./idle-stop.ts";
import { type Looked, lookAtUse, type Moment } from "./look-at-use.ts";

/** Milliseconds between two questions to the same server. */
const ASK_EVERY_MS = 60_000;
/** Servers that are seen to at the same time. */
const AT_ONCE = 8;

type Context = Pick<HubContext, "db" | "platform">;

/**
 * Sees to servers that nobody uses: warns their owners, stops them, or takes a warning back. The settings are read each
 * time. After a round of the poller, whose look at the network and at the hub's clock is fresh.
 * @param stopped is told when one is to be stopped now
 */
export async function sweepIdle(
  context: Context,
  calls: ServerCalls,
  aheadMs: number,
  signal: AbortSignal,
  stopped: () => void,
): Promise<void> {
  const policy = idlePolicy(context.platform.config);
  const now = (await timeOfDatabase(context.db)).getTime();
  const rows = await candidates(context, policy !== null);
  const waiting = [...rows];
  const work = async (): Promise<void> => {
    for (let row = waiting.pop(); row !== undefined && !signal.aborted; row = waiting.pop()) {
      try {
        const ends = await seeTo(context, calls, row, policy, { now, aheadMs });
        if (ends) stopped();
      } catch (error) {
        // What is wrong with one keeps no other from being looked at.
        const { user_name: user, server } = row;
        context.platform.log.warn({ err: error, user, server }, "whether a server is idle could not be seen to");
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** @param all false: only whose owners were warned */
function candidates({ db }: Context, all: boolean): Promise<HubServerRow[]> {
  const ready = db.selectFrom("hub_servers").selectAll().where("state", "=", "ready").where("stop_wanted", "is", null);
  return (all ? ready : ready.where("warned_at", "is not", null)).execute();
}

/** @returns whether it is to be stopped now */
async function seeTo(
  context: Context,
  calls: ServerCalls,
  seen: HubServerRow,
  policy: IdlePolicy | null,
  moment: Moment,
): Promise<boolean> {
  if (policy === null) {
    await withdrawWarning(context, seen);
    return false;
  }
  if (!isDue(seen, policy, moment)) {
    if (seen.warned_at !== null) await withdrawWarning(context, seen);
    return false;
  }
  if (wasJustAsked(seen, policy, moment)) return false;
  const { row, isKnown }: Looked = await lookAtUse(context, calls, seen, policy, moment);
  if (!isDue(row, policy, moment)) {
    if (row.warned_at !== null) await withdrawWarning(context, row);
    return false;
  }
  if (!isKnown) return false;
  const due = stopDue(row, policy, moment.aheadMs);
  if (policy.warningMs === 0) return due <= moment.now && (await stopForIdleness(context, row));
  if (row.warned_at !== null) {
    return (row.idle_stop_at?.getTime() ?? 0) <= moment.now && (await stopForIdleness(context, row));
  }
  // Whoever was long gone when this began gets the whole time of the warning all the same.
  const stopAt = new Date(Math.max(due, moment.now + policy.warningMs));
  await warnOfIdleStop(context, row, new Date(moment.now), stopAt);
  return false;
}

/** Whether it has been unused for so long that its owner is to be warned. */
function isDue(row: HubServerRow, policy: IdlePolicy, { now, aheadMs }: Moment): boolean {
  return stopDue(row, policy, aheadMs) - policy.warningMs <= now;
}

/** Asked a moment ago: what it said still holds, unless it is to be stopped by now. */
function wasJustAsked(row: HubServerRow, policy: IdlePolicy, { now, aheadMs }: Moment): boolean {
  if (!asksServers(policy) || row.asked_at[0] === undefined) return false;
  const isTime = row.idle_stop_at !== null && row.idle_stop_at.getTime() <= now;
  return !(isTime && row.silent_since === null) && now + aheadMs - row.asked_at[0].getTime() < ASK_EVERY_MS;
}
