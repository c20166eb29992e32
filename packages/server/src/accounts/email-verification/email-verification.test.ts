import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mail } from "../../platform/mail/contract.ts";
import { type AccountsServer, type Browser, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer({
    config: { accounts: { secondFactor: "none", unverified: "look", deletionGraceDays: 14 } },
    mail: { delivers: true, send: async (_trx, mail) => void mails.push(mail) },
  });
});
afterAll(() => server.close());

const at = "/api/stoa/v1/account/email-verification";
const secretIn = (mail: Mail | undefined) => /#token=(\S+)/.exec(mail?.text ?? "")?.[1] ?? "";
const lastTo = (to: string) => mails.findLast((mail) => mail.to === to);
const complete = (as: Browser, token: string) => server.call("POST", `${at}/complete`, { as, body: { token } });
const account = async (as: Browser) => (await server.call("GET", "/api/stoa/v1/account", { as })).body;
const changeTo = (as: Browser, email: string) =>
  server.call("PATCH", "/api/stoa/v1/account", { as, body: { email, current_password: PASSWORD } });

describe("an address", () => {
  it("is unverified after registration; until its link was opened the person can only look", async () => {
    await server.person("ada");
    const ada = await server.signIn("ada");
    expect(await account(ada)).toMatchObject({ email_verified: false });
    const state = await server.call("GET", "/api/stoa/v1/auth/session", { as: ada });
    expect(state.body).toMatchObject({ limitation: "unverified" });
    expect((await server.call("GET", "/users/", { as: ada })).status).toBe(200);
    const mail = lastTo("ada@example.org");
    expect(mail?.text).toContain("/portal/verify#token=");
    expect((await complete(ada, secretIn(mail))).body).toMatchObject({ email_verified: true });
    const after = await server.call("GET", "/api/stoa/v1/auth/session", { as: ada });
    expect(after.body, "at once").toMatchObject({ limitation: null });
    expect((await complete(ada, secretIn(mail))).status, "a link works once").toBe(410);
  });

  it("is not proven by somebody else who is signed in, nor by a token that a program keeps", async () => {
    await server.person("bea");
    await server.person("eve");
    const [bea, eve] = [await server.signIn("bea"), await server.signIn("eve")];
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: eve,
      body: { label: "t", scopes: ["*"] },
    });
    const secret = secretIn(lastTo("eve@example.org"));
    expect((await complete(bea, secret)).status).toBe(410);
    const token = { bearer: (made.body as { token: string }).token };
    expect((await server.call("POST", `${at}/complete`, { as: token, body: { token: secret } })).status).toBe(403);
    expect((await complete(eve, secret)).status).toBe(200);
  });

  it("is mailed again after five minutes, not before, and not when nothing waits", async () => {
    await server.person("cyn");
    const cyn = await server.signIn("cyn");
    const first = secretIn(lastTo("cyn@example.org"));
    const resend = () => server.call("POST", at, { as: cyn });
    const soon = await resend();
    expect(soon).toMatchObject({ status: 429, body: { details: { seconds: expect.any(Number) } } });
    await server.database.pool.query("update account_links set created_at = now() - interval '5 minutes 1 second'");
    const both = await Promise.all([resend(), resend()]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 429]);
    expect(both.find(({ status }) => status === 202)?.body).toEqual({ sent_to: "cyn@example.org", delivered: true });
    expect((await complete(cyn, first)).status, "the earlier link is over").toBe(410);
    expect((await complete(cyn, secretIn(lastTo("cyn@example.org")))).status).toBe(200);
    expect((await resend()).status).toBe(409);
  });
});

describe("a new address", () => {
  it("counts once it is verified: the old one is told, and links mailed there are over", async () => {
    await server.person("dee");
    const dee = await server.signIn("dee");
    await changeTo(dee, "dee.new@example.org");
    await server.call("POST", "/api/stoa/v1/auth/reset/request", { body: { login: "dee" } });
    const reset = lastTo("dee@example.org");
    expect(reset?.subject).toContain("new password");
    expect((await complete(dee, secretIn(lastTo("dee.new@example.org")))).body).toMatchObject({
      email: "dee.new@example.org",
      new_email: null,
      email_verified: true,
    });
    expect(lastTo("dee@example.org")?.subject).toBe("Your e-mail address in Stoa was changed");
    const body = { token: secretIn(reset), new_password: "another long password" };
    expect((await server.call("POST", "/api/stoa/v1/auth/reset/complete", { body })).status).toBe(410);
    await server.signIn("dee.new@example.org");
  });

  it("that two want is whose link is opened first, also at the same moment", async () => {
    const people = [];
    for (const name of ["fay", "gil"]) {
      await server.person(name);
      const browser = await server.signIn(name);
      await changeTo(browser, "both@example.org");
      people.push({ browser, secret: secretIn(lastTo("both@example.org")) });
    }
    const both = await Promise.all(people.map(({ browser, secret }) => complete(browser, secret)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it("is not taken by a link for the one wanted before it", async () => {
    await server.person("hal");
    const hal = await server.signIn("hal");
    await changeTo(hal, "hal.one@example.org");
    const first = secretIn(lastTo("hal.one@example.org"));
    await changeTo(hal, "hal.two@example.org");
    expect((await complete(hal, first)).status).toBe(410);
    await changeTo(hal, "hal@example.org");
    expect((await complete(hal, secretIn(lastTo("hal.two@example.org")))).status, "taken back").toBe(410);
    expect(await account(hal)).toMatchObject({ email: "hal@example.org", new_email: null });
  });
});

describe("an administrator", () => {
  it("vouches for the address by naming it, and for no other", async () => {
    const { id } = await server.person("ira");
    const ira = await server.signIn("ira");
    const boss = await server.admin();
    const vouch = (email: string, as: object = boss) =>
      server.call("POST", `/api/stoa/v1/people/${id}/vouch-email`, { as: as as { bearer: string }, body: { email } });
    expect((await vouch("ira@example.org", ira)).status).toBe(403);
    expect((await vouch("somebody@example.org")).status).toBe(409);
    expect((await vouch("ira@example.org")).body).toMatchObject({ email_verified: true });
    await changeTo(ira, "ira.new@example.org");
    expect((await vouch("ira.new@example.org")).body).toMatchObject({ email: "ira.new@example.org", new_email: null });
    const { rows } = await server.database.pool.query(
      "select about from audit_entries where action = 'account.vouch-email' and actor_id = $1",
      [boss.id],
    );
    expect(rows).toEqual([{ about: [id] }, { about: [id] }]);
  });
});

describe("without a mail server", () => {
  it("the mail is kept for the administrator", async () => {
    const kept: Mail[] = [];
    const offline = await createAccountsServer({
      config: { registration: { mode: "domains", domains: ["example.org"] } },
      mail: { delivers: false, send: async (_trx, mail) => void kept.push(mail) },
    });
    const body = { username: "joe", email: "joe@example.org", full_name: "Joe", password: PASSWORD };
    const answer = await offline.call("POST", "/api/register", { body });
    expect((answer.body as { message: string }).message).toContain("administrator");
    const confirmed = await offline.call("POST", "/api/stoa/v1/auth/confirm", {
      body: { token: secretIn(kept.at(-1)), password: PASSWORD },
    });
    expect(confirmed.status).toBe(204);
    await offline.close();
  });
});
