import { sql } from "kysely";
import { type Caller, type HubContext, recordChange, serverId } from "../context.ts";
import type { HubLaunchRow, HubTrx } from "../tables.ts";
import { wantUser } from "../users/queries.ts";
import { LaunchProblem } from "./causes.ts";
import { goesOn, launchOf } from "./launch-rows.ts";
import { roomForNamed } from "./named-servers.ts";
import { LaunchRefused } from "./refusals.ts";

export const LAUNCH_KIND = "hub.launch";

export interface Begun {
  readonly operationId: string;
  /** False: one was going on, and this is it. */
  readonly isNew: boolean;
}

/**
 * Begins to start somebody's server: one launch at a time of each, however many tabs and servers ask.
 * @param server empty: the default one
 * @throws LaunchRefused cancelled: the account was closed meanwhile; NamedServersFull
 */
export async function beginLaunch(
  context: HubContext,
  caller: Caller,
  account: { readonly id: number; readonly username: string },
  server: string,
): Promise<Begun> {
  const { db, platform } = context;
  return db.transaction().execute(async (trx) => {
    await requireOpen(trx, account.id);
    const user = await wantUser(trx, account);
    // The row of their user is what all who ask at once wait for.
    await trx
      .selectFrom("hub_users")
      .select("account_id")
      .where("account_id", "=", account.id)
      .forNoKeyUpdate()
      .execute();
    const known = await launchOf(trx, account.id, server);
    if (known !== null && goesOn(known) && (await isUnderWay(trx, known))) {
      return { operationId: known.operation_id, isNew: false };
    }
    await roomForNamed(context, trx, user, server);
    const operation = await platform.operations.enqueue(trx, {
      kind: LAUNCH_KIND,
      subject: { kind: "hub-server", id: serverId(user.name, server) },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      audience: [account.id],
      input: { account_id: account.id, server },
    });
    const fresh = { operation_id: operation.id, state: "queued" as const, cause: null, said: null };
    const times = { begun_at: new Date(), asked_at: null, ended_at: null };
    await trx
      .insertInto("hub_launches")
      .values({ account_id: account.id, server, ...fresh, ...times })
      .onConflict((conflict) => conflict.columns(["account_id", "server"]).doUpdateSet({ ...fresh, ...times }))
      .execute();
    const about = { accountId: account.id, name: user.name };
    await recordChange(context, trx, caller, "hub.launch", about, { server, operation_id: operation.id });
    return { operationId: operation.id, isNew: true };
  });
}

/** Whoever closes the account waits for this, or this for them: what is begun here is seen, and cancelled, by them. */
async function requireOpen(trx: HubTrx, accountId: number): Promise<void> {
  const { rows } = await sql`
    select from accounts where id = ${accountId} and status <> 'deactivated' and deleted_at is null for share`.execute(
    trx,
  );
  if (rows.length === 0) throw new LaunchRefused(new LaunchProblem("cancelled", "the account is closed"));
}

/** An operation that has ended without a word of its launch was given up by the platform. */
async function isUnderWay(trx: HubTrx, launch: HubLaunchRow): Promise<boolean> {
  const operation = await trx
    .selectFrom("operations")
    .select("state")
    .where("id", "=", launch.operation_id)
    .executeTakeFirst();
  return operation?.state === "queued" || operation?.state === "running";
}
