import { type HubTrx, widen } from "@stoa/server/hub/tables.ts";
import type { Platform } from "@stoa/server/platform/platform.ts";
import type { Ground } from "../ground.ts";
import type { HubPlan } from "../plan/hub-plan.ts";
import { shown } from "../shown.ts";
import type { KnownPerson } from "./people.ts";

const UNIQUE_VIOLATION = "23505";

export interface LinkedHubUsers {
  readonly linked: number;
  readonly left: readonly { readonly username: string; readonly why: string }[];
}

/**
 * Writes down that people's hub users are those of their names in the old portal, because the operator says so: each in
 * a transaction with its audit entry. Left alone is what the plan leaves, names that another account has, and people who
 * have another hub user.
 */
export async function linkHubUsers(
  ground: Ground,
  plan: HubPlan,
  here: ReadonlyMap<string, KnownPerson>,
): Promise<LinkedHubUsers> {
  const left: LinkedHubUsers["left"][number][] = plan.left.map(({ username, why }) => ({
    username: shown(username),
    why,
  }));
  let linked = 0;
  for (const { key, username, name } of plan.links) {
    const person = here.get(key);
    if (person === undefined) continue;
    const outcome = await linkOne(ground, person, name).catch(takenMeanwhile);
    if (outcome === "linked") linked += 1;
    else if (outcome !== "is already") left.push({ username: shown(username), why: outcome });
  }
  return { linked, left };
}

/** A server that runs beside us may want the same name. */
function takenMeanwhile(error: unknown): string {
  if (error instanceof Error && Reflect.get(error, "code") === UNIQUE_VIOLATION) return "the name was taken meanwhile";
  throw error;
}

async function linkOne({ platform, by, source }: Ground, person: KnownPerson, name: string): Promise<string> {
  return platform.db.transaction().execute(async (open) => {
    const trx = widen(open);
    const hindrance = await hindranceOf(trx, person.id, name);
    if (hindrance !== null) return hindrance;
    const linked = { name, state: "ours", linked_by: by, problem: null, retry_at: null } as const;
    await trx
      .insertInto("hub_users")
      .values({ account_id: person.id, ...linked })
      .onConflict((conflict) => conflict.column("account_id").doUpdateSet(linked))
      .execute();
    await note(platform, open, { ...person, name, by, source });
    return "linked";
  });
}

/** Null: they can be linked. Their own row and that of the name are locked until the end, where they are there. */
async function hindranceOf(trx: HubTrx, accountId: number, name: string): Promise<string | null> {
  // It was asked a moment ago; a server that runs beside us may have asked since.
  const seen = await trx.selectFrom("hub_seen_users").select("is_admin").where("name", "=", name).executeTakeFirst();
  if (seen?.is_admin) return "the hub's user of that name is an administrator there";
  const rows = await trx
    .selectFrom("hub_users")
    .selectAll()
    .where((e) => e.or([e("name", "=", name), e("account_id", "=", accountId)]))
    .orderBy("account_id")
    .forUpdate()
    .execute();
  if (rows.some((row) => row.account_id !== accountId)) return "another account has the hub's user of that name";
  const own = rows.find((row) => row.account_id === accountId);
  if (own?.name === name) return own.state === "ours" ? "is already" : null;
  // One that is only wanted gives way: nobody has worked in it.
  const has = own !== undefined && (own.state === "ours" || own.made_at !== null);
  return has ? `they have the hub's user ${own.name} already` : null;
}

async function note(
  { audit }: Platform,
  trx: Parameters<Platform["audit"]["record"]>[0],
  linked: KnownPerson & { readonly name: string; readonly by: string; readonly source: string },
): Promise<void> {
  await audit.record(trx, {
    action: "hub.link",
    actor: { accountId: null, label: linked.by, credentialKind: null, credentialId: null },
    subject: { kind: "hub-user", id: linked.name, label: linked.name },
    about: [linked.id],
    details: { username: linked.username, source: linked.source, said_by: "import portal --link-hub-users" },
  });
}
