import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { sql } from "kysely";
import type { AccountsDb } from "../tables.ts";

const derive = promisify(pbkdf2);
const NAME = "pbkdf2_sha256";
/** More than Django has ever had by default. Whoever wrote a higher figure into the old database wants to keep us busy. */
const MOST_ROUNDS = 2_000_000;
const REMEMBERED_MS = 60_000;

/** A hash as Django keeps it by default: `pbkdf2_sha256$<rounds>$<salt>$<32 bytes in base64>`. */
interface OldHash {
  readonly rounds: number;
  readonly salt: string;
  readonly digest: Buffer;
}

/** Null: no such hash, or none that we would compute. */
export function readOldHash(stored: string): OldHash | null {
  const [name, rounds = "", salt = "", digest = "", ...rest] = stored.split("$");
  if (name !== NAME || rest.length > 0 || !/^[1-9]\d{0,7}$/.test(rounds) || salt === "") return null;
  const bytes = Buffer.from(digest, "base64");
  return bytes.length === 32 && Number(rounds) <= MOST_ROUNDS ? { rounds: Number(rounds), salt, digest: bytes } : null;
}

/** @param password as it was typed: Django changes nothing about it */
export async function matchesOldHash(old: OldHash, password: string): Promise<boolean> {
  return timingSafeEqual(await derive(password, old.salt, old.rounds, 32, "sha256"), old.digest);
}

/** Takes the time of so many rounds. */
export async function spendRounds(rounds: number): Promise<void> {
  if (rounds > 0) await derive("nobody has this password", "no salt", rounds, 32, "sha256");
}

/**
 * The most rounds that anybody's old hash here has; 0: there is none any more. While there is one, each refusal
 * takes that long, or its time would tell whose account came from elsewhere.
 */
export function createOldRounds(db: AccountsDb): () => Promise<number> {
  let known: { readonly rounds: number; readonly until: number } | null = null;
  return async () => {
    if (known !== null && known.until > performance.now()) return known.rounds;
    const { rounds } = await db
      .selectFrom("accounts")
      .select(sql<number | null>`max(split_part(password_hash, '$', 2)::int)`.as("rounds"))
      .where("password_hash", "like", `${NAME}$%`)
      .executeTakeFirstOrThrow();
    known = { rounds: Math.min(rounds ?? 0, MOST_ROUNDS), until: performance.now() + REMEMBERED_MS };
    return known.rounds;
  };
}
