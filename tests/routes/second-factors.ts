import { Secret, TOTP } from "otpauth";
import { send } from "../support/portal-client.ts";
import { type Ground, PASSWORD, type Person } from "./ground.ts";
import type { Call } from "./row.ts";

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** What an authenticator app shows now. */
function code(): string {
  return new TOTP({ secret: Secret.fromBase32(SECRET) }).generate();
}

/** A person with a second factor whose access token, made before, still stands. */
export async function withFactor(ground: Ground, prefix: string): Promise<{ person: Person; code: string }> {
  const person = await ground.newPerson(prefix);
  await placeFactor(ground, person);
  await ground.database.pool.query("update accounts set second_factor_at = now() where id = $1", [person.id]);
  return { person, code: code() };
}

/** A person who has seen the QR picture, and the code that their app shows. */
export async function beginning(ground: Ground, prefix: string): Promise<{ person: Person; code: string }> {
  const person = await ground.newPerson(prefix);
  await placeFactor(ground, person, null);
  return { person, code: code() };
}

async function placeFactor(ground: Ground, { id }: Person, confirmedAt: Date | null = new Date()): Promise<void> {
  const text = "insert into second_factors (account_id, secret_sealed, confirmed_at) values ($1, $2, $3)";
  const sealed = ground.stoa.platform.secrets.seal("accounts.second-factor", SECRET);
  await ground.database.pool.query(text, [id, sealed, confirmedAt]);
}

/** A browser that has typed the password, before it types the code. */
export async function secondStep(ground: Ground): Promise<Call> {
  const { person, code } = await withFactor(ground, "twosteps");
  const body = { username: person.username, password: PASSWORD };
  const first = await send(`${ground.base}/api/stoa/v1/auth/sign-in`, "POST", body);
  const cookie = (first.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
  return { body: { code }, cookie };
}
