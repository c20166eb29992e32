import { openHubClient } from "@stoa/server/hub/client/open-client.ts";
import { problemOf } from "@stoa/server/hub/launch/causes.ts";
import { listUsers } from "@stoa/server/hub/servers/list-users.ts";
import type { HubTables } from "@stoa/server/hub/tables.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Platform } from "@stoa/server/platform/platform.ts";
import type { PersonPlan } from "./people-plan.ts";

/** What a portal of that kind can have made a user of at the hub, which knows small letters only. */
const HUB_NAME = /^[a-z0-9][a-z0-9._@-]{0,99}$/;

/** Which users of the hub become people's by the operator's word. */
export interface HubPlan {
  /** `key`: the person's of the old portal; `name`: the user's at the hub. */
  readonly links: readonly { readonly key: string; readonly username: string; readonly name: string }[];
  readonly left: readonly { readonly username: string; readonly why: string }[];
}

/** By their names at the hub: whether they are its administrators. */
export type HubUsers = ReadonlyMap<string, { readonly admin: boolean }>;

/**
 * All users of the hub, asked for now: what was listed once doesn't tell who is an administrator by now.
 * @throws StartError where no hub is configured, or it can't be asked
 */
export async function askHub(platform: Platform): Promise<HubUsers> {
  const client = openHubClient(platform, () => undefined);
  if (client === null) {
    throw new StartError(
      "No hub is configured: who its administrators are, whose users nobody may get, is not known.",
      "Set JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN, or leave --link-hub-users out.",
    );
  }
  try {
    const { users } = await listUsers(
      { client, db: platform.db.withTables<HubTables>() },
      false,
      async () => undefined,
    );
    return new Map([...users].map(([name, { user }]) => [name, { admin: user.admin }]));
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    throw new StartError(
      `The hub can't be asked whom it has: ${problem.said || problem.message}`,
      "See what npx stoa doctor says of it, or leave --link-hub-users out: it can be given with a later run.",
      { cause: error },
    );
  } finally {
    await client.close();
  }
}

/** Whose name at the hub is theirs. What another account here has is seen when it is done. */
export function planHubUsers(plans: readonly PersonPlan[], hub: HubUsers): HubPlan {
  const counts = new Map<string, number>();
  for (const { old } of plans) {
    const name = old.username.toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const links: HubPlan["links"][number][] = [];
  const left: HubPlan["left"][number][] = [];
  for (const { fate, old } of plans) {
    if (fate === "refuse") continue;
    const name = old.username.toLowerCase();
    const why = hindranceOf(name, counts.get(name) ?? 0, hub);
    if (why === null) links.push({ key: old.key, username: old.username, name });
    else left.push({ username: old.username, why });
  }
  return { links, left };
}

function hindranceOf(name: string, people: number, hub: HubUsers): string | null {
  if (!HUB_NAME.test(name)) return "the hub has no user of such a name";
  if (people > 1) return "two people there have that name in small letters";
  const user = hub.get(name);
  if (user === undefined) return "the hub has no user of that name";
  return user.admin ? "the hub's user of that name is an administrator there" : null;
}
