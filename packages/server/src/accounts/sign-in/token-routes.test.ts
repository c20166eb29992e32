import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let ada: TestPerson;
beforeAll(async () => {
  // What a password's hash takes where nobody says otherwise is tried here.
  server = await createAccountsServer({ passwordCost: null });
  ada = await server.person("ada");
});
afterAll(() => server.close());

const token = (form: Record<string, string>, locale: "en" | "fa" = "fa", address = "10.1.0.1") =>
  server.call("POST", "/api/token", { form, locale, address });

describe("POST /api/token", () => {
  it.each(["ada", "ADA", "ada@example.org", "Ada@Example.ORG"])("gives %s an access token", async (username) => {
    const answer = await token({ username, password: PASSWORD, grant_type: "password" });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: "bearer",
      expires_in: 28_800,
      username: "ada",
      full_name: "ada Test",
    });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("takes a multipart form", async () => {
    const boundary = "----x";
    const part = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const response = await server.app.inject({
      method: "POST",
      url: "/api/token/",
      headers: { host: "localhost:8080", "content-type": `multipart/form-data; boundary=${boundary}` },
      payload: `${part("username", "ada")}${part("password", PASSWORD)}--${boundary}--\r\n`,
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ username: "ada" });
  });

  it.each([
    ["a wrong password", "ada", "wrong"],
    ["an unknown name", "nobody", PASSWORD],
    ["an empty password", "ada", ""],
    ["an endless password", "ada", "x".repeat(1000)],
    ["a password with a NUL", "ada", `${PASSWORD}\0`],
    ["a name with a NUL", "ada\0", PASSWORD],
    ["a name with a wildcard", "ad%", PASSWORD],
  ])("refuses %s alike", async (_what, username, password) => {
    const answer = await token({ username, password }, "fa", "10.1.0.2");
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(answer.body).toEqual({ detail: "نام کاربری یا رمز عبور اشتباه است" });
    const english = await token({ username, password }, "en", "10.1.0.3");
    expect(english.body).toEqual({ detail: "The user name or the password is wrong" });
  });

  it("refuses a form without a password, JSON, and files", async () => {
    expect((await token({ username: "ada" })).status).toBe(422);
    const json = await server.call("POST", "/api/token", { body: { username: "ada", password: PASSWORD } });
    expect([200, 415, 422]).toContain(json.status);
    expect((await token({ username: "a".repeat(20_000), password: "x" })).status).toBe(413);
  });

  it("tells only who knows the password that the account is deactivated", async () => {
    await server.person("eve");
    await server.database.pool.query("update accounts set status = 'deactivated' where username = 'eve'");
    expect(await token({ username: "eve", password: PASSWORD })).toMatchObject({
      status: 403,
      body: { detail: "حساب کاربری شما غیرفعال شده است. با مدیر سیستم تماس بگیرید." },
    });
    expect((await token({ username: "eve", password: PASSWORD }, "en")).body).toEqual({
      detail: "Your account has been deactivated. Contact the administrator.",
    });
    expect((await token({ username: "eve", password: "wrong" })).status).toBe(401);
  });

  it("leaves an audit entry about the account, and the time", async () => {
    await token({ username: "ada", password: PASSWORD });
    const { rows } = await server.database.pool.query(
      "select * from audit_entries where action = 'account.sign-in' order by id desc limit 1",
    );
    expect(rows[0]).toMatchObject({ actor_label: "ada", subject_id: String(ada.id) });
    expect(JSON.stringify(rows[0])).not.toContain("eyJ");
  });

  it("puts a hash of other parameters right at sign-in", async () => {
    const { hash } = await import("@node-rs/argon2");
    const old = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
    await server.database.pool.query("update accounts set password_hash = $1 where id = $2", [old, ada.id]);
    expect((await token({ username: "ada", password: PASSWORD })).status).toBe(200);
    const { rows } = await server.database.pool.query("select password_hash as h from accounts where id = $1", [
      ada.id,
    ]);
    expect((rows[0] as { h: string }).h).toContain("m=19456,t=2,p=1");
    expect((await token({ username: "ada", password: PASSWORD })).status).toBe(200);
  });
});

describe("GET /api/me", () => {
  it("is exactly contract 2's", async () => {
    expect(await server.call("GET", "/api/me", { as: ada })).toMatchObject({ status: 200 });
    expect((await server.call("GET", "/api/me", { as: ada })).body).toEqual({
      username: "ada",
      email: "ada@example.org",
      full_name: "ada Test",
      organization: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      last_login: expect.stringMatching(/Z$/),
      is_admin: false,
    });
  });

  it.each([
    ["fa" as const, "توکن منقضی شده یا نامعتبر است"],
    ["en" as const, "The token has expired or is not valid"],
  ])("says in %s that a token is not valid", async (locale, detail) => {
    const answer = await server.call("GET", "/api/me", { as: { bearer: "a.b.c" }, locale });
    expect(answer).toMatchObject({ status: 401, body: { detail } });
    expect((await server.call("GET", "/api/me", { locale })).status).toBe(401);
  });
});
