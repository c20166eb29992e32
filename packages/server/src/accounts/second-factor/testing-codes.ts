import { Secret, TOTP } from "otpauth";
import type { AccountsServer, Answer, Browser } from "../../testing/accounts-server.ts";
import { PASSWORD } from "../../testing/accounts-server.ts";

/** What an authenticator app shows. @param steps later (or earlier) than now, of 30 seconds */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}

export interface Enrolled {
  readonly browser: Browser;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Signs in and sets a second factor up, with the code of the step before: the present one is still good. */
export async function enrol(server: AccountsServer, username: string): Promise<Enrolled> {
  const browser = await server.signIn(username);
  const at = "/api/stoa/v1/account/second-factor";
  const begun = await server.call("POST", at, { as: browser, body: { current_password: PASSWORD } });
  const { secret } = begun.body as { secret: string };
  const confirm = () => server.call("POST", `${at}/confirm`, { as: browser, body: { code: codeOf(secret, -1) } });
  let confirmed = await confirm();
  // That step may have become the one before the last on the way.
  for (let tries = 0; confirmed.status !== 200 && tries < 2; tries += 1) confirmed = await confirm();
  if (confirmed.status !== 200) throw new Error(JSON.stringify(confirmed.body));
  return { browser, secret, recoveryCodes: (confirmed.body as { recovery_codes: string[] }).recovery_codes };
}

/** The first step; the cookie that the second one needs. */
export async function typePassword(server: AccountsServer, username: string, address?: string): Promise<string> {
  const answer = await server.call("POST", "/api/stoa/v1/auth/sign-in", {
    body: { username, password: PASSWORD },
    ...(address === undefined ? {} : { address }),
  });
  if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return cookieOf(answer, "stoa_sign_in");
}

/** `name=value`, as a browser sends it back. */
export function cookieOf(answer: Answer, name: string): string {
  const set = [answer.headers["set-cookie"] ?? []].flat().map(String);
  return set.find((line) => line.startsWith(`${name}=`))?.split(";", 1)[0] ?? "";
}

export function typeCode(server: AccountsServer, cookie: string, code: string, address?: string): Promise<Answer> {
  return server.call("POST", "/api/stoa/v1/auth/second-factor", {
    body: { code },
    headers: { cookie },
    ...(address === undefined ? {} : { address }),
  });
}
