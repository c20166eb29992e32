import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import { codeOf, cookieOf, enrol, typeCode, typePassword } from "./testing-codes.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

const at = "/api/stoa/v1/account/second-factor";
const rows = async (text: string, ...values: unknown[]) => (await server.database.pool.query(text, values)).rows;

describe("setting up", () => {
  it("needs the password, shows the secret once, and asks for nothing until a code was confirmed", async () => {
    await server.person("ada");
    const ada = await server.signIn("ada");
    const wrong = await server.call("POST", at, { as: ada, body: { current_password: "not it" } });
    expect(wrong.status).toBe(422);
    const begun = await server.call("POST", at, { as: ada, body: { current_password: PASSWORD } });
    expect(begun.status).toBe(201);
    const { secret, uri, qr_svg: svg } = begun.body as Record<"secret" | "uri" | "qr_svg", string>;
    expect(new URL(uri).searchParams.get("secret")).toBe(secret);
    expect(decodeURIComponent(new URL(uri).pathname)).toContain("ada");
    expect(svg).toMatch(/^<svg /);
    const [kept] = await rows("select secret_sealed from second_factors where confirmed_at is null");
    expect((kept as { secret_sealed: string }).secret_sealed).not.toContain(secret);
    expect((await server.call("GET", at, { as: ada })).body).toMatchObject({ enabled: false, recovery_codes_left: 0 });
    await server.signIn("ada");
    const refused = await server.call("POST", `${at}/confirm`, { as: ada, body: { code: "000000" } });
    expect(refused.status).toBe(422);
    const done = await server.call("POST", `${at}/confirm`, { as: ada, body: { code: codeOf(secret) } });
    expect((done.body as { recovery_codes: string[] }).recovery_codes).toHaveLength(10);
    expect((await server.call("GET", at, { as: ada })).body).toMatchObject({ enabled: true, recovery_codes_left: 10 });
    const again = await server.call("POST", at, { as: ada, body: { current_password: PASSWORD } });
    expect(again.status, "a thief of the session must not put another in its place").toBe(409);
  });

  it("ends what a password alone had opened, but this session and personal tokens", async () => {
    const { bearer } = await server.person("bea");
    const other = await server.signIn("bea");
    const uws = await server.call("POST", "/tokens/", { body: { username: "bea", password: PASSWORD } });
    const token = (uws.body as { token: string }).token;
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: other,
      body: { label: "ci", scopes: ["account:read"] },
    });
    const { browser } = await enrol(server, "bea");
    for (const as of [other, { bearer }]) {
      expect((await server.call("GET", "/api/stoa/v1/account", { as })).status).toBe(401);
    }
    expect((await server.call("GET", "/users/", { as: { uws: token } })).status).toBe(401);
    for (const as of [browser, { bearer: (made.body as { token: string }).token }]) {
      expect((await server.call("GET", "/api/stoa/v1/account", { as })).status).toBe(200);
    }
  });

  it("is not done by a personal token, nor confirmed twice at once", async () => {
    await server.person("cyn");
    const cyn = await server.signIn("cyn");
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: cyn,
      body: { label: "t", scopes: ["*"] },
    });
    const as = { bearer: (made.body as { token: string }).token };
    expect((await server.call("POST", at, { as, body: { current_password: PASSWORD } })).status).toBe(403);
    const begun = await server.call("POST", at, { as: cyn, body: { current_password: PASSWORD } });
    const code = codeOf((begun.body as { secret: string }).secret);
    const both = await Promise.all([1, 2].map(() => server.call("POST", `${at}/confirm`, { as: cyn, body: { code } })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe("signing in", () => {
  it("takes two steps, bound to the browser that typed the password", async () => {
    await server.person("dee");
    const { secret } = await enrol(server, "dee");
    const first = await server.call("POST", "/api/stoa/v1/auth/sign-in", {
      body: { username: "dee", password: PASSWORD },
    });
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ second_factor: true });
    expect(cookieOf(first, "stoa_session")).toBe("");
    const elsewhere = await typeCode(server, "", codeOf(secret));
    expect(elsewhere.status, "another browser has the code, and not the cookie").toBe(401);
    const forged = await typeCode(server, `stoa_sign_in=${"a".repeat(43)}`, codeOf(secret));
    expect(forged.status).toBe(401);
    const done = await typeCode(server, cookieOf(first, "stoa_sign_in"), codeOf(secret));
    expect(done.status).toBe(200);
    const account = await server.call("GET", "/api/stoa/v1/account", {
      headers: { cookie: cookieOf(done, "stoa_session") },
    });
    expect(account.body).toMatchObject({ username: "dee", second_factor: true });
    const [entry] = await rows(
      "select details from audit_entries where action = 'account.sign-in' order by id desc limit 1",
    );
    expect(JSON.stringify(entry)).toContain("second_factor");
    expect(JSON.stringify(entry)).not.toContain(codeOf(secret));
  });

  it("takes each code once, of two at the same moment one, and never an earlier one", async () => {
    await server.person("eve");
    const { secret } = await enrol(server, "eve");
    const cookies = [await typePassword(server, "eve"), await typePassword(server, "eve")];
    const code = codeOf(secret);
    const both = await Promise.all(cookies.map((cookie) => typeCode(server, cookie, code)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const replayed = await typeCode(server, await typePassword(server, "eve"), code);
    expect(replayed.status).toBe(401);
    const earlier = await typeCode(server, await typePassword(server, "eve"), codeOf(secret, -1));
    expect(earlier.status).toBe(401);
    const next = await typeCode(server, await typePassword(server, "eve"), codeOf(secret, 1));
    expect(next.status).toBe(200);
  });

  it("takes each recovery code once, in any case and with Persian digits typed into the app's code", async () => {
    await server.person("fay");
    const { recoveryCodes, secret } = await enrol(server, "fay");
    const [code = ""] = recoveryCodes;
    const typed = ` ${code.toUpperCase().replaceAll("-", " ")} `;
    expect((await typeCode(server, await typePassword(server, "fay"), typed)).status).toBe(200);
    expect((await typeCode(server, await typePassword(server, "fay"), code)).status).toBe(401);
    const hashes = await rows("select code_hash from recovery_codes");
    expect(JSON.stringify(hashes)).not.toContain(code);
    const persian = codeOf(secret).replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)] ?? "");
    expect((await typeCode(server, await typePassword(server, "fay"), persian)).status).toBe(200);
  });

  it("asks for the password again after five wrong codes, and locks nobody out", async () => {
    await server.person("gil");
    const { secret } = await enrol(server, "gil");
    const cookie = await typePassword(server, "gil", "10.0.0.1");
    for (let n = 0; n < 5; n++) expect((await typeCode(server, cookie, "000000", "10.0.0.1")).status).toBe(401);
    const late = await typeCode(server, cookie, codeOf(secret), "10.0.0.1");
    expect(late.status, "the right code comes too late").toBe(401);
    const fresh = await typeCode(server, await typePassword(server, "gil", "10.0.0.1"), codeOf(secret), "10.0.0.1");
    expect(fresh.status).toBe(200);
  });

  it("limits tries at one account from many addresses; a recovery code still gets in", async () => {
    await server.person("hal");
    const { secret, recoveryCodes } = await enrol(server, "hal");
    const answers: number[] = [];
    let last = "";
    for (let n = 0; n < 65; n++) {
      const address = `10.1.${n}.1`;
      const cookie = n % 5 === 0 ? await typePassword(server, "hal", address) : "";
      last = cookie || last;
      answers.push((await typeCode(server, last, "000000", address)).status);
    }
    expect(answers.slice(0, 60).every((status) => status === 401)).toBe(true);
    expect(answers.slice(60)).toEqual([429, 429, 429, 429, 429]);
    const fresh = await typePassword(server, "hal", "10.2.0.1");
    expect((await typeCode(server, fresh, codeOf(secret), "10.2.0.1")).status).toBe(429);
    expect((await typeCode(server, fresh, recoveryCodes[3] ?? "", "10.2.0.1")).status).toBe(200);
  }, 30_000);

  it("is over when the password changed between the steps", async () => {
    const { id } = await server.person("ira");
    const { secret } = await enrol(server, "ira");
    const cookie = await typePassword(server, "ira");
    await rows("update accounts set token_epoch = token_epoch + 1 where id = $1", id);
    expect((await typeCode(server, cookie, codeOf(secret))).status).toBe(401);
  });
});

