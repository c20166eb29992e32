import type { Caller, HubContext } from "../context.ts";
import { goesOn, mayHaveStarted, noteLaunch } from "../launch/launch-rows.ts";
import { wishStop } from "../servers/stops.ts";
import type { HubTrx, HubUserRow } from "../tables.ts";

/** Somebody's tokens for a hub user that is not theirs any more are to end; the hub is asked to in the background. */
export async function revokeTokens(trx: HubTrx, accountId: number, userName: string): Promise<void> {
  await trx
    .updateTable("hub_tokens")
    .set({ revoke_wanted_at: new Date() })
    .where("account_id", "=", accountId)
    .where("user_name", "=", userName)
    .where("revoked_at", "is", null)
    .where("revoke_wanted_at", "is", null)
    .execute();
}

/** Cancels what somebody is just starting as that hub user; what it has asked for and comes up all the same is ended. */
export async function cancelLaunches(
  context: Pick<HubContext, "platform">,
  trx: HubTrx,
  { actor, requestId, address }: Caller,
  { account_id: accountId, name }: HubUserRow,
): Promise<void> {
  const launches = await trx.selectFrom("hub_launches").selectAll().where("account_id", "=", accountId).execute();
  for (const launch of launches.filter(goesOn)) {
    // Its operation first, as a step of it does: the other way round two would wait for each other.
    const operation = await trx
      .selectFrom("operations")
      .select("id")
      .where("id", "=", launch.operation_id)
      .where("state", "in", ["queued", "running"])
      .executeTakeFirst();
    const by = { ...actor, requestId, address };
    if (operation !== undefined) await context.platform.operations.requestCancel(trx, operation.id, by);
    await noteLaunch(context, trx, launch.operation_id, { state: "cancelled", cause: "cancelled" });
    // Asked now, with the operation held: no step of it notes another start.
    if (await mayHaveStarted(trx, launch.operation_id)) await wishStop(trx, name, launch.server, "cancelled");
  }
}
