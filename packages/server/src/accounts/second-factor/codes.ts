import { randomInt } from "node:crypto";
import { sql } from "kysely";
import type { AccountsContext } from "../context.ts";
import { digestOf } from "../secret-format.ts";
import type { AccountsTrx } from "../tables.ts";
import { stepOfCode } from "./totp.ts";

const PURPOSE = "accounts.second-factor";
/** Nothing that looks like something else on paper: no 0/o, 1/l/i. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const RECOVERY_CODES = 10;
const RECOVERY_LETTERS = 16;

export type TakenCode = "code" | "recovery";

export function sealSecret({ platform: { secrets } }: AccountsContext, secret: string): string {
  return secrets.seal(PURPOSE, secret);
}

/** True for what only an authenticator app shows: six digits, which can be guessed. */
export function isShortCode(code: string): boolean {
  return /^\d{6}$/.test(readCode(code));
}

/**
 * Takes a code: one of the app's, good once, or a recovery code, good once. The factor's row is locked until
 * the transaction ends, so that the same code at the same moment is taken by one only.
 * @param confirmed false: of a factor that was only shown so far
 * @returns what it was; null when it is wrong, used, or there is no such factor
 */
export async function takeCode(
  context: AccountsContext,
  trx: AccountsTrx,
  accountId: number,
  given: string,
  { confirmed = true, now = Date.now() } = {},
): Promise<TakenCode | null> {
  const factor = await trx
    .selectFrom("second_factors")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("confirmed_at", confirmed ? "is not" : "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (!factor) return null;
  const code = readCode(given);
  if (!isShortCode(code)) return confirmed && (await takeRecoveryCode(trx, accountId, code)) ? "recovery" : null;
  const secret = context.platform.secrets.open(PURPOSE, factor.secret_sealed).toString();
  const step = stepOfCode(secret, code, now);
  // Seen over a shoulder or recorded on the way: a step's code, and any earlier one, is good no second time.
  if (step === null || step <= factor.last_step) return null;
  await trx.updateTable("second_factors").set({ last_step: step }).where("account_id", "=", accountId).execute();
  return "code";
}

async function takeRecoveryCode(trx: AccountsTrx, accountId: number, code: string): Promise<boolean> {
  const taken = await trx
    .updateTable("recovery_codes")
    .set({ used_at: sql<Date>`now()` })
    .where("account_id", "=", accountId)
    .where("code_hash", "=", digestOf(code))
    .where("used_at", "is", null)
    .returning("account_id")
    .executeTakeFirst();
  return taken !== undefined;
}

/** Ten new ones in the place of all earlier; only their hashes are kept. */
export async function renewRecoveryCodes(trx: AccountsTrx, accountId: number): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, randomCode);
  await trx.deleteFrom("recovery_codes").where("account_id", "=", accountId).execute();
  const rows = codes.map((code) => ({ account_id: accountId, code_hash: digestOf(readCode(code)), used_at: null }));
  await trx.insertInto("recovery_codes").values(rows).execute();
  return codes;
}

/** 16 of 31 letters, in groups: 79 bits, so that a plain hash keeps them. */
function randomCode(): string {
  const letters = Array.from({ length: RECOVERY_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

/** As people type it: with spaces and hyphens, in capitals, with Persian or Arabic digits. */
function readCode(given: string): string {
  return given
    .slice(0, 100)
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\s\u200b-\u200f\u2010-\u2015-]/g, "")
    .toLowerCase();
}
