import { type HubContext, recordChange, SYSTEM } from "../context.ts";
import { type KeptGoing, keepGoing } from "../keep-going.ts";
import type { HubDb } from "../tables.ts";
import { endLaunches } from "../users/end-launches.ts";

/** An event may be missed, and a launch may be under way just then: everybody is looked at this often. */
const EVERY_MS = 10_000;

/** Ends the servers and the launches of people whose accounts were deactivated. @param stopped is told when one is to be stopped now */
export function createInactiveOwners(context: HubContext, stopped: () => void): KeptGoing {
  const { events, log } = context.platform;
  const what = "ending servers of deactivated accounts";
  const going = keepGoing(
    async () => {
      await cancelInactive(context);
      if (await stopInactive(context)) stopped();
    },
    { everyMs: EVERY_MS, what, log },
  );
  let unsubscribe: () => void = () => undefined;
  return {
    ...going,
    start() {
      unsubscribe = events.subscribe({ types: ["account.changed"] }, ({ data }) => {
        if (data.action === "account.deactivate") going.wake();
      });
      going.start();
    },
    async stop() {
      unsubscribe();
      await going.stop();
    },
  };
}

/** What waits for a place at the hub would be started for nobody. */
async function cancelInactive(context: HubContext): Promise<void> {
  const starting = await context.db
    .selectFrom("hub_users")
    .selectAll()
    .where("account_id", "in", (e) =>
      e.selectFrom("hub_launches").select("account_id").where("state", "in", ["queued", "asked"]),
    )
    .execute();
  if (starting.length === 0) return;
  const accounts = await context.people.byIds(starting.map((user) => user.account_id));
  for (const user of starting) {
    if (accounts.get(user.account_id)?.active !== true) await endLaunches(context, SYSTEM, user);
  }
}

interface Owned {
  readonly accountId: number;
  readonly name: string;
  readonly server: string;
}

async function stopInactive(context: HubContext): Promise<boolean> {
  const owned = await running(context.db);
  if (owned.length === 0) return false;
  const accounts = await context.people.byIds([...new Set(owned.map(({ accountId }) => accountId))]);
  let any = false;
  for (const one of owned) {
    const isActive = accounts.get(one.accountId)?.active ?? false;
    if (!isActive && (await wishOnce(context, one))) any = true;
  }
  return any;
}

function running(db: HubDb): Promise<Owned[]> {
  return db
    .selectFrom("hub_servers as s")
    .innerJoin("hub_users as u", "u.name", "s.user_name")
    .select(["u.account_id as accountId", "u.name", "s.server"])
    .where("u.state", "=", "ours")
    .where("s.state", "<>", "stopped")
    .where("s.stop_wanted", "is", null)
    .execute();
}

/** @returns false: another server of the cluster, or a person, was quicker */
function wishOnce(context: HubContext, { accountId, name, server }: Owned): Promise<boolean> {
  return context.db.transaction().execute(async (trx) => {
    const wished = await trx
      .updateTable("hub_servers")
      .set({ stop_wanted: "account" })
      .where("user_name", "=", name)
      .where("server", "=", server)
      .where("state", "<>", "stopped")
      .where("stop_wanted", "is", null)
      .returning("server")
      .executeTakeFirst();
    if (wished === undefined) return false;
    await recordChange(context, trx, SYSTEM, "hub.stop", { accountId, name }, { server, because: "account" });
    return true;
  });
}
