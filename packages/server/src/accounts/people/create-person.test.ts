import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mail } from "../../platform/mail/contract.ts";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let delivers = false;
let server: AccountsServer;
let boss: TestPerson;
beforeAll(async () => {
  const mail = {
    get delivers() {
      return delivers;
    },
    send: async (_trx: unknown, mail: Mail) => void mails.push(mail),
  };
  server = await createAccountsServer({ mail });
  boss = await server.admin("boss");
  await server.person("ada");
});
afterAll(() => server.close());

const BASE = "/api/stoa/v1/people";
const grace = { username: "grace", full_name: "Grace Hopper", email: "Grace@Example.org" };
const create = (body: object, as: TestPerson | { bearer: string } = boss, locale: "en" | "fa" = "en") =>
  server.call("POST", BASE, { as, body, locale });
const secretOf = (url: string) => /\/portal\/reset#token=([\w-]{43})$/.exec(url)?.[1] ?? "";
const choosePassword = (token: string) =>
  server.call("POST", "/api/stoa/v1/auth/reset/complete", { body: { token, new_password: PASSWORD } });
const query = async (text: string) => (await server.database.pool.query(text)).rows;

describe("POST /api/stoa/v1/people", () => {
  it("makes somebody who chooses the password by the link, with an audit entry and an event", async () => {
    const answer = await create(grace);
    expect(answer).toMatchObject({
      status: 201,
      headers: { "cache-control": "no-store" },
      body: {
        person: {
          username: "grace",
          full_name: "Grace Hopper",
          email: "grace@example.org",
          status: "active",
          is_admin: false,
          email_verified: true,
          locale: null,
        },
        mailed: false,
      },
    });
    const { person, link } = answer.body as { person: { id: number }; link: { url: string; expires_at: string } };
    const hours = (Date.parse(link.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(167);
    expect(hours).toBeLessThan(169);
    expect(await query(`select action, actor_label from audit_entries where subject_id = '${person.id}'`)).toEqual([
      { action: "account.create", actor_label: "boss" },
    ]);
    expect(await query(`select type from events where subject_id = '${person.id}'`)).toEqual([
      { type: "account.changed" },
    ]);

    const token = secretOf(link.url);
    const signIn = () => server.call("POST", "/api/token", { form: { username: "grace", password: PASSWORD } });
    expect((await signIn()).status, "no password yet").toBe(401);
    expect(JSON.stringify(await query("select * from account_links"))).not.toContain(token);
    expect((await choosePassword(token)).status).toBe(204);
    expect((await signIn()).status).toBe(200);
    expect((await choosePassword(token)).status, "only once").toBe(410);
  });

  it("is refused to everybody else, to tokens, and to nobody", async () => {
    const eve = { username: "eve", full_name: "Eve", email: "eve@example.org" };
    expect((await server.call("POST", BASE, { body: eve })).status).toBe(401);
    expect((await create(eve, await server.person("plain"))).status).toBe(403);
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: boss,
      body: { label: "scripts", scopes: ["people:read", "people:write"] },
    });
    const { token } = made.body as { token: string };
    expect((await create(eve, { bearer: token })).status).toBe(403);
    expect(await query("select 1 from accounts where username = 'eve'")).toEqual([]);
  });

  it.each([
    ["username", "ada", 400, "username_taken"],
    ["username", "No Such Name", 422, "username_rule"],
    ["email", "ADA@example.org", 400, "email_taken"],
    ["email", "not an address", 422, "email_rule"],
    ["full_name", " ", 422, "full_name_rule"],
    ["organization", "a\u202eb", 422, "text_too_long"],
  ])("says of the %s %j why it can't be", async (field, value, status, reason) => {
    const fresh = { username: "fresh", full_name: "Fresh", email: "fresh@example.org", [field]: value };
    expect(await create(fresh)).toMatchObject({ status, body: { details: { reason } } });
    expect(await query("select 1 from accounts where username = 'fresh'")).toEqual([]);
  });

  it("lets one of two have a name that both want at once", async () => {
    const twin = (n: number) => create({ ...grace, username: "twin", email: `twin${n}@example.org` });
    const answers = await Promise.all([twin(1), twin(2), twin(3)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
  });

  it("mails the link in the person's language where mail is delivered, and nothing where it is not", async () => {
    expect(mails).toEqual([]);
    delivers = true;
    const body = { username: "parisa", full_name: "پریسا", email: "parisa@example.org", locale: "fa" };
    const answer = await create(body);
    expect(answer.body).toMatchObject({ person: { locale: "fa" }, mailed: true });
    const { link } = answer.body as { link: { url: string } };
    expect(mails).toEqual([
      expect.objectContaining({ to: "parisa@example.org", locale: "fa", subject: "حساب شما در استوا" }),
    ]);
    expect(mails[0]?.text).toContain(link.url);
    await create({ username: "john", full_name: "John", email: "john@example.org" });
    expect(mails[1]).toMatchObject({ locale: "en", subject: "Your account at Stoa" });
    delivers = false;
  });

  it("gives a link that nobody else can end by asking for a new password", async () => {
    delivers = true;
    const answer = await create({ username: "lin", full_name: "Lin", email: "lin@example.org" });
    const first = secretOf((answer.body as { link: { url: string } }).link.url);
    await query("update account_links set created_at = now() - interval '1 hour'");
    const forgot = await server.call("POST", "/api/stoa/v1/auth/reset/request", { body: { login: "lin" } });
    expect(forgot.status).toBe(202);
    const second = /token=([\w-]{43})/.exec(mails.at(-1)?.text ?? "")?.[1] ?? "";
    expect([second.length, second === first]).toEqual([43, false]);
    expect((await choosePassword(first)).status).toBe(204);
    expect((await choosePassword(second)).status, "a stranger's way in else").toBe(410);
    delivers = false;
  });
});
