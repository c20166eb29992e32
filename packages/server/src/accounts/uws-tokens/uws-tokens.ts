import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsContext } from "../context.ts";
import { OLD_TOKEN } from "../import/keep-token.ts";
import { digestOf, isWellFormedToken, newToken } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";

const PREFIX = "zuws_";
/** Contract 3: live ones a person, and of each service that gets them for the person; the oldest ends when there is one more. */
export const LIVE_TOKENS = 20;

export interface FoundUwsToken {
  readonly account: AccountRow;
  readonly id: string;
  readonly expiresAt: number;
}

export interface UwsTokens {
  /**
   * A working token; none of the earlier ones ends, but the oldest beyond 20 of who asks: a service that asks often
   * signs nobody else out. Locks the account's row.
   * @param clientKeyId the client token by which it was got; left out: its owner asked
   */
  issue(
    trx: AccountsTrx,
    accountId: number,
    clientKeyId?: string,
  ): Promise<{ token: string; id: string; ended: string[] }>;
  find(token: string): Promise<FoundUwsToken | null>;
}

export function createUwsTokens(context: AccountsContext): UwsTokens {
  const ttl = context.platform.config.uwsTokenTtl;
  return {
    async issue(trx, accountId, clientKeyId) {
      await trx.selectFrom("accounts").select("id").where("id", "=", accountId).forUpdate().execute();
      const token = newToken(PREFIX);
      const id = randomUUID();
      const expires_at = sql<Date>`now() + make_interval(secs => ${ttl})`;
      const secret_hash = digestOf(token);
      // clock_timestamp: several in one transaction keep their order.
      const created_at = sql<Date>`clock_timestamp()`;
      await trx
        .insertInto("uws_tokens")
        .values({ id, account_id: accountId, secret_hash, expires_at, created_at, client_key_id: clientKeyId ?? null })
        .execute();
      return { token, id, ended: await endOldest(trx, accountId, clientKeyId ?? null) };
    },

    async find(token) {
      // Those of a service that was taken over have no checksum.
      if (!isWellFormedToken(PREFIX, token) && !OLD_TOKEN.test(token)) return null;
      const row = await context.db
        .selectFrom("uws_tokens as t")
        .innerJoin("accounts as a", "a.id", "t.account_id")
        .selectAll("a")
        .select(["t.id as token_id", "t.expires_at"])
        .where("t.secret_hash", "=", digestOf(token))
        .where("a.status", "=", "active")
        .where("t.expires_at", ">", sql<Date>`now()`)
        .executeTakeFirst();
      if (!row) return null;
      const { token_id, expires_at, ...account } = row;
      return { account, id: token_id, expiresAt: expires_at.getTime() };
    },
  };
}

/** @param clientKeyId whose tokens are counted: those of its service, over all its client tokens; null: the owner's own */
async function endOldest(trx: AccountsTrx, accountId: number, clientKeyId: string | null): Promise<string[]> {
  const sameMinter =
    clientKeyId === null
      ? sql<boolean>`client_key_id is null`
      : sql<boolean>`client_key_id in (select other.key_id from client_tokens used
          join client_tokens other on other.account_id = used.account_id where used.key_id = ${clientKeyId})`;
  await trx
    .deleteFrom("uws_tokens")
    .where("account_id", "=", accountId)
    .where("expires_at", "<=", sql<Date>`now()`)
    .execute();
  const kept = trx
    .selectFrom("uws_tokens")
    .select("id")
    .where("account_id", "=", accountId)
    .where(sameMinter)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(LIVE_TOKENS);
  const ended = await trx
    .deleteFrom("uws_tokens")
    .where("account_id", "=", accountId)
    .where(sameMinter)
    .where("id", "not in", kept)
    .returning("id")
    .execute();
  return ended.map((row) => row.id);
}
