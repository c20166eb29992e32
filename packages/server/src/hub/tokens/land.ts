import { randomUUID } from "node:crypto";
import { HubRefusal } from "../client/contract.ts";
import { type Caller, type HubContext, recordChange } from "../context.ts";
import { problemOf } from "../launch/causes.ts";
import { noteUse } from "../servers/idle/keep-server.ts";
import type { HubUserRow } from "../tables.ts";

/** Where a person lands: a path on the hub's public address. */
export interface Landing {
  readonly path: string;
  /** Ours, in the list of their tokens; null: the hub gave none, and asks them to sign in itself. */
  readonly tokenId: number | null;
  readonly expiresAt: Date | null;
}

/** Counts one token more for that account; throws where it has had too many. */
export type TokenLimit = (accountId: number) => Promise<unknown>;

/**
 * The way into somebody's server, with a fresh token that reaches this server only. Where the hub refuses one, without:
 * they sign in at the hub.
 * @param url the server's path, with a slash at both ends
 * @param limit of tokens: a page that asks in a circle must not make thousands at the hub
 * @throws LaunchProblem hub_down, and what the limit throws
 */
export async function landIn(
  context: HubContext,
  caller: Caller,
  user: HubUserRow,
  server: string,
  url: string,
  limit: TokenLimit,
): Promise<Landing> {
  await limit(user.account_id);
  // Whoever comes in uses it; the hub would tell of it minutes later.
  await noteUse(context, user.name, server);
  const path = pathIn(url);
  const made = await makeToken(context, caller, user, server);
  if (made === null) return { path, tokenId: null, expiresAt: null };
  return { path: `${path}?token=${encodeURIComponent(made.secret)}`, tokenId: made.id, expiresAt: made.expiresAt };
}

/** Where one lands without a token: the hub asks them to sign in. */
export function pathIn(url: string): string {
  return `${url.endsWith("/") ? url : `${url}/`}lab`;
}

async function makeToken(context: HubContext, caller: Caller, user: HubUserRow, server: string) {
  const { client, db, platform } = context;
  if (client === null) return null;
  const expiresIn = platform.config.hub.tokenSeconds;
  // Noted before it is asked for: killed in between, it is found at the hub by its note, and ended.
  const note = `Stoa ${randomUUID()}`;
  const expiresAt = new Date(Date.now() + expiresIn * 1_000);
  const id = await db.transaction().execute(async (trx) => {
    const { account_id, name: user_name } = user;
    // Who opens another's holds it by their own role: it ends with that.
    const opened_by = caller.actor.accountId === account_id ? null : caller.actor.accountId;
    const values = { account_id, user_name, server, note, expires_at: expiresAt, address: caller.address, opened_by };
    const row = await trx.insertInto("hub_tokens").values(values).returning("id").executeTakeFirstOrThrow();
    const about = { accountId: account_id, name: user_name };
    await recordChange(context, trx, caller, "hub.token.create", about, { server, token_id: row.id });
    return row.id;
  });
  try {
    const scopes = [`access:servers!server=${user.name}/${server}`];
    const token = await client.makeToken(user.name, { expiresIn, note, scopes });
    await db.updateTable("hub_tokens").set({ hub_id: token.id }).where("id", "=", id).execute();
    return { id, secret: token.secret, expiresAt };
  } catch (error) {
    const isRefused = error instanceof HubRefusal && error.kind === "forbidden";
    const over = isRefused ? { revoked_at: new Date() } : { revoke_wanted_at: new Date() };
    await db.updateTable("hub_tokens").set(over).where("id", "=", id).execute();
    if (isRefused) return null;
    throw problemOf(error) ?? error;
  }
}
