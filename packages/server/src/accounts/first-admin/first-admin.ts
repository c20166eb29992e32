import { randomInt } from "node:crypto";
import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { usernameKey } from "../identity-rules.ts";
import { record } from "../record.ts";
import type { AccountsTrx } from "../tables.ts";

const PURPOSE = "accounts.one-time-password";
/** Nothing that looks like something else in a terminal: no 0/o, 1/l/i. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

export interface FirstAdmin {
  readonly username: string;
  /** To be printed; null once it has been used, or when the password was configured. */
  readonly oneTimePassword: string | null;
}

/**
 * Makes the administrator `admin` when there is none. Its password is the configured one (which stays good), or
 * a random one-time password that must be changed at the first sign-in. Until that sign-in each start, on any
 * process, prints the same one again (it is kept sealed), so a kill between making and printing loses nothing.
 */
export async function ensureFirstAdmin(context: AccountsContext): Promise<FirstAdmin> {
  return context.db.transaction().execute(async (trx) => {
    // Several processes start at once: one makes it, the others find it.
    await sql`select pg_advisory_xact_lock(hashtext('stoa.first-admin'))`.execute(trx);
    const admin = await trx
      .selectFrom("accounts")
      .selectAll()
      .where("is_admin", "=", true)
      .orderBy("id")
      .limit(1)
      .executeTakeFirst();
    if (!admin) return make(context, trx);
    if (admin.one_time_password === null) return { username: admin.username, oneTimePassword: null };
    return keepOrReplace(context, trx, admin, admin.one_time_password);
  });
}

interface FirstPassword {
  readonly hash: string;
  readonly oneTime: string | null;
  readonly sealed: string | null;
}

async function firstPassword({ platform, hasher }: AccountsContext): Promise<FirstPassword> {
  const configured = platform.config.adminPassword;
  if (configured !== null) return { hash: await hasher.hash(configured, "start"), oneTime: null, sealed: null };
  const oneTime = randomPassword();
  return { hash: await hasher.hash(oneTime, "start"), oneTime, sealed: platform.secrets.seal(PURPOSE, oneTime) };
}

async function make(context: AccountsContext, trx: AccountsTrx): Promise<FirstAdmin> {
  const { hash, oneTime, sealed } = await firstPassword(context);
  const username = await freeName(trx);
  const account = await trx
    .insertInto("accounts")
    .values({
      username,
      username_key: usernameKey(username),
      email: `${username}@localhost`,
      full_name: "Administrator",
      password_hash: hash,
      must_change_password: oneTime !== null,
      one_time_password: sealed,
      is_admin: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await record(context, trx, { action: "account.first-admin", actor: SYSTEM, account, event: "account.changed" });
  return { username, oneTimePassword: oneTime };
}

/** `admin`, unless a person who is no administrator has it. */
async function freeName(trx: AccountsTrx): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? "admin" : `admin-${n}`;
    const taken = await trx.selectFrom("accounts").select("id").where("username_key", "=", name).executeTakeFirst();
    if (!taken) return name;
  }
}

/** Nobody has used it yet: it is shown again, or replaced when it can't be or when one has been configured. */
async function keepOrReplace(
  context: AccountsContext,
  trx: AccountsTrx,
  admin: AccountRow,
  sealed: string,
): Promise<FirstAdmin> {
  const opened = context.platform.config.adminPassword === null ? open(context, sealed) : null;
  if (opened !== null) return { username: admin.username, oneTimePassword: opened };
  const next = await firstPassword(context);
  await trx
    .updateTable("accounts")
    .set({
      password_hash: next.hash,
      one_time_password: next.sealed,
      must_change_password: next.oneTime !== null,
      token_epoch: sql`token_epoch + 1`,
    })
    .where("id", "=", admin.id)
    .execute();
  await record(context, trx, {
    action: "account.first-admin",
    actor: SYSTEM,
    account: admin,
    event: "account.changed",
  });
  return { username: admin.username, oneTimePassword: next.oneTime };
}

function open({ platform }: AccountsContext, sealed: string): string | null {
  try {
    return platform.secrets.open(PURPOSE, sealed).toString();
  } catch {
    return null;
  }
}

/** 16 of 31 letters, in groups: 79 bits. */
function randomPassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}
