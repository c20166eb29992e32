import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, HubContext } from "../context.ts";
import type { HubDb, HubTrx, HubUserRow } from "../tables.ts";
import { cancelLaunches } from "./end-access.ts";

/**
 * Cancels what an account that is closed is just starting. Safe to repeat.
 * @returns false: one of them is under way still
 */
export async function endLaunches(context: HubContext, caller: Caller, user: HubUserRow): Promise<boolean> {
  if (!(await isUnderWay(context.db, user.account_id))) return true;
  await context.db
    .transaction()
    .execute((trx) => cancelLaunches(context, trx, caller, user))
    .catch((error: unknown) => {
      // It ends by itself just now.
      if (!(error instanceof StoaError && (error.code === "conflict" || error.code === "not_found"))) throw error;
    });
  return !(await isUnderWay(context.db, user.account_id));
}

/** By their operations: a launch that is told to be cancelled goes on until its own has ended. */
async function isUnderWay(db: HubDb | HubTrx, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom("hub_launches as l")
    .innerJoin("operations as o", "o.id", "l.operation_id")
    .select("o.id")
    .where("l.account_id", "=", accountId)
    .where("o.state", "in", ["queued", "running"])
    .executeTakeFirst();
  return row !== undefined;
}
