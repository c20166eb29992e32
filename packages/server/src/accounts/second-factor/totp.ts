import { Secret, TOTP } from "otpauth";

/** What every authenticator app understands: RFC 6238 with SHA-1, six digits, 30 seconds. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** 160 bits, as RFC 4226 advises. */
const SECRET_BYTES = 20;
/** A code of the step before or after is taken too: telephones' clocks are off, and people type slowly. */
const STEPS_AROUND = 1;
const ISSUER = "Stoa";

/** A new shared secret, in base32 as people type it when they can't scan. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/**
 * What the QR code says: the Key URI format of authenticator apps.
 * @param host names this installation among several in the app
 */
export function otpauthUri(secret: string, username: string, host: string): string {
  const issuer = host === "" ? ISSUER : `${ISSUER} (${host})`;
  return totp(secret, issuer, username).toString();
}

/**
 * The 30-second step that the code is of; null when it is of none near now.
 * @param now ms since the epoch
 */
export function stepOfCode(secret: string, code: string, now: number): number | null {
  const delta = totp(secret).validate({ token: code, timestamp: now, window: STEPS_AROUND });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

function totp(secret: string, issuer = ISSUER, label = ""): TOTP {
  const parameters = { algorithm: "SHA1", digits: DIGITS, period: PERIOD_SECONDS };
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), ...parameters });
}
