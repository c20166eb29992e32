import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

const ada = { username: "ada.l", email: "ada@example.org", full_name: "Ada Lovelace", password: PASSWORD };
const register = (body: unknown, locale: "en" | "fa" = "en") => server.call("POST", "/api/register", { body, locale });
const count = async (where: string) => {
  const { rows } = await server.database.pool.query(`select count(*)::int as n from ${where}`);
  return (rows[0] as { n: number }).n;
};

describe("POST /api/register", () => {
  it("makes an account, with an audit entry and an event, and never keeps the password", async () => {
    const answer = await register({ ...ada, organization: " Analytical Engines " }, "fa");
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      message: "ثبت‌نام با موفقیت انجام شد. اکنون می‌توانید وارد شوید.",
      details: { username: "ada.l" },
    });
    const { rows } = await server.database.pool.query("select * from accounts where username = 'ada.l'");
    expect(rows[0]).toMatchObject({ status: "active", is_admin: false, organization: "Analytical Engines" });
    expect(JSON.stringify(rows[0])).not.toContain(PASSWORD);
    expect(await count("audit_entries where action = 'account.register'")).toBe(1);
    expect(await count("events where type = 'account.changed'")).toBe(1);
  });

  it("says in English what it says in Persian", async () => {
    const answer = await register({ ...ada, username: "grace", email: "Grace@Example.org" });
    expect(answer.body).toMatchObject({ message: "Your registration is complete. You can sign in now." });
    expect(await count("accounts where email = 'grace@example.org'")).toBe(1);
  });

  const nameRule = "نام کاربری باید 3-20 کاراکتر و فقط شامل حروف انگلیسی کوچک، اعداد، نقطه، خط تیره باشد";
  it.each([
    ["username", "ab", 422, nameRule],
    ["username", "Ada", 422, nameRule],
    ["username", "a".repeat(21), 422, nameRule],
    ["username", "ada\n", 422, nameRule],
    ["username", "../../etc", 422, nameRule],
    ["username", 7, 422, nameRule],
    ["username", undefined, 422, nameRule],
    ["password", "1234567", 422, "رمز عبور باید حداقل 8 کاراکتر باشد"],
    ["password", "é".repeat(7), 422, "رمز عبور باید حداقل 8 کاراکتر باشد"],
    ["password", null, 422, "رمز عبور باید حداقل 8 کاراکتر باشد"],
    ["password", "x".repeat(257), 422, "رمز عبور باید حداکثر 256 کاراکتر باشد"],
    ["full_name", "  ", 422, "نام و نام خانوادگی الزامی است"],
    ["full_name", undefined, 422, "نام و نام خانوادگی الزامی است"],
    ["full_name", "Ada \u202egnp.exe", 422, "نام یا سازمان بیش از حد طولانی است یا نویسه‌های نامجاز دارد"],
    ["full_name", "A\u0000da", 422, "نام یا سازمان بیش از حد طولانی است یا نویسه‌های نامجاز دارد"],
    ["email", "not an address", 422, "نشانی ایمیل معتبر نیست"],
    ["email", "a@b", 422, "نشانی ایمیل معتبر نیست"],
    ["email", `${"a".repeat(250)}@example.org`, 422, "نشانی ایمیل معتبر نیست"],
    ["email", { $ne: null }, 422, "نشانی ایمیل معتبر نیست"],
    ["username", "ada.l", 400, "این نام کاربری قبلاً استفاده شده است"],
    ["email", "ADA@example.org", 400, "این ایمیل قبلاً ثبت شده است"],
  ])("refuses %s %j with %i", async (field, value, status, detail) => {
    const fresh = { ...ada, username: "fresh", email: "fresh@example.org" };
    const answer = await register({ ...fresh, [field]: value }, "fa");
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { detail } });
    expect(await count("accounts where username = 'fresh'")).toBe(0);
  });

  it.each([
    [
      "username",
      "ab",
      "A user name has 3-20 characters, only lower-case English letters, digits, dots, hyphens and underscores",
    ],
    ["password", "short", "A password has at least 8 characters"],
    ["full_name", "", "The full name is required"],
    ["username", "ada.l", "This user name is already taken"],
    ["email", "ada@example.org", "This e-mail address is already registered"],
  ])("says of a wrong %s in English why", async (field, value, detail) => {
    const answer = await register({ ...ada, username: "fresh", email: "fresh@example.org", [field]: value });
    expect(answer.body).toEqual({ detail });
  });

  it.each([["[]"], ['"text"'], ["null"], ["{"], [""]])("refuses the body %s", async (payload) => {
    const answer = await server.call("POST", "/api/register", {
      body: payload,
      headers: { "content-type": "application/json" },
    });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body).toEqual({ detail: expect.any(String) });
  });

  it("lets one of two have a name that both want at once", async () => {
    const both = [1, 2, 3].map((n) => register({ ...ada, username: "twin", email: `twin${n}@example.org` }));
    const statuses = (await Promise.all(both)).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([201, 400, 400]);
    const same = [1, 2].map((n) => register({ ...ada, username: `mail${n}`, email: "same@example.org" }));
    expect((await Promise.all(same)).map((answer) => answer.status).sort()).toEqual([201, 400]);
    expect(await count("audit_entries where subject_label = 'twin'")).toBe(1);
  });
});

describe("registration that is closed", () => {
  it("refuses in both languages, after what is wrong in itself", async () => {
    const closed = await createAccountsServer({ config: { registration: { mode: "closed", domains: [] } } });
    const call = (body: unknown, locale: "en" | "fa") => closed.call("POST", "/api/register", { body, locale });
    expect(await call(ada, "en")).toMatchObject({
      status: 403,
      body: { detail: "Registration is closed here. Ask an administrator for an account" },
    });
    expect((await call(ada, "fa")).body).toEqual({
      detail: "ثبت‌نام در این سامانه بسته است. برای گرفتن حساب با مدیر سیستم تماس بگیرید",
    });
    expect((await call({ ...ada, password: "x" }, "en")).status).toBe(422);
    await closed.close();
  });
});

describe("registration that nobody opened by name", () => {
  const session = "/api/stoa/v1/auth/session";
  const eve = { ...ada, username: "eve", email: "eve@example.org" };

  it.each([
    { "x-forwarded-for": "203.0.113.9" },
    { "x-forwarded-host": "stoa.example.org" },
    { "x-forwarded-anything": "" },
    { forwarded: "for=203.0.113.9" },
    { "x-real-ip": "203.0.113.9" },
    { via: "1.1 proxy" },
  ])("is closed to who comes through a proxy: %j", async (headers) => {
    const answer = await server.call("POST", "/api/register", { body: eve, headers });
    expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining("STOA_REGISTRATION") } });
    const inPersian = await server.call("POST", "/api/register", { body: eve, headers, locale: "fa" });
    expect(inPersian.body).toMatchObject({ detail: expect.stringContaining("پراکسی") });
    expect((await server.call("GET", session, { headers })).body).toMatchObject({ registration: "closed" });
    expect(await count("accounts where username = 'eve'")).toBe(0);
  });

  it("is open on this machine itself", async () => {
    expect((await server.call("GET", session)).body).toMatchObject({ registration: "open" });
  });

  it("stays open behind a proxy where it was opened by name", async () => {
    const open = await createAccountsServer({ config: { registration: { mode: "open", domains: [] } } });
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expect((await open.call("GET", session, { headers })).body).toMatchObject({ registration: "open" });
    expect((await open.call("POST", "/api/register", { body: eve, headers })).status).toBe(201);
    await open.close();
  });
});
