import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mail } from "../../platform/mail/contract.ts";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer({
    config: { registration: { mode: "domains", domains: ["example.org"] } },
    mail: { delivers: true, send: async (_trx, mail) => void mails.push(mail) },
  });
});
afterAll(() => server.close());

function register(username: string, domain = "example.org") {
  const body = { username, email: `${username}@${domain}`, full_name: username, password: PASSWORD };
  return server.call("POST", "/api/register", { body, locale: "fa" });
}
const signIn = (username: string, locale: "en" | "fa" = "en") =>
  server.call("POST", "/api/token", { form: { username, password: PASSWORD }, locale });
const confirm = (token: string, password = PASSWORD) =>
  server.call("POST", "/api/stoa/v1/auth/confirm", { body: { token, password } });
const mailedToken = (username: string) =>
  /#token=(\S+)/.exec(mails.findLast((mail) => mail.to === `${username}@example.org`)?.text ?? "")?.[1] ?? "";

describe("registration by domain", () => {
  it.each(["evil.org", "example.org.evil.org", "sub.example.org", "notexample.org"])("refuses %s", async (domain) => {
    expect(await register("mallory", domain)).toMatchObject({
      status: 403,
      body: { detail: "فقط نشانی‌های ایمیل example.org می‌توانند ثبت‌نام کنند" },
    });
  });

  it("opens the account only by the mailed link and the password together", async () => {
    const answer = await register("ada");
    expect(answer).toMatchObject({ status: 201, body: { details: { username: "ada" } } });
    expect((answer.body as { message: string }).message).toContain("ایمیل");
    expect(await signIn("ada")).toMatchObject({
      status: 403,
      body: {
        detail: "Your account is not confirmed yet. Open the link in the e-mail you got, or ask an administrator",
      },
    });
    expect((await signIn("ada", "fa")).body).toEqual({
      detail: "حساب شما هنوز تأیید نشده است. پیوند داخل ایمیل را باز کنید یا با مدیر سیستم تماس بگیرید",
    });
    const token = mailedToken("ada");
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await confirm(token, "somebody else's")).status).toBe(401);
    expect((await confirm(`${token.slice(0, -1)}_`)).status).toBe(410);
    expect((await confirm(token)).status).toBe(204);
    expect((await signIn("ada")).status).toBe(200);
    expect((await confirm(token)).status).toBe(410);
  });

  it("does not take a link after its two days", async () => {
    await register("late");
    await server.database.pool.query("update account_links set expires_at = now() - interval '1 second'");
    expect((await confirm(mailedToken("late"))).status).toBe(410);
  });

  it("gives name and address back when nobody confirmed for two days, not before", async () => {
    await register("squat");
    expect((await register("squat")).status).toBe(400);
    await server.database.pool.query(
      "update accounts set created_at = now() - interval '49 hours' where username = 'squat'",
    );
    expect((await register("squat")).status).toBe(201);
    expect((await confirm(mailedToken("squat"))).status).toBe(204);
    await server.database.pool.query(
      "update accounts set created_at = now() - interval '49 hours' where username = 'squat'",
    );
    expect((await register("squat")).status).toBe(400);
  });

  it("can be confirmed by an administrator instead", async () => {
    await register("boss");
    await confirm(mailedToken("boss"));
    await server.database.pool.query("update accounts set is_admin = true where username = 'boss'");
    await register("waits");
    const boss = await server.signIn("boss");
    const people = await server.call("GET", "/api/stoa/v1/people?search=waits", { as: boss });
    const [waits] = (people.body as { items: { id: number; active: boolean; status: string }[] }).items;
    expect(waits).toMatchObject({ active: false, status: "pending" });
    const url = `/api/stoa/v1/people/${waits?.id}`;
    expect(await server.call("PATCH", url, { as: boss, body: { active: true } })).toMatchObject({
      status: 200,
      body: { active: true, status: "active" },
    });
    expect((await signIn("waits")).status).toBe(200);
  });

  it("is mailed again for who asks, once in five minutes, and without saying to whom", async () => {
    await register("again");
    const first = mailedToken("again");
    const resend = (login: string) => server.call("POST", "/api/stoa/v1/auth/confirm/resend", { body: { login } });
    expect((await resend("again")).status).toBe(202);
    expect(mailedToken("again"), "too soon").toBe(first);
    await server.database.pool.query("update account_links set created_at = now() - interval '6 minutes'");
    const before = mails.length;
    const both = await Promise.all([resend("again"), resend("again@example.org"), resend("nobody"), resend("ada")]);
    expect(both.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(mails.length - before).toBe(1);
    expect((await confirm(first)).status, "the earlier link is over").toBe(410);
    expect((await confirm(mailedToken("again"))).status).toBe(204);
    const again = await server.signIn("again");
    expect((await server.call("GET", "/api/stoa/v1/account", { as: again })).body).toMatchObject({
      email_verified: true,
    });
  });

  it("lets nobody move to an address outside the domains, nor to one that was not proven", async () => {
    const ada = await server.signIn("ada");
    const change = (email: string) =>
      server.call("PATCH", "/api/stoa/v1/account", { as: ada, body: { email, current_password: PASSWORD } });
    expect(await change("ada@evil.org")).toMatchObject({
      status: 403,
      body: { details: { reason: "domain_not_allowed" } },
    });
    expect((await change("ceo@example.org")).body).toMatchObject({
      email: "ada@example.org",
      new_email: "ceo@example.org",
    });
  });
});
