import type { Static } from "typebox";
import { publicOrigin } from "../client/open-client.ts";
import type { HubContext } from "../context.ts";
import { hubSilence } from "../health/silence.ts";
import { goesOn } from "../launch/launch-rows.ts";
import type { HubLaunchRow, HubServerRow } from "../tables.ts";
import { linkedName, userOf } from "../users/queries.ts";
import { type OwnHub, presentServer } from "./schema.ts";

/** How somebody stands at the hub, from what is noted here: nobody waits for the hub. */
export async function readOwnHub(
  { db, platform, client }: HubContext,
  accountId: number,
  language: "en" | "fa",
): Promise<Static<typeof OwnHub>> {
  // In the order that a launch writes last: whose launch is ready has a server that is, and a user. The other way round
  // one that is ready in this moment would be shown beside a server that stands still.
  const [launches, silence] = await Promise.all([
    db.selectFrom("hub_launches").selectAll().where("account_id", "=", accountId).execute(),
    client === null ? null : hubSilence(db),
  ]);
  const user = await userOf(db, accountId);
  const name = linkedName(user);
  // Of a name that somebody else has at the hub nothing is theirs.
  const servers =
    name === null ? [] : await db.selectFrom("hub_servers").selectAll().where("user_name", "=", name).execute();
  const most = platform.config.hub.namedServersPerPerson;
  const names = ["", ...namesToShow(servers, launches, most)];
  const named = platform.config.hub.namedServers === "on";
  return {
    configured: client !== null,
    public_url: publicOrigin(platform),
    idle_minutes: platform.config.hub.idleMinutes,
    named_servers: named,
    silence: silence === null ? null : { heard_at: silence.heardAt?.toISOString() ?? null },
    user: user === null ? null : { name: user.name, state: user.state },
    servers: names.sort().map((name) => {
      const row = servers.find(({ server }) => server === name) ?? null;
      return presentServer(name, row, launches.find(({ server }) => server === name) ?? null, language);
    }),
  };
}

/** The named ones: all that run or start, and those that did last of the others. */
function namesToShow(servers: readonly HubServerRow[], launches: readonly HubLaunchRow[], most: number): string[] {
  const live = [...servers.filter(({ state }) => state !== "stopped"), ...launches.filter(goesOn)];
  const shown = new Set(live.map(({ server }) => server));
  const others = [
    ...servers.map(({ server, changed_at: at }) => ({ server, at })),
    ...launches.map(({ server, begun_at: at }) => ({ server, at })),
  ].filter(({ server }) => !shown.has(server) && server !== "");
  const last = others.toSorted((a, b) => b.at.getTime() - a.at.getTime()).map(({ server }) => server);
  return [...shown, ...[...new Set(last)].slice(0, most)].filter((server) => server !== "");
}
