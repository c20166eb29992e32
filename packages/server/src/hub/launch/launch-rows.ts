import { type HubContext, LAUNCH_EVENT, serverId } from "../context.ts";
import { countLaunch } from "../health/figures.ts";
import type { HubDb, HubLaunchRow, HubTrx } from "../tables.ts";
import type { LaunchCause } from "./causes.ts";

/** Where one launch stands, and what it waits for. */
export interface LaunchChange {
  readonly state: HubLaunchRow["state"];
  /** Of one that goes on: what it waits for. */
  readonly cause?: LaunchCause | null;
  readonly said?: string | null;
}

export async function launchOf(db: HubDb | HubTrx, accountId: number, server: string): Promise<HubLaunchRow | null> {
  const row = await db
    .selectFrom("hub_launches")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("server", "=", server)
    .executeTakeFirst();
  return row ?? null;
}

/** True for one that somebody may still wait for. */
export function goesOn({ state }: Pick<HubLaunchRow, "state">): boolean {
  return state === "queued" || state === "asked";
}

/**
 * Notes that the hub is about to be asked for a start: in its transaction, before the call, so that whoever cancels knows
 * what may start all the same.
 * @returns false: it is nobody's launch any more, and nothing is to be asked
 */
export async function noteAsking(trx: HubTrx, operationId: string): Promise<boolean> {
  const noted = await trx
    .updateTable("hub_launches")
    .set({ asking_operation: operationId })
    .where("operation_id", "=", operationId)
    .where("state", "in", ["queued", "asked"])
    .returning("server")
    .executeTakeFirst();
  return noted !== undefined;
}

/** Whether a launch may have started a server by itself, and did not only look at one. */
export async function mayHaveStarted(trx: HubTrx, operationId: string): Promise<boolean> {
  const row = await trx
    .selectFrom("hub_launches")
    .select("server")
    .where("operation_id", "=", operationId)
    .where("asking_operation", "=", operationId)
    .executeTakeFirst();
  return row !== undefined;
}

function outcomeOf(state: HubLaunchRow["state"], cause: LaunchCause | null): "ok" | "unknown" | LaunchCause {
  return state === "ready" ? "ok" : (cause ?? (state === "cancelled" ? "cancelled" : "unknown"));
}

/** Notes how that operation's launch goes on, and tells its pages. Nothing, where another has begun since or it ended. */
export async function noteLaunch(
  { platform }: Pick<HubContext, "platform">,
  trx: HubTrx,
  operationId: string,
  { state, cause = null, said = null }: LaunchChange,
): Promise<void> {
  const now = new Date();
  const row = await trx
    .updateTable("hub_launches")
    .set({
      ...{ state, cause, said: said?.slice(0, 2_000) ?? null },
      ...(state === "asked" ? { asked_at: now } : {}),
      ended_at: goesOn({ state }) ? null : now,
    })
    .where("operation_id", "=", operationId)
    .where("state", "in", ["queued", "asked"])
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return;
  if (!goesOn({ state })) await countLaunch(trx, { begunAt: row.begun_at, outcome: outcomeOf(state, cause) });
  await platform.events.publish(trx, {
    type: LAUNCH_EVENT,
    subject: { kind: "hub-launch", id: serverId(String(row.account_id), row.server) },
    audience: [row.account_id],
    data: { server: row.server, state, cause, operation_id: operationId },
  });
}
