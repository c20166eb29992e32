import type { Accounts } from "../accounts/accounts.ts";
import type { SessionsContext } from "./context.ts";
import { liveJobsOfOwner, liveOwners } from "./queries.ts";
import { say } from "./sentences.ts";
import { stopUnasked } from "./stop-session.ts";

/** Ends the sessions of people whose accounts were deactivated: their programs must not go on without them. */
export interface InactiveOwners {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** An event may be missed, and a start may be under way just then: everybody is looked at this often. */
const LOOK_EVERY_MS = 10_000;

export function createInactiveOwners(context: SessionsContext, accounts: Pick<Accounts, "byIds">): InactiveOwners {
  const { events, log } = context.platform;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: () => void = () => undefined;
  let looking: Promise<void> = Promise.resolve();

  /** One after the other: the same sessions are not ended twice at once. */
  const look = (owners: () => Promise<readonly number[]>): Promise<void> => {
    looking = looking.then(async () => {
      try {
        if (!stopped) await stopSessionsOf(context, accounts, await owners());
      } catch (error) {
        log.warn({ err: error }, "sessions: those of deactivated accounts could not be ended; trying again");
      }
    });
    return looking;
  };

  const rounds = async (): Promise<void> => {
    await look(() => liveOwners(context.db));
    if (!stopped) timer = setTimeout(rounds, LOOK_EVERY_MS);
  };

  return {
    async start() {
      unsubscribe = events.subscribe({ types: ["account.changed"] }, ({ data }) => {
        if (data.action === "account.deactivate") void look(async () => [Number(data.account_id)]);
      });
      await rounds();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
      await looking;
    },
  };
}

/** Of those accounts, the sessions of the ones that are not active. */
async function stopSessionsOf(
  context: SessionsContext,
  accounts: Pick<Accounts, "byIds">,
  ownerIds: readonly number[],
): Promise<void> {
  if (ownerIds.length === 0) return;
  for (const { id, active } of (await accounts.byIds(ownerIds)).values()) {
    if (active) continue;
    for (const job of await liveJobsOfOwner(context.db, id)) {
      await stopUnasked(context, job, say("owner_deactivated"));
      context.platform.log.info({ jobId: job.id }, "sessions: ending one whose owner's account was deactivated");
    }
  }
}
