import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Impersonator } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { digestOf, looksLikeRandomSecret, randomSecret } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";

/** A session ends this long after its last use … */
export const IDLE_DAYS = 14;
/** … and this long after sign-in, whatever happens. */
export const ABSOLUTE_DAYS = 30;
/** That one ran out, and was not ended, is known for this long: the browser leaves what was typed to its person. */
export const RUN_OUT_DAYS = 90;
/** Live ones a person; the oldest ends when there is one more. */
const LIVE_SESSIONS = 50;

export interface FoundWebSession {
  readonly account: AccountRow;
  readonly id: string;
  readonly expiresAt: number;
  /** The administrator who acts as this account by it. */
  readonly impersonator: Impersonator | undefined;
}

export interface OpenedWebSession {
  readonly id: string;
  readonly secret: string;
  /** Older ones that ended because there were too many. */
  readonly ended: string[];
}

export interface WebSessions {
  /**
   * A session with a secret made here and now: what a browser brought before sign-in is never taken over
   * (session fixation).
   * @param before when the person signed in the time before: what failed since then is shown
   */
  open(
    trx: AccountsTrx,
    accountId: number,
    actor: Actor,
    agent: string,
    before: Date | null,
  ): Promise<OpenedWebSession>;
  /** Null when it has ended or its account is not active. */
  find(secret: string): Promise<FoundWebSession | null>;
  /** Whether it only grew too old: nobody ended it, nor the account. Known for `RUN_OUT_DAYS`. */
  hasRunOut(secret: string): Promise<boolean>;
  /** Ends one. The caller also tells `platform.revocations`. */
  end(trx: AccountsTrx, id: string): Promise<void>;
}

export function createWebSessions(context: AccountsContext): WebSessions {
  return {
    async open(trx, accountId, actor, agent, before) {
      const id = randomUUID();
      const secret = randomSecret();
      await trx
        .insertInto("web_sessions")
        .values({
          id,
          account_id: accountId,
          secret_hash: digestOf(secret),
          idle_expires_at: inDays(IDLE_DAYS),
          absolute_expires_at: inDays(ABSOLUTE_DAYS),
          last_ip: actor.address,
          last_ua: agent,
          signed_in_before: before,
        })
        .execute();
      return { id, secret, ended: await endOldest(trx, accountId) };
    },

    async find(secret) {
      if (!looksLikeRandomSecret(secret)) return null;
      const row = await context.db
        .selectFrom("web_sessions as s")
        .innerJoin("accounts as a", "a.id", "s.account_id")
        .leftJoin("impersonations as i", "i.id", "s.impersonation_id")
        .leftJoin("accounts as b", "b.id", "i.admin_id")
        .selectAll("a")
        .select(["s.id as session_id", "s.idle_expires_at", "s.absolute_expires_at"])
        .select(["b.id as admin_id", "b.username as admin_label"])
        .where("s.secret_hash", "=", digestOf(secret))
        .where("a.status", "=", "active")
        .where("s.idle_expires_at", ">", sql<Date>`now()`)
        .where("s.absolute_expires_at", ">", sql<Date>`now()`)
        // Whatever happened since it began: no acting without the role, none as an administrator.
        .where(
          sql<boolean>`(s.impersonation_id is null
            or (b.is_admin and b.status = 'active' and b.deletion_due_at is null and not a.is_admin))`,
        )
        .executeTakeFirst();
      if (!row) return null;
      const { session_id, idle_expires_at, absolute_expires_at, admin_id, admin_label, ...account } = row;
      const expiresAt = Math.min(idle_expires_at.getTime(), absolute_expires_at.getTime());
      const impersonator = admin_id === null ? undefined : { accountId: admin_id, label: admin_label ?? "" };
      return { account, id: session_id, expiresAt, impersonator };
    },

    async hasRunOut(secret) {
      if (!looksLikeRandomSecret(secret)) return false;
      const row = await context.db
        .selectFrom("web_sessions as s")
        .innerJoin("accounts as a", "a.id", "s.account_id")
        .select("s.id")
        .where("s.secret_hash", "=", digestOf(secret))
        .where("s.impersonation_id", "is", null)
        .where("a.status", "=", "active")
        .where(sql<boolean>`least(s.idle_expires_at, s.absolute_expires_at) <= now()`)
        .executeTakeFirst();
      return row !== undefined;
    },

    async end(trx, id) {
      await trx.deleteFrom("web_sessions").where("id", "=", id).execute();
    },
  };
}

const isLive = sql<boolean>`least(idle_expires_at, absolute_expires_at) > now()`;

async function endOldest(trx: AccountsTrx, accountId: number): Promise<string[]> {
  const kept = trx
    .selectFrom("web_sessions")
    .select("id")
    .where("account_id", "=", accountId)
    .where("impersonation_id", "is", null)
    .where(isLive)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(LIVE_SESSIONS);
  const ended = await trx
    .deleteFrom("web_sessions")
    .where("account_id", "=", accountId)
    .where("impersonation_id", "is", null)
    .where(isLive)
    .where("id", "not in", kept)
    .returning("id")
    .execute();
  return ended.map((row) => row.id);
}

function inDays(days: number) {
  return sql<Date>`now() + make_interval(days => ${days})`;
}
