import { tell } from "../../../notices/notices.ts";
import { type HubContext, recordChange, SERVER_EVENT, SYSTEM, serverId } from "../../context.ts";
import type { HubServerRow, HubTrx } from "../../tables.ts";
import { accountOfUser } from "../../users/queries.ts";
import { wishStop } from "../stops.ts";

type Context = Pick<HubContext, "db" | "platform">;

/** Tells the owner that their server will be stopped; nothing, where it was kept, stopped or used meanwhile. */
export async function warnOfIdleStop(context: Context, row: HubServerRow, now: Date, stopAt: Date): Promise<void> {
  await inTurn(context, row, async (trx) => {
    await update(trx, row, { warned_at: now, idle_stop_at: stopAt });
    const owner = await publish(context, trx, row, { state: "idle_warned", idle_stop_at: stopAt.toISOString() });
    if (owner === null) return;
    const id = serverId(row.user_name, row.server);
    await tell(trx, {
      kind: "hub.idle",
      to: owner,
      // A server is warned of again, after it was kept or used.
      key: `${id}@${now.toISOString()}`,
      subject: { kind: "hub_server", id },
      values: {
        ...(row.server === "" ? { name: null, why: "only" } : { name: row.server, why: "named" }),
        at: stopAt.toISOString(),
      },
    });
  });
}

/** It is used after all, or isn't to be stopped any more. */
export async function withdrawWarning(context: Context, row: HubServerRow): Promise<void> {
  await inTurn(context, row, (trx) => withdrawn(context, trx, row));
}

/** The same, in a transaction that holds the row. */
export async function withdrawn(context: Pick<Context, "platform">, trx: HubTrx, row: HubServerRow): Promise<void> {
  await update(trx, row, { warned_at: null, idle_stop_at: null });
  await publish(context, trx, row, { state: "idle_withdrawn" });
}

/** @returns whether it is to be stopped now; false: it was kept, or used, at the last moment */
export async function stopForIdleness(context: Context, row: HubServerRow): Promise<boolean> {
  return inTurn(context, row, async (trx) => {
    await wishStop(trx, row.user_name, row.server, "idle");
    const about = { accountId: await accountOfUser(trx, row.user_name), name: row.user_name };
    await recordChange(context, trx, SYSTEM, "hub.stop", about, { server: row.server, because: "idle" });
  });
}

/** The row is ours, and still as it was when we decided: whoever keeps it or stops it comes before or after us. */
function inTurn({ db }: Context, row: HubServerRow, work: (trx: HubTrx) => Promise<void>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const now = await trx
      .selectFrom("hub_servers")
      .select(["state", "stop_wanted", "warned_at", "keep_until", "started_at"])
      .where("user_name", "=", row.user_name)
      .where("server", "=", row.server)
      .forUpdate()
      .executeTakeFirst();
    const same = (["warned_at", "keep_until", "started_at"] as const).every(
      (name) => now?.[name]?.getTime() === row[name]?.getTime(),
    );
    if (now?.state !== "ready" || now.stop_wanted !== null || !same) return false;
    await work(trx);
    return true;
  });
}

async function update(
  trx: HubTrx,
  row: HubServerRow,
  change: Pick<HubServerRow, "warned_at" | "idle_stop_at">,
): Promise<void> {
  await trx
    .updateTable("hub_servers")
    .set(change)
    .where("user_name", "=", row.user_name)
    .where("server", "=", row.server)
    .execute();
}

async function publish(
  { platform }: Pick<Context, "platform">,
  trx: HubTrx,
  row: HubServerRow,
  data: Readonly<Record<string, unknown>>,
): Promise<number | null> {
  const owner = await accountOfUser(trx, row.user_name);
  await platform.events.publish(trx, {
    type: SERVER_EVENT,
    subject: { kind: "hub-server", id: serverId(row.user_name, row.server) },
    audience: owner === null ? [] : [owner],
    data: { user: row.user_name, server: row.server, ...data },
  });
  return owner;
}
