import { tell } from "../../notices/notices.ts";
import { type Caller, type HubContext, recordChange } from "../context.ts";
import { HubAdminRefused } from "../users/link-refusals.ts";
import { type AnyServerRow, liveServer } from "./list-all.ts";
import { wishStop } from "./stops.ts";

export interface WhichServer {
  /** The hub's name of the user. */
  readonly user: string;
  /** Empty: the default one. */
  readonly server: string;
  /** Told to whose it is; empty: nothing. */
  readonly reason: string;
}

/**
 * An administrator wants anybody's server ended: noted at once, done as soon as the hub lets us. Its owner is told by
 * whom and why.
 * @throws HubAdminRefused no_such_server
 */
export async function stopAny(context: HubContext, caller: Caller, which: WhichServer): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const row = await liveServer(trx, which.user, which.server);
    if (row === null) throw new HubAdminRefused("no_such_server");
    await wishStop(trx, which.user, which.server, "admin");
    const about = { accountId: row.account?.id ?? null, name: which.user };
    const details = { server: which.server, reason: which.reason };
    await recordChange(context, trx, caller, "hub.stop", about, details);
    if (row.account === null || row.account.id === caller.actor.accountId) return;
    await tell(trx, {
      kind: "hub.stopped",
      to: row.account.id,
      key: keyOf(row),
      subject: { kind: "hub_server", id: which.server },
      values: { person: caller.actor.label, ...namedOrOnly(which.server), reason: which.reason || null },
    });
  });
}

/** How a notice calls a server. */
export function namedOrOnly(server: string): { readonly name: string | null; readonly why: "named" | "only" } {
  return server === "" ? { name: null, why: "only" } : { name: server, why: "named" };
}

/** One start of a server is stopped once, however many ask. */
function keyOf({ user_name, server, started_at, changed_at }: AnyServerRow): string {
  return `${user_name}/${server} ${(started_at ?? changed_at).toISOString()}`;
}
