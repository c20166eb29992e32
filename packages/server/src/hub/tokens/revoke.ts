import { StoaError } from "../../platform/errors/stoa-error.ts";
import { HubRefusal } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { type Caller, type HubContext, recordChange, SYSTEM } from "../context.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import { type HubTokenRow, tokenOf } from "./queries.ts";

/**
 * Ends a token of somebody's own: noted at once, tried at once, and tried again until the hub has done it. Safe to
 * repeat. A server keeps what it has checked for up to five minutes.
 * @returns the row as it stands then; null: none of theirs has that id
 */
export async function revokeOwn(
  context: HubContext,
  caller: Caller,
  accountId: number,
  id: number,
): Promise<HubTokenRow | null> {
  const wished = await context.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable("hub_tokens")
      .set({ revoke_wanted_at: new Date() })
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .where("revoke_wanted_at", "is", null)
      .where("revoked_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return null;
    const about = { accountId, name: row.user_name };
    await recordChange(context, trx, caller, "hub.token.revoke", about, { server: row.server, token_id: id });
    return row;
  });
  if (wished !== null) {
    await withinShare(context.client, accountId, () => revokeAtHub(context, wished)).catch((error: unknown) => {
      // The background goes on with it, also where too much of theirs waits at the hub.
      const isFull = error instanceof StoaError && error.code === "rate_limited";
      if (!isFull && problemOf(error) === null) throw error;
    });
  }
  return tokenOf(context.db, accountId, id);
}

/** Milliseconds in which the hub may still make what was asked for; at least two calls' time. */
const MADE_WITHIN_MS = 120_000;

/** How long the hub may still answer a call that asked for a token. */
export function answeredWithinMs({ platform }: Pick<HubContext, "platform">): number {
  return Math.max(MADE_WITHIN_MS, platform.config.hub.timeoutSeconds * 2_000);
}

/**
 * Ends one token at the hub; one whose id never reached us is found by its note.
 * @returns whether it is over; false: it may still be made, look again later
 * @throws HubRefusal, StoaError as the client's
 */
export async function revokeAtHub(context: HubContext, row: HubTokenRow): Promise<boolean> {
  if (context.client === null) throw new LaunchProblem("no_hub");
  if (row.expires_at.getTime() > Date.now()) {
    const id = row.hub_id ?? (await idByNote(context, row));
    if (id !== null) await context.client.revokeToken(row.user_name, id);
    else if (Date.now() - row.created_at.getTime() < answeredWithinMs(context)) return false;
  }
  await context.db.updateTable("hub_tokens").set({ revoked_at: new Date() }).where("id", "=", row.id).execute();
  return true;
}

async function idByNote({ client }: HubContext, { user_name: name, note }: HubTokenRow): Promise<string | null> {
  try {
    const tokens = (await client?.tokens(name)) ?? [];
    return tokens.find((token) => token.note === note)?.id ?? null;
  } catch (error) {
    // A user that is gone took them along.
    if (error instanceof HubRefusal && error.kind === "no_such_user") return null;
    throw error;
  }
}

/** All tokens of an account that stand are to end; without an entry where there are none. */
function wishAllRevoked(context: HubContext, accountId: number): Promise<void> {
  return context.db.transaction().execute(async (trx) => {
    const rows = await trx
      .updateTable("hub_tokens")
      .set({ revoke_wanted_at: new Date() })
      .where("account_id", "=", accountId)
      .where("revoke_wanted_at", "is", null)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", new Date())
      .returning(["id", "user_name"])
      .execute();
    const [first] = rows;
    if (first === undefined) return;
    const details = { token_ids: rows.map(({ id }) => id), because: "account_deleted" };
    await recordChange(context, trx, SYSTEM, "hub.token.revoke", { accountId, name: first.user_name }, details);
  });
}

/**
 * Ends all tokens of an account at the hub, before what is known of them is removed.
 * @returns false: not yet, the hub is away or may still make one
 */
export async function revokeAll(context: HubContext, accountId: number): Promise<boolean> {
  await wishAllRevoked(context, accountId);
  const rows = await context.db
    .selectFrom("hub_tokens")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", new Date())
    .execute();
  try {
    const ended: boolean[] = [];
    for (const row of rows) ended.push(await revokeAtHub(context, row));
    return ended.every((isOver) => isOver);
  } catch (error) {
    if (problemOf(error) === null) throw error;
    // Without the right to end them they end by themselves, with their time.
    return error instanceof HubRefusal && error.kind === "forbidden";
  }
}
