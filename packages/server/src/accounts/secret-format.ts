import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 62^43 > 2^256. */
const BODY_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/** What the database keeps of a secret of 256 random bits: no salt or stretching is needed for such. */
export function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** For cookies and links: 256 random bits, base64url. */
export function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** True when it can be a `randomSecret`: saves a query for what can't. */
export function looksLikeRandomSecret(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** A token that says what it is by its prefix and carries a checksum, so that typing errors and fakes cost no query. */
export function newToken(prefix: string): string {
  const body = base62(BigInt(`0x${randomBytes(32).toString("hex")}`), BODY_DIGITS);
  return `${prefix}${body}${checksum(prefix + body)}`;
}

/** True when prefix, alphabet, length and checksum fit. */
export function isWellFormedToken(prefix: string, token: string): boolean {
  if (!token.startsWith(prefix) || token.length !== prefix.length + BODY_DIGITS + CHECKSUM_DIGITS) return false;
  const end = token.length - CHECKSUM_DIGITS;
  return /^[0-9A-Za-z]+$/.test(token.slice(prefix.length)) && checksum(token.slice(0, end)) === token.slice(end);
}

/** Compares two secrets in constant time, whatever their lengths. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECKSUM_DIGITS);
}

function base62(value: bigint, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest /= 62n) text = `${DIGITS[Number(rest % 62n)]}${text}`;
  return text;
}
