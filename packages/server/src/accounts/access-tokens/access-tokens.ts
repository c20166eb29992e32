import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsTrx } from "../tables.ts";
import { ALGORITHM, createSigningKeys } from "./signing-keys.ts";

/** Seconds, contract 2. */
export const ACCESS_TOKEN_SECONDS = 28_800;
const ISSUER = "stoa";
const AUDIENCE = "stoa-api";
const TYPE = "at+jwt";
/** Longer than any that we sign. */
const MAX_LENGTH = 2_048;

export interface VerifiedAccessToken {
  readonly account: AccountRow;
  readonly jti: string;
  readonly expiresAt: number;
}

export interface AccessTokens {
  /**
   * Gets the signing key, so that within a transaction nothing waits for a second connection: the result signs
   * tokens of eight hours for accounts in their present epoch.
   */
  issuer(): Promise<(account: Pick<AccountRow, "id" | "token_epoch">) => Promise<{ token: string; jti: string }>>;
  /** Null for what is not a live token of an active account: expired, revoked, tampered, of another algorithm. */
  verify(token: string): Promise<VerifiedAccessToken | null>;
  /** Ends one token before its time. The caller also tells `platform.revocations`. */
  revoke(trx: AccountsTrx, jti: string): Promise<void>;
}

export function createAccessTokens(context: AccountsContext): AccessTokens {
  const keys = createSigningKeys(context);

  async function readClaims(token: string): Promise<Claims | null> {
    if (token.length > MAX_LENGTH || token.split(".").length !== 3) return null;
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => keys.verifier(kid ?? ""), {
        // Pinned: the header never chooses, so neither `none` nor HS256 with our public key gets in.
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ["sub", "jti", "exp", "epoch"],
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  return {
    async issuer() {
      const { kid, key } = await keys.current();
      return async (account) => {
        const jti = randomUUID();
        const token = await new SignJWT({ epoch: account.token_epoch })
          .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject(String(account.id))
          .setJti(jti)
          .setIssuedAt()
          .setExpirationTime(`${ACCESS_TOKEN_SECONDS}s`)
          .sign(key);
        return { token, jti };
      };
    },

    async verify(token) {
      const claims = await readClaims(token);
      if (!claims) return null;
      const account = await context.db
        .selectFrom("accounts")
        .selectAll()
        .where("id", "=", claims.accountId)
        .where("token_epoch", "=", claims.epoch)
        .where("status", "=", "active")
        .where(sql<boolean>`not exists (select 1 from revoked_access_tokens where jti = ${claims.jti})`)
        .executeTakeFirst();
      return account ? { account, jti: claims.jti, expiresAt: claims.expiresAt } : null;
    },

    async revoke(trx, jti) {
      await trx.deleteFrom("revoked_access_tokens").where("expires_at", "<", sql<Date>`now()`).execute();
      const expires_at = new Date(Date.now() + ACCESS_TOKEN_SECONDS * 1000);
      await trx
        .insertInto("revoked_access_tokens")
        .values({ jti, expires_at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}

interface Claims {
  readonly accountId: number;
  readonly epoch: number;
  readonly jti: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

function claimsOf(payload: { sub?: string; jti?: string; exp?: number; epoch?: unknown }): Claims | null {
  const accountId = Number(payload.sub);
  const { jti, exp, epoch } = payload;
  if (!Number.isSafeInteger(accountId) || !jti || !exp || typeof epoch !== "number") return null;
  return { accountId, epoch, jti, expiresAt: exp * 1000 };
}