describe("tokens", () => {
  it("are not made by a password alone, in each contract's shape; a wrong password learns nothing", async () => {
    await server.person("jan");
    await enrol(server, "jan");
    const form = { username: "jan", password: PASSWORD };
    const token = await server.call("POST", "/api/token", { form });
    expect(token).toMatchObject({ status: 403, body: { detail: expect.stringContaining("personal access token") } });
    const uws = await server.call("POST", "/tokens/", { body: form });
    expect(uws).toMatchObject({ status: 403, body: { success: false, message: expect.stringContaining("personal") } });
    const wrong = await server.call("POST", "/api/token", { form: { ...form, password: "wrong password" } });
    const nobody = await server.call("POST", "/api/token", {
      form: { username: "nobody", password: "wrong password" },
    });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(nobody.body);
  });
});

describe("taking it off", () => {
  it("needs password and code, and takes a code only once for it too", async () => {
    await server.person("kim");
    const { browser, secret } = await enrol(server, "kim");
    const code = codeOf(secret);
    const off = (body: object) => server.call("POST", `${at}/disable`, { as: browser, body });
    expect((await off({ current_password: PASSWORD })).status).toBe(422);
    expect((await off({ current_password: PASSWORD, code: "000000" })).status).toBe(422);
    expect((await off({ current_password: "not it", code })).status).toBe(422);
    const codes = await server.call("POST", `${at}/recovery-codes`, {
      as: browser,
      body: { current_password: PASSWORD, code },
    });
    const fresh = (codes.body as { recovery_codes: string[] }).recovery_codes;
    expect((await off({ current_password: PASSWORD, code })).status, "used just now").toBe(422);
    expect((await off({ current_password: PASSWORD, code: fresh[0] })).status).toBe(204);
    expect((await off({ current_password: PASSWORD, code: fresh[1] })).status).toBe(409);
    await server.signIn("kim");
  });

  it("by an administrator is audited, ends what is open, and is never for one's own", async () => {
    const { id } = await server.person("lea");
    const { browser } = await enrol(server, "lea");
    const admin = await server.admin("boss");
    const reset = (person: number, as: object) =>
      server.call("POST", `/api/stoa/v1/people/${person}/second-factor/reset`, { as: as as { bearer: string } });
    expect((await reset(id, browser)).status, "not by the person").toBe(403);
    expect((await reset(id, admin)).status).toBe(204);
    expect((await reset(id, admin)).status).toBe(409);
    expect((await reset(admin.id, admin)).status).toBe(409);
    expect((await server.call("GET", "/api/stoa/v1/account", { as: browser })).status).toBe(401);
    const [entry] = await rows(
      "select actor_id, about from audit_entries where action = 'account.second-factor-reset'",
    );
    expect(entry).toMatchObject({ actor_id: admin.id, about: [id] });
    await server.signIn("lea");
  });
});
