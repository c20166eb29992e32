import { setTimeout as delay } from "node:timers/promises";
import { giveBackLease, holderOf, takeLease } from "../../platform/database/leases.ts";
import type { HubClient } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { type KeptGoing, keepGoing } from "../keep-going.ts";
import { problemOf } from "../launch/causes.ts";
import { noteOthers } from "../users/still-ours.ts";
import { type AbsentUsers, createAbsentUsers } from "./absent-users.ts";
import { applyFound, applyListed, liveServers } from "./apply-list.ts";
import { type CallBudget, type Clock, createCallBudget } from "./call-budget.ts";
import { type List, listUsers } from "./list-users.ts";
import { forgetSeenUser, keepSeenUsers, missingUsers } from "./seen-users.ts";

/** Calls of the hub in any minute at most, of all that is done here. */
export const MOST_CALLS = 60;
/** Those that rounds are paced by: the rest is for single looks and for the list of all. */
const PACED_CALLS = 45;
const SHORTEST_ROUND_MS = 5_000;
const LEASE = "hub.poll";
const LEASE_SECONDS = 120;
const WHOLE_EVERY_MS = 10 * 60_000;

const realClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => void (await delay(Math.max(1, ms), undefined, { signal, ref: false })),
};

/** Milliseconds from one round's begin to the next one's, by the calls that the last one took. */
export function paceMs(calls: number): number {
  return Math.max(SHORTEST_ROUND_MS, (calls * 60_000) / PACED_CALLS);
}

/** What follows each round, with the hub's clock fresh. @param aheadMs how far it is ahead of the database's */
export type AfterRound = (aheadMs: number, signal: AbortSignal) => Promise<void>;

/**
 * Looks at all servers of the hub, by one server of the cluster: those who have one in each round, everybody every ten
 * minutes. A hub that is down, or that breaks off within a list, changes nothing.
 */
export function createPoller(context: HubContext & { readonly client: HubClient }, after: AfterRound): KeptGoing {
  const { log } = context.platform;
  const rounds = createRounds(context, after, realClock);
  const going = keepGoing((signal) => rounds.run(signal), {
    everyMs: () => rounds.waitMs(),
    what: "looking at the hub's servers",
    log,
  });
  return {
    ...going,
    async stop() {
      await going.stop();
      await giveBackLease(context.db, LEASE, holderOf(context.platform.config));
    },
  };
}

/** One server's part of it, round by round. */
export function createRounds(
  context: HubContext & { readonly client: HubClient },
  after: AfterRound,
  clock: Clock,
): { run(signal: AbortSignal): Promise<void>; waitMs(): number } {
  const budget = createCallBudget(MOST_CALLS, clock);
  const [absent, absentOfAll] = [createAbsentUsers(context), createAbsentUsers(context)];
  let next = 0;
  let wholeAt = Number.NEGATIVE_INFINITY;

  return {
    waitMs: () => Math.max(1, next - clock.now()),
    async run(signal) {
      const begun = clock.now();
      next = begun + SHORTEST_ROUND_MS;
      const before = () => turn(context, budget, signal);
      if (!(await holdsLease(context))) return;
      const isWhole = begun - wholeAt >= WHOLE_EVERY_MS;
      try {
        const list = await listUsers(context, !isWhole, before);
        next = begun + paceMs(list.calls);
        await (isWhole ? applyWhole(context, list, absentOfAll, before) : applyActive(context, list, absent, before));
        if (isWhole) wholeAt = begun;
        await after(list.aheadMs, signal);
      } catch (error) {
        // The hub's health tells of it; what is noted stays as it is.
        if (problemOf(error) === null) throw error;
        context.platform.log.debug({ err: error }, "the hub's servers can't be looked at now");
      }
    },
  };
}

function holdsLease({ db, platform }: HubContext): Promise<boolean> {
  return takeLease(db, LEASE, holderOf(platform.config), LEASE_SECONDS);
}

/** One more call: it fits into the minute, and nobody else has taken over meanwhile. */
async function turn(context: HubContext, budget: CallBudget, signal: AbortSignal): Promise<void> {
  await budget.take(signal);
  if (!(await holdsLease(context))) throw new Error("another server looks at the hub's servers by now");
}

async function applyActive(
  context: HubContext,
  list: List,
  absent: AbsentUsers,
  before: () => Promise<void>,
): Promise<void> {
  const live = await liveServers(context);
  await applyListed(context, list.users.values(), live);
  const missing = [...live.keys()].filter((name) => !list.users.has(name));
  await applyFound(context, await absent.find(missing, list.begunAt, before), live);
}

async function applyWhole(
  context: HubContext,
  list: List,
  absent: AbsentUsers,
  before: () => Promise<void>,
): Promise<void> {
  const live = await liveServers(context);
  await applyListed(context, list.users.values(), live);
  const users = [...list.users.values()].map(({ user }) => user);
  await keepSeenUsers(context.db, users, list.begunAt);
  await noteOthers(context.db);
  const known = await missingUsers(context.db, list.users, list.begunAt);
  const servers = [...live.keys()].filter((name) => !list.users.has(name));
  const found = await absent.find([...new Set([...known, ...servers])], list.begunAt, before);
  await applyFound(context, found, live);
  for (const { name, user, asOf } of found) {
    if (user == null) await forgetSeenUser(context.db, name, asOf);
  }
}
