import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { sql } from "kysely";
import type { AccountsDb } from "../tables.ts";
import { type BcryptHash, MOST_BCRYPT_COST, matchesBcrypt, readBcryptHash, spendBcrypt } from "./bcrypt-hash.ts";

const derive = promisify(pbkdf2);
const NAME = "pbkdf2_sha256";
/** More than Django has ever had by default. Whoever wrote a higher figure into the old database wants to keep us busy. */
const MOST_ROUNDS = 2_000_000;
const REMEMBERED_MS = 60_000;

/** A hash as Django keeps it by default: `pbkdf2_sha256$<rounds>$<salt>$<32 bytes in base64>`. */
interface DjangoHash {
  readonly kind: "pbkdf2";
  readonly rounds: number;
  readonly salt: string;
  readonly digest: Buffer;
}

/** A password's hash as another service made it: good at the next sign-in, and never made here. */
export type OldHash = DjangoHash | BcryptHash;

/** What old hashes take at most; 0: there is none of that kind. */
export interface OldWork {
  /** Django's. */
  readonly rounds: number;
  /** The work of bcrypt is 2 to the power of it. */
  readonly bcryptCost: number;
}

export const NO_OLD_WORK: OldWork = { rounds: 0, bcryptCost: 0 };

/** Null: no such hash, or none that we would compute. */
export function readOldHash(stored: string): OldHash | null {
  return stored.startsWith("$2") ? readBcryptHash(stored) : readDjangoHash(stored);
}

function readDjangoHash(stored: string): DjangoHash | null {
  const [name, rounds = "", salt = "", digest = "", ...rest] = stored.split("$");
  if (name !== NAME || rest.length > 0 || !/^[1-9]\d{0,7}$/.test(rounds) || salt === "") return null;
  const bytes = Buffer.from(digest, "base64");
  if (bytes.length !== 32 || Number(rounds) > MOST_ROUNDS) return null;
  return { kind: "pbkdf2", rounds: Number(rounds), salt, digest: bytes };
}

/** @param password as it was typed: the services changed nothing about it */
export async function matchesOldHash(old: OldHash, password: string): Promise<boolean> {
  if (old.kind === "bcrypt") return matchesBcrypt(old, password);
  return timingSafeEqual(await derive(password, old.salt, old.rounds, 32, "sha256"), old.digest);
}

/** Takes the time of so much work, as far as it was not done already. @param done null: nothing was computed */
export async function spendOldWork(most: OldWork, done: OldHash | null): Promise<void> {
  const rounds = most.rounds - (done?.kind === "pbkdf2" ? done.rounds : 0);
  if (rounds > 0) await derive("nobody has this password", "no salt", rounds, 32, "sha256");
  await spendBcrypt(most.bcryptCost, done?.kind === "bcrypt" ? done.cost : null);
}

/**
 * The most work that the old hash of anybody who can sign in takes. While there is one, each refusal takes that long, or its time
 * would tell whose account came from elsewhere.
 */
export function createOldWork(db: AccountsDb): () => Promise<OldWork> {
  let known: { readonly work: OldWork; readonly until: number } | null = null;
  return async () => {
    if (known !== null && known.until > performance.now()) return known.work;
    const { rows } = await sql<{ rounds: number | null; cost: number | null }>`
      select (select max(split_part(password_hash, '$', 2)::int) from accounts
              where status = 'active' and password_hash like ${`${NAME}$%`}) as rounds,
             (select max(substr(password_hash, 5, 2)::int) from accounts
              where status = 'active' and password_hash ~ '^\\$2[aby]\\$[0-9][0-9]\\$') as cost`.execute(db);
    const work = {
      rounds: Math.min(rows[0]?.rounds ?? 0, MOST_ROUNDS),
      bcryptCost: Math.min(rows[0]?.cost ?? 0, MOST_BCRYPT_COST),
    };
    known = { work, until: performance.now() + REMEMBERED_MS };
    return work;
  };
}
