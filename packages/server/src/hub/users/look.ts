import type { HubClient, HubUser } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { timeOfDatabase } from "../servers/observe.ts";
import type { HubUserRow } from "../tables.ts";
import { stillOurs } from "./still-ours.ts";

export interface Look {
  /** Null: the hub has no such user. */
  readonly seen: HubUser | null;
  /** By the database's clock, before the hub was asked. */
  readonly asOf: Date;
}

const looking = new WeakMap<HubClient, Map<string, Promise<Look>>>();

/**
 * A fresh look at somebody's user, for a request: all who ask at once for the same one wait for the same answer.
 * @throws LaunchProblem name_taken: it is not theirs any more; HubRefusal, StoaError: as the client
 */
export async function lookAtOwn(context: Pick<HubContext, "db">, client: HubClient, row: HubUserRow): Promise<Look> {
  const look = await shared(context, client, row.name);
  if (look.seen !== null) await stillOurs(context, row, look.seen);
  return look;
}

function shared({ db }: Pick<HubContext, "db">, client: HubClient, name: string): Promise<Look> {
  const of = looking.get(client) ?? new Map<string, Promise<Look>>();
  looking.set(client, of);
  const known = of.get(name);
  if (known !== undefined) return known;
  const begun = (async () => {
    const asOf = await timeOfDatabase(db);
    return { asOf, seen: await client.user(name) };
  })().finally(() => of.delete(name));
  of.set(name, begun);
  return begun;
}
