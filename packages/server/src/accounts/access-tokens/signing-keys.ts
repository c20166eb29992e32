import { setTimeout as delay } from "node:timers/promises";
import { type CryptoKey, errors, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { AccountsContext } from "../context.ts";

export const ALGORITHM = "EdDSA";
const PURPOSE = "accounts.signing-key";
/** Milliseconds after which keys that were taken out of the table stop verifying. */
const REFRESH_MS = 60_000;
/** Milliseconds between looks for key ids that we don't know: strangers can't make us query all the time. */
const UNKNOWN_MS = 500;

export interface SigningKeys {
  /** The newest key; made at the first use, once for all processes. */
  current(): Promise<{ kid: string; key: CryptoKey }>;
  /** @throws errors.JWKSNoMatchingKey for an id that is not ours. */
  verifier(kid: string): Promise<CryptoKey>;
}

/**
 * Ed25519 keys in the table `signing_keys`; the private half is sealed. To end every access token, delete
 * the rows (a restore does): the next sign-in makes another.
 */
export function createSigningKeys(context: AccountsContext): SigningKeys {
  let known = new Map<string, CryptoKey>();
  let loadedAt = 0;
  let reloading: Promise<void> | null = null;
  let signing: SigningKey | null = null;

  async function load(): Promise<void> {
    const rows = await context.db.selectFrom("signing_keys").select(["kid", "public_jwk"]).execute();
    const entries = rows.map(async (row) => [row.kid, await importKey(row.public_jwk)] as const);
    known = new Map(await Promise.all(entries));
    if (signing && !known.has(signing.kid)) signing = null;
  }

  /** One look for all who wait for it, not sooner than half a second after the one before. */
  function reload(): Promise<void> {
    reloading ??= delay(Math.max(0, loadedAt + UNKNOWN_MS - Date.now()))
      .then(() => {
        loadedAt = Date.now();
        return load();
      })
      .finally(() => {
        reloading = null;
      });
    return reloading;
  }

  return {
    async current() {
      if (Date.now() - loadedAt > REFRESH_MS) await reload();
      if (signing === null) {
        signing = await openOrMake(context);
        known.set(signing.kid, signing.publicKey);
      }
      return signing;
    },
    async verifier(kid) {
      if (Date.now() - loadedAt > REFRESH_MS || !known.has(kid)) await reload();
      const key = known.get(kid);
      if (!key) throw new errors.JWKSNoMatchingKey();
      return key;
    },
  };
}

interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function openOrMake(context: AccountsContext): Promise<SigningKey> {
  return context.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.signing-keys'))`.execute(trx);
    const newest = await trx
      .selectFrom("signing_keys")
      .select(["kid", "public_jwk", "private_sealed"])
      .orderBy("created_at", "desc")
      .orderBy("kid", "desc")
      .executeTakeFirst();
    const opened = newest && open(context, newest.private_sealed);
    if (newest && opened) return importPair(newest.kid, newest.public_jwk, opened);
    const made = await make();
    await trx
      .insertInto("signing_keys")
      .values({
        kid: made.kid,
        algorithm: ALGORITHM,
        public_jwk: JSON.stringify(made.publicJwk),
        private_sealed: context.platform.secrets.seal(PURPOSE, JSON.stringify(made.privateJwk)),
      })
      .execute();
    return importPair(made.kid, made.publicJwk, made.privateJwk);
  });
}

/** Null when it was sealed with another secret key: it still verifies, but a new one signs. */
function open(context: AccountsContext, sealed: string): JWK | null {
  try {
    return JSON.parse(context.platform.secrets.open(PURPOSE, sealed).toString()) as JWK;
  } catch (error) {
    context.platform.log.warn({ err: error }, "the signing key cannot be opened: making a new one");
    return null;
  }
}

async function make(): Promise<{ kid: string; publicJwk: JWK; privateJwk: JWK }> {
  const pair = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  return { kid: uuidv7(), publicJwk: await exportJWK(pair.publicKey), privateJwk: await exportJWK(pair.privateKey) };
}

async function importPair(kid: string, publicJwk: JWK, privateJwk: JWK): Promise<SigningKey> {
  return { kid, key: await importKey(privateJwk), publicKey: await importKey(publicJwk) };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  return (await importJWK(jwk, ALGORITHM)) as CryptoKey;
}
