import type { HubServer } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import type { HubServerRow } from "../tables.ts";
import type { Found } from "./absent-users.ts";
import { type Activity, noteActivities } from "./activity.ts";
import type { Listed } from "./list-users.ts";
import { observeServer, stateOf } from "./observe.ts";

/** Milliseconds; younger activity is noted with the next look that finds more. */
const ACTIVITY_STEP_MS = 60_000;

type Rows = ReadonlyMap<string, ReadonlyMap<string, HubServerRow>>;

/** Servers that are there by what is noted, by user and name. */
export async function liveServers({ db }: Pick<HubContext, "db">): Promise<Rows> {
  const rows = await db.selectFrom("hub_servers").selectAll().where("state", "<>", "stopped").execute();
  const byUser = new Map<string, Map<string, HubServerRow>>();
  for (const row of rows) {
    const servers = byUser.get(row.user_name) ?? new Map<string, HubServerRow>();
    byUser.set(row.user_name, servers.set(row.server, row));
  }
  return byUser;
}

/** Notes how the servers of those users stand, as the list had them. Writes only what is news. */
export async function applyListed(context: HubContext, users: Iterable<Listed>, live: Rows): Promise<void> {
  const activities: Activity[] = [];
  for (const { user, asOf } of users) {
    // Without the right to read them nothing is known of them.
    if (user.servers === null) continue;
    const rows = live.get(user.name) ?? new Map<string, HubServerRow>();
    for (const [name, server] of user.servers) {
      const row = rows.get(name) ?? null;
      const at = server.lastActivity;
      if (isNews(row, server)) await observeServer(context, user.name, name, server, asOf);
      else if (row !== null && at !== null && isLater(at, row)) {
        activities.push({ userName: user.name, server: name, at });
      }
    }
    for (const name of rows.keys()) {
      if (!user.servers.has(name)) await observeServer(context, user.name, name, null, asOf);
    }
  }
  await noteActivities(context.db, activities);
}

/** Notes what became of the servers of those whom the list had not. */
export async function applyFound(context: HubContext, found: readonly Found[], live: Rows): Promise<void> {
  for (const { name, user, asOf } of found) {
    if (user != null) await applyListed(context, [{ user, asOf }], live);
    else for (const server of live.get(name)?.keys() ?? []) await observeServer(context, name, server, null, asOf);
  }
}

function isNews(row: HubServerRow | null, server: HubServer): boolean {
  const state = stateOf(server);
  if (row === null) return state !== "stopped";
  return (
    row.state !== state ||
    row.url !== server.url ||
    (row.started_at?.getTime() ?? 0) < (server.startedAt?.getTime() ?? 0)
  );
}

function isLater(at: Date, { last_activity: last }: HubServerRow): boolean {
  return last === null || at.getTime() - last.getTime() >= ACTIVITY_STEP_MS;
}
