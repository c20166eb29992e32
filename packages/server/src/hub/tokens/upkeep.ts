import { sql } from "kysely";
import { giveBackLease, holderOf, takeLease } from "../../platform/database/leases.ts";
import { HubRefusal } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { type KeptGoing, keepGoing } from "../keep-going.ts";
import { problemOf } from "../launch/causes.ts";
import type { HubDb } from "../tables.ts";
import { endWithoutRight, endWithSignIns } from "./ended-rights.ts";
import type { HubTokenRow } from "./queries.ts";
import { answeredWithinMs, revokeAtHub } from "./revoke.ts";

const EVERY_MS = 5_000;
const LEASE = "hub.tokens";
const LEASE_SECONDS = 120;
const AT_ONCE = 50;
/** Days that a token which has expired stays in the list. */
const KEPT_DAYS = 30;
const SWEEP_EVERY_MS = 60 * 60_000;

/**
 * Ends tokens that are to end, by one server of the cluster: those that somebody revoked while the hub was down, those
 * whose asking was cut off, those that nobody has a right to any more. Removes what expired long ago.
 */
export function createTokenUpkeep(context: HubContext): KeptGoing {
  const { log, config, revocations } = context.platform;
  const holder = holderOf(config);
  let sweptAt = Number.NEGATIVE_INFINITY;
  const going = keepGoing(
    async (signal) => {
      if (!(await takeLease(context.db, LEASE, holder, LEASE_SECONDS))) return;
      await endWithSignIns(context);
      await endWithoutRight(context);
      await endCutOff(context);
      await revokeWished(context, signal);
      if (performance.now() - sweptAt < SWEEP_EVERY_MS) return;
      await sweepTokens(context.db);
      sweptAt = performance.now();
    },
    { everyMs: EVERY_MS, what: "ending tokens of the hub", log },
  );
  let unsubscribe: () => void = () => undefined;
  return {
    ...going,
    start() {
      unsubscribe = revocations.onAny((what) => {
        if ("accountId" in what) going.wake();
      });
      going.start();
    },
    async stop() {
      unsubscribe();
      await going.stop();
      await giveBackLease(context.db, LEASE, holder);
    },
  };
}

/** Asked for by a server that was killed before the answer: nobody has the secret, and it is to go. */
async function endCutOff(context: HubContext): Promise<void> {
  await context.db
    .updateTable("hub_tokens")
    .set({ revoke_wanted_at: new Date() })
    .where("hub_id", "is", null)
    .where("revoke_wanted_at", "is", null)
    .where("revoked_at", "is", null)
    .where("created_at", "<", new Date(Date.now() - answeredWithinMs(context)))
    .execute();
}

/** What the hub refuses about one waits for the next round; a hub that is down ends this one. */
async function revokeWished(context: HubContext, signal: AbortSignal): Promise<void> {
  for (const row of await wished(context.db)) {
    if (signal.aborted) return;
    try {
      await revokeAtHub(context, row);
    } catch (error) {
      if (problemOf(error) === null) throw error;
      if (!(error instanceof HubRefusal) || error.kind === "forbidden") return;
    }
  }
}

/** In any order: one that can't be ended keeps no other from its turn. */
function wished(db: HubDb): Promise<HubTokenRow[]> {
  return db
    .selectFrom("hub_tokens")
    .selectAll()
    .where("revoke_wanted_at", "is not", null)
    .where("revoked_at", "is", null)
    .orderBy(sql`random()`)
    .limit(AT_ONCE)
    .execute();
}

/** @returns how many were removed */
export async function sweepTokens(db: HubDb): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("hub_tokens")
    .where("expires_at", "<", new Date(Date.now() - KEPT_DAYS * 86_400_000))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
