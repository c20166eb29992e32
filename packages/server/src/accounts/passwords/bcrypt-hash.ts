import { hash, verify } from "@node-rs/bcrypt";

/**
 * Half a second of one core (0.43 s measured on a server's; twice that on a busy or an old one); services use 10 to 12.
 * Each step doubles it: 31, the format's highest, would take a day and a half, and whoever wrote such a figure into the
 * old database wants to keep us busy.
 */
export const MOST_BCRYPT_COST = 13;
/** `$<version>$<cost>$`, then 22 characters of salt and 31 of digest, in bcrypt's own base64. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** A hash as bcrypt writes it. */
export interface BcryptHash {
  readonly kind: "bcrypt";
  /** The work is 2 to the power of it. */
  readonly cost: number;
  readonly stored: string;
}

/** Null: no such hash, or none that we would compute. `$2x$` is one of a known faulty program. */
export function readBcryptHash(stored: string): BcryptHash | null {
  const cost = Number(BCRYPT.exec(stored)?.[1] ?? 0);
  return cost >= 4 && cost <= MOST_BCRYPT_COST ? { kind: "bcrypt", cost, stored } : null;
}

/** @param password as it was typed; bcrypt itself looks at its first 72 bytes only */
export async function matchesBcrypt({ stored }: BcryptHash, password: string): Promise<boolean> {
  const ok = await verify(password, stored);
  // To bcrypt "a" and "a\0a" are one password; no service took such a one.
  return ok && !password.includes("\0");
}

/** Takes the time that is missing where `spent` was computed of `most`, both as costs; null: nothing was. */
export async function spendBcrypt(most: number, spent: number | null): Promise<void> {
  if (spent === null) {
    if (most > 0) await hash("nobody has this password", most);
    return;
  }
  // 2^spent + 2^spent + 2^(spent + 1) + … + 2^(most - 1) = 2^most.
  for (let cost = spent; cost < most; cost += 1) await hash("nobody has this password", cost);
}
