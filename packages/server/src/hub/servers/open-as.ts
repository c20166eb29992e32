import { randomUUID } from "node:crypto";
import { tell } from "../../notices/notices.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { knownServers } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { type Caller, type HubContext, recordChange } from "../context.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import { type HubTrx, type HubUserRow, widen } from "../tables.ts";
import { type Landing, landIn, type TokenLimit } from "../tokens/land.ts";
import { HubAdminRefused } from "../users/link-refusals.ts";
import { lookAtOwn } from "../users/look.ts";
import { linkedName, userOf } from "../users/queries.ts";
import { liveServer } from "./list-all.ts";
import { namedOrOnly, type WhichServer } from "./stop-any.ts";

/** Whose share of calls counts where no account asks. */
const NOBODY = -1;

/** By the work's own transaction: who asks has proven once more who they are. */
export type Proven = (work: (prove: (trx: HubTrx) => Promise<void>) => Promise<void>) => Promise<void>;

/**
 * The way into somebody's server for an administrator, with a token for that server alone, after the administrator's
 * own password once more. The owner is told in the same transaction, before there is a token. As with acting as
 * somebody: never as another administrator, and not where that is switched off.
 * @throws HubAdminRefused, LaunchRefused, and what proving throws
 */
export async function openAs(
  context: HubContext,
  caller: Caller,
  which: WhichServer,
  { proven, limit }: { readonly proven: Proven; readonly limit: TokenLimit },
): Promise<Landing> {
  const asker = caller.actor.accountId ?? NOBODY;
  const inShare = <T>(work: () => Promise<T>) => withinShare(context.client, asker, work);
  const { user, url } = await inShare(() => readyServer(context, caller, which));
  await proven((prove) =>
    context.db.transaction().execute(async (plain) => {
      const trx = widen(plain);
      await prove(trx);
      if (linkedName(await userOf(trx, user.account_id)) !== user.name) throw new HubAdminRefused("changed_meanwhile");
      await noteOpening(context, trx, caller, which, user);
    }),
  );
  return inShare(() => asLaunch(() => landIn(context, caller, user, which.server, url, limit)));
}

/** Looked at first: a password is not asked for in vain. */
async function readyServer(context: HubContext, caller: Caller, { user: name, server, reason }: WhichServer) {
  if (context.platform.config.people.actAsMinutes === 0) throw new HubAdminRefused("acting_off");
  if (!isPlain(reason)) throw new HubAdminRefused("plain_reason");
  const row = await liveServer(context.db, name, server);
  if (row === null) throw new HubAdminRefused("no_such_server");
  if (row.account === null) throw new HubAdminRefused("nobodys_server");
  const { id } = row.account;
  const owner = await context.people.get(id);
  if (owner?.isAdmin === true && id !== caller.actor.accountId) throw new HubAdminRefused("server_of_admin");
  const user = await userOf(context.db, id);
  if (user === null || linkedName(user) !== name) throw new HubAdminRefused("nobodys_server");
  const { client } = context;
  if (client === null) throw new LaunchRefused(new LaunchProblem("no_hub"));
  const { seen: hubUser } = await asLaunch(() => lookAtOwn(context, client, user));
  const seen = hubUser === null ? null : await asLaunch(async () => knownServers(hubUser).get(server));
  if (seen?.ready !== true) throw new HubAdminRefused("server_not_ready");
  return { user, url: seen.url };
}

async function noteOpening(
  context: HubContext,
  trx: HubTrx,
  caller: Caller,
  { user: name, server, reason }: WhichServer,
  { account_id: accountId }: HubUserRow,
): Promise<void> {
  await recordChange(context, trx, caller, "hub.open_as", { accountId, name }, { server, reason });
  if (accountId === caller.actor.accountId) return;
  await tell(trx, {
    kind: "hub.opened",
    to: accountId,
    key: randomUUID(),
    subject: { kind: "hub_server", id: server },
    values: { person: caller.actor.label, ...namedOrOnly(server), reason },
  });
}

/** Others read it: no characters that turn the line around or hide. */
function isPlain(reason: string): boolean {
  const isSafe = !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(reason) && reason.isWellFormed();
  return isSafe && reason.length >= 3 && reason.length <= 300;
}

async function asLaunch<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = error instanceof StoaError && error.code === "rate_limited" ? null : problemOf(error);
    throw problem === null ? error : new LaunchRefused(problem);
  }
}
