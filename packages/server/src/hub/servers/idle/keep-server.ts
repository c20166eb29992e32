import { sql } from "kysely";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import { type Caller, type HubContext, recordChange } from "../../context.ts";
import type { HubServerRow, HubTrx, HubUserRow } from "../../tables.ts";
import { unwishStop } from "../stops.ts";
import { idlePolicy } from "./idle-policy.ts";
import { withdrawn } from "./idle-stop.ts";

type Context = Pick<HubContext, "db" | "platform">;

/**
 * Its owner wants it: it is not stopped for idleness before the whole time has passed from now on.
 * @throws StoaError conflict: it does not run, or is being stopped
 */
export async function keepServer(
  context: Context,
  caller: Caller,
  user: HubUserRow,
  server: string,
): Promise<HubServerRow> {
  return context.db.transaction().execute(async (trx) => {
    const row = await keepIn(context, trx, user.name, server);
    if (row === null) throw notKept();
    const about = { accountId: user.account_id, name: user.name };
    await recordChange(context, trx, caller, "hub.keep", about, { server, until: row.keep_until?.toISOString() });
    return row;
  });
}

/**
 * The same without a word, where somebody is being led into it.
 * @throws StoaError conflict: it is being stopped, and nobody is to land in what ends
 */
export async function noteUse(context: Context, userName: string, server: string): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    if ((await keepIn(context, trx, userName, server)) !== null) return;
    const ending = trx.selectFrom("hub_servers").select("server").where("stop_wanted", "is not", null);
    const row = await ending.where("user_name", "=", userName).where("server", "=", server).executeTakeFirst();
    if (row !== undefined) throw notKept();
  });
}

function notKept(): StoaError {
  return new StoaError("conflict", { details: { problem: "This server is not running, or is being stopped" } });
}

async function keepIn(context: Context, trx: HubTrx, userName: string, server: string): Promise<HubServerRow | null> {
  const seconds = (idlePolicy(context.platform.config)?.idleMs ?? 0) / 1_000;
  const before = await trx
    .selectFrom("hub_servers")
    .selectAll()
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .where("state", "=", "ready")
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) return null;
  if (before.stop_wanted !== null) {
    // What nobody but Stoa wanted is taken back, if it isn't under way yet.
    if (before.stop_wanted !== "idle" || !(await unwishStop(trx, userName, server))) return null;
  }
  if (before.warned_at !== null) await withdrawn(context, trx, before);
  return trx
    .updateTable("hub_servers")
    .set({ keep_until: sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})` })
    .where("user_name", "=", userName)
    .where("server", "=", server)
    .returningAll()
    .executeTakeFirstOrThrow();
}
