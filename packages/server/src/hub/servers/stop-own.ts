import { StoaError } from "../../platform/errors/stoa-error.ts";
import { knownServers } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { type Caller, type HubContext, recordChange } from "../context.ts";
import { problemOf } from "../launch/causes.ts";
import { goesOn, launchOf, mayHaveStarted } from "../launch/launch-rows.ts";
import type { HubServerRow, HubUserRow } from "../tables.ts";
import { lookAtOwn } from "../users/look.ts";
import { linkedName } from "../users/queries.ts";
import { observeServer } from "./observe.ts";
import { stopOne, wishStop } from "./stops.ts";

/**
 * Ends a server of the caller's own: noted at once, tried at once, and tried again until the hub has none. One that
 * a launch of theirs has started just now is ended by cancelling that. Safe to repeat.
 * @returns the row as it stands then; null: there was none
 * @throws StoaError rate_limited: too much of this person's waits already
 */
export async function stopOwn(
  context: HubContext,
  caller: Caller,
  user: HubUserRow,
  server: string,
): Promise<HubServerRow | null> {
  const isCancelled = await cancelLaunch(context, caller, user, server);
  // A name that somebody else has at the hub: what runs there is theirs.
  if (linkedName(user) === null) return null;
  if (!isCancelled) {
    const isOurs = await withinShare(context.client, user.account_id, () => lookAgain(context, user, server));
    if (!isOurs) return null;
    const row = await wish(context, caller, user, server);
    if (row !== null) await withinShare(context.client, user.account_id, () => stopOne(context, row));
  }
  return readServer(context, user.name, server);
}

export async function readServer(
  { db }: Pick<HubContext, "db">,
  userName: string,
  server: string,
): Promise<HubServerRow | null> {
  const row = await db
    .selectFrom("hub_servers")
    .selectAll()
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .executeTakeFirst();
  return row ?? null;
}

/** @returns whether one goes on, and ends what it has started; false too where it has started nothing itself */
async function cancelLaunch(context: HubContext, caller: Caller, user: HubUserRow, server: string): Promise<boolean> {
  const { db, platform } = context;
  const launch = await launchOf(db, user.account_id, server);
  if (launch === null || !goesOn(launch)) return false;
  const by = { ...caller.actor, requestId: caller.requestId, address: caller.address };
  return db
    .transaction()
    .execute(async (trx) => {
      await platform.operations.requestCancel(trx, launch.operation_id, by);
      await record(context, trx, caller, user, { server, cancels: launch.operation_id });
      return mayHaveStarted(trx, launch.operation_id);
    })
    .catch((error: unknown) => {
      // It has ended just now: what it has started is there to be stopped.
      if (error instanceof StoaError && (error.code === "conflict" || error.code === "not_found")) return false;
      throw error;
    });
}

/**
 * Where we know of none, somebody may have started one elsewhere; where the user is somebody else's by now, nothing of
 * it is ended. A hub that is away says nothing.
 * @returns false: it is somebody else's
 */
async function lookAgain(context: HubContext, user: HubUserRow, server: string): Promise<boolean> {
  if (context.client === null || user.state !== "ours") return true;
  try {
    const { seen, asOf } = await lookAtOwn(context, context.client, user);
    const known = await readServer(context, user.name, server);
    if (known !== null && known.state !== "stopped") return true;
    const now = seen === null ? null : (knownServers(seen).get(server) ?? null);
    await observeServer(context, user.name, server, now, asOf);
    return true;
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    return problem.kind !== "name_taken";
  }
}

/** @returns the row to be stopped; null: there is none that runs */
function wish(context: HubContext, caller: Caller, user: HubUserRow, server: string): Promise<HubServerRow | null> {
  return context.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom("hub_servers")
      .selectAll()
      .where("user_name", "=", user.name)
      .where("server", "=", server)
      .where("state", "<>", "stopped")
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    if (row.stop_wanted === null) {
      await wishStop(trx, user.name, server, "person");
      await record(context, trx, caller, user, { server });
    }
    return row;
  });
}

function record(
  context: HubContext,
  trx: Parameters<typeof recordChange>[1],
  caller: Caller,
  { account_id: accountId, name }: HubUserRow,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return recordChange(context, trx, caller, "hub.stop", { accountId, name }, details);
}
