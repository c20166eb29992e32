import { holderOf, takeLease } from "../../platform/database/leases.ts";
import type { HubContext } from "../context.ts";
import { type KeptGoing, keepGoing } from "../keep-going.ts";
import { problemOf } from "../launch/causes.ts";
import type { HubUserRow } from "../tables.ts";
import { settleUser } from "./settle-user.ts";

const EVERY_MS = 5_000;
const LEASE_SECONDS = 30;
const AT_ONCE = 20;

/** Makes the hub's users that are wanted, by one server of the cluster; also after the hub was down. */
export function createUserMaker(context: HubContext): KeptGoing {
  const { config, log } = context.platform;
  return keepGoing((signal) => makeWanted(context, holderOf(config), signal), {
    everyMs: EVERY_MS,
    what: "making the hub's users",
    log,
  });
}

/** @returns how many were made, or found to be somebody else's */
async function makeWanted(context: HubContext, holder: string, signal: AbortSignal): Promise<number> {
  if (!(await takeLease(context.db, "hub.users", holder, LEASE_SECONDS))) return 0;
  let done = 0;
  for (const row of await due(context)) {
    if (signal.aborted) break;
    try {
      await settleUser(context, row);
      done += 1;
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) throw error;
      // The others would meet the same.
      if (problem.kind === "hub_down" || problem.kind === "token_refused") break;
    }
  }
  return done;
}

function due({ db }: HubContext): Promise<HubUserRow[]> {
  return db
    .selectFrom("hub_users")
    .selectAll()
    .where("state", "=", "wanted")
    .where((e) => e.or([e("retry_at", "is", null), e("retry_at", "<=", new Date())]))
    .orderBy("account_id")
    .limit(AT_ONCE)
    .execute();
}
