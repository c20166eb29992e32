import type { ServerCalls, ServerUse } from "../../client/server-use.ts";
import type { HubContext } from "../../context.ts";
import type { HubServerRow } from "../../tables.ts";
import { ASKINGS_KEPT } from "../activity.ts";
import { asksServers, beganAt, type IdlePolicy } from "./idle-policy.ts";

export interface Moment {
  /** The database's time, ms since the epoch. */
  readonly now: number;
  /** How far the hub's clock is ahead of it, ms. */
  readonly aheadMs: number;
}

/** The row as it is now, and whether it may be taken for unused. */
export interface Looked {
  readonly row: HubServerRow;
  readonly isKnown: boolean;
}

type Context = Pick<HubContext, "db">;

/** Milliseconds that another's answer says that Stoa reaches servers. */
const FRESH_MS = 120_000;
/** Others that are asked whether Stoa reaches servers. */
const WITNESSES = 3;

/**
 * Asks a server for its kernels and terminals, where these count, and notes when they were used last.
 *
 * One that gives no answer may be busy with what somebody runs: it is not known to be unused, until it has been silent
 * for the whole idle time. That counts only for one that has answered since its start, while others answer now: else it
 * is Stoa that asks in the wrong place. Where Stoa may not ask, or is led elsewhere, nothing is known, and nothing is
 * stopped.
 */
export async function lookAtUse(
  context: Context,
  calls: ServerCalls,
  row: HubServerRow,
  policy: IdlePolicy,
  { now, aheadMs }: Moment,
): Promise<Looked> {
  if (!asksServers(policy)) return { row, isKnown: true };
  if (row.url === null) return { row, isKnown: false };
  const askedAt = new Date(now + aheadMs);
  const answer = await ask(context, calls, row, row.url, askedAt);
  if (answer === "silent") {
    const since = row.silent_since ?? askedAt;
    const noted = await note(context, row, { silent_since: since, ask_problem: answer });
    const counts =
      askedAt.getTime() - since.getTime() >= policy.idleMs &&
      (row.answered_at?.getTime() ?? 0) >= beganAt(row, aheadMs) &&
      (await othersAnswer(context, calls, row, askedAt));
    return { row: noted, isKnown: counts };
  }
  if (typeof answer === "string") {
    return { row: await note(context, row, { silent_since: null, ask_problem: answer }), isKnown: false };
  }
  const idleMs = idleTime(answer, policy);
  const used = idleMs === null ? null : new Date(askedAt.getTime() - Math.min(idleMs, askedAt.getTime()));
  const used_at = used === null || (row.used_at !== null && row.used_at > used) ? row.used_at : used;
  return { row: await note(context, row, { used_at, ...answered(askedAt) }), isKnown: true };
}

async function ask(context: Context, calls: ServerCalls, row: HubServerRow, url: string, askedAt: Date) {
  // Noted before: the hub counts our own call as activity, and we must know it again.
  await note(context, row, { asked_at: [askedAt, ...row.asked_at].slice(0, ASKINGS_KEPT) });
  return calls.useOf(url);
}

const answered = (at: Date) => ({ answered_at: at, silent_since: null, ask_problem: null });

/** Whether other servers answer now. Where nobody has asked one lately, that is done. */
async function othersAnswer(context: Context, calls: ServerCalls, row: HubServerRow, askedAt: Date): Promise<boolean> {
  const others = await context.db
    .selectFrom("hub_servers")
    .selectAll()
    .where("state", "=", "ready")
    .where("url", "is not", null)
    .where((is) => is.or([is("user_name", "<>", row.user_name), is("server", "<>", row.server)]))
    .orderBy("answered_at", (order) => order.desc().nullsLast())
    .limit(WITNESSES)
    .execute();
  for (const other of others) {
    if (other.answered_at !== null && askedAt.getTime() - other.answered_at.getTime() < FRESH_MS) return true;
    const answer = await ask(context, calls, other, other.url ?? "", askedAt);
    if (typeof answer === "string") continue;
    await note(context, other, answered(askedAt));
    return true;
  }
  return false;
}

/** Ms since the last use by the signals that count; null: they know of none. */
function idleTime({ kernelIdleMs, terminalIdleMs, connections }: ServerUse, { signals }: IdlePolicy): number | null {
  const times = [
    signals.has("kernel") ? kernelIdleMs : null,
    signals.has("terminal") ? terminalIdleMs : null,
    // A page that is open: the hub itself learns of it with a delay of minutes.
    signals.has("network") && connections > 0 ? 0 : null,
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

async function note(
  { db }: Context,
  row: HubServerRow,
  change: Partial<Pick<HubServerRow, "asked_at" | "used_at" | "answered_at" | "silent_since" | "ask_problem">>,
): Promise<HubServerRow> {
  const noted = await db
    .updateTable("hub_servers")
    .set(change)
    .where("user_name", "=", row.user_name)
    .where("server", "=", row.server)
    .where("state", "=", "ready")
    .returningAll()
    .executeTakeFirst();
  return noted ?? { ...row, ...change };
}
