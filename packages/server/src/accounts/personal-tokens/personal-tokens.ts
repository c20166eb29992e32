import { sql } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { fourWordId } from "../four-word-id.ts";
import { requireSignIn, unownedScopes } from "../policy.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { revoking } from "../revoking.ts";
import { digestOf, isWellFormedToken, newToken } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";
import { COLUMNS, findLiveToken, liveTokenCount, lockToken, type PersonalTokenRow, tokensOf } from "./queries.ts";
import { hardExpiry, softExpiry } from "./token-expiry.ts";

export const PREFIX = "zpat_";
/** Live tokens a person. */
const LIVE_TOKENS = 100;

export interface NewPersonalToken {
  readonly label: string;
  readonly scopes: readonly string[];
  readonly expiry?: string | undefined;
}

export interface PersonalTokens {
  list(accountId: number): Promise<PersonalTokenRow[]>;
  /** The secret is in this answer and nowhere else. */
  create(
    principal: Principal,
    wanted: NewPersonalToken,
    actor: Actor,
  ): Promise<{ token: string; row: PersonalTokenRow }>;
  /** Moves the soft expiry, also of an expired token, up to its hard expiry. */
  renew(principal: Principal, keyId: string, expiry: string | undefined, actor: Actor): Promise<PersonalTokenRow>;
  /** Ends it within 1 s everywhere. Revoking twice is once. */
  revoke(principal: Principal, keyId: string, actor: Actor): Promise<PersonalTokenRow>;
  /** Null for what is not a live token of an active account. */
  find(token: string): ReturnType<typeof findLiveToken>;
}

export function createPersonalTokens(context: AccountsContext): PersonalTokens {
  const { db } = context;

  /** The owner's row, locked: two creations at once count each other, and a deactivation waits or is seen. */
  async function lockOwner(trx: AccountsTrx, principal: Principal): Promise<AccountRow> {
    const owner = await trx
      .selectFrom("accounts")
      .selectAll()
      .where("id", "=", principal.accountId ?? -1)
      .where("status", "=", "active")
      .forUpdate()
      .executeTakeFirst();
    if (!owner) throw new AccountRefusal("no_such_user");
    return owner;
  }

  async function lockOwned(trx: AccountsTrx, principal: Principal, keyId: string) {
    const owner = await lockOwner(trx, principal);
    const token = await lockToken(trx, owner.id, keyId);
    if (!token) throw new AccountRefusal("no_such_token");
    return { owner, token };
  }

  async function change(
    trx: AccountsTrx,
    owner: AccountRow,
    token: PersonalTokenRow,
    actor: Actor,
    action: string,
    details: Record<string, unknown>,
  ) {
    const subject = { kind: "token", id: token.key_id, label: token.label };
    await record(context, trx, { action, actor, account: owner, subject, event: "account.token", details });
  }

  return {
    list: (accountId) => tokensOf(db, accountId),

    async create(principal, wanted, actor) {
      requireSignIn(principal);
      const label = checkedLabel(wanted.label);
      const hard = hardExpiry();
      const expiry = softExpiry(wanted.expiry, hard);
      return db.transaction().execute(async (trx) => {
        const owner = await lockOwner(trx, principal);
        const unowned = unownedScopes(owner, wanted.scopes);
        if (unowned.length > 0) throw new AccountRefusal("scope_not_owned", { scopes: unowned.join(", ") });
        const count = await liveTokenCount(trx, owner.id);
        if (count >= LIVE_TOKENS) throw new AccountRefusal("too_many_tokens", { count });
        const token = newToken(PREFIX);
        const row = await insert(trx, {
          account_id: owner.id,
          secret_hash: digestOf(token),
          label,
          scopes: [...new Set(wanted.scopes)],
          expiry_at: expiry,
          hard_expiry_at: hard,
        });
        await change(trx, owner, row, actor, "token.create", { scopes: row.scopes, expiry_at: expiry.toISOString() });
        return { token, row };
      });
    },

    async renew(principal, keyId, expiry, actor) {
      requireSignIn(principal);
      return db.transaction().execute(async (trx) => {
        const { owner, token } = await lockOwned(trx, principal, keyId);
        if (token.status === "revoked") throw new AccountRefusal("no_such_token");
        const expiry_at = softExpiry(expiry, token.hard_expiry_at);
        const row = await trx
          .updateTable("personal_tokens")
          .set({ expiry_at, expiry_set_at: sql<Date>`now()`, noticed_days: null, token_ver: sql`token_ver + 1` })
          .where("key_id", "=", keyId)
          .returning(COLUMNS)
          .executeTakeFirstOrThrow();
        await change(trx, owner, row, actor, "token.renew", { expiry_at: expiry_at.toISOString() });
        return row;
      });
    },

    async revoke(principal, keyId, actor) {
      requireSignIn(principal);
      return revoking(context, async (trx, revoke) => {
        const { owner, token } = await lockOwned(trx, principal, keyId);
        if (token.status === "revoked") return token;
        const row = await trx
          .updateTable("personal_tokens")
          .set({ revoked_at: sql<Date>`now()` })
          .where("key_id", "=", keyId)
          .returning(COLUMNS)
          .executeTakeFirstOrThrow();
        await change(trx, owner, row, actor, "token.revoke", {});
        await revoke({ credentialId: keyId });
        return row;
      });
    },

    async find(token) {
      return isWellFormedToken(PREFIX, token) ? findLiveToken(db, digestOf(token)) : null;
    },
  };
}

type NewRow = Pick<PersonalTokenRow, "account_id" | "label" | "scopes" | "expiry_at" | "hard_expiry_at"> & {
  readonly secret_hash: Buffer;
};

/** With a four-word id that nobody has: two alike in 2⁴¹ are unlikely, not impossible. */
async function insert(trx: AccountsTrx, values: NewRow): Promise<PersonalTokenRow> {
  for (;;) {
    const row = await trx
      .insertInto("personal_tokens")
      .values({ ...values, key_id: fourWordId() })
      .onConflict((conflict) => conflict.column("key_id").doNothing())
      .returning(COLUMNS)
      .executeTakeFirst();
    if (row) return row;
  }
}

function checkedLabel(value: string): string {
  const label = value.trim().normalize("NFC");
  if (label.length < 1 || label.length > 100 || /\p{Cc}/u.test(label)) throw new AccountRefusal("label_rule");
  return label;
}
