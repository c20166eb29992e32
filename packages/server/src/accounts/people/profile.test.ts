import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mail } from "../../platform/mail/contract.ts";
import { type AccountsServer, type Browser, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let server: AccountsServer;
let ada: Browser;
beforeAll(async () => {
  server = await createAccountsServer({
    mail: { delivers: true, send: async (_trx, mail) => void mails.push(mail) },
  });
  await server.person("ada");
  await server.person("eve");
  ada = await server.signIn("ada");
});
afterAll(() => server.close());

const get = () => server.call("GET", "/api/stoa/v1/account", { as: ada });
const patch = (body: unknown, locale: "en" | "fa" = "en") =>
  server.call("PATCH", "/api/stoa/v1/account", { as: ada, body, locale });

describe("one's own account", () => {
  it("changes what is given and leaves the rest", async () => {
    const before = (await get()).body as object;
    const answer = await patch({ full_name: "  آدا لاولیس ", locale: "fa" });
    expect(answer.body).toEqual({ ...before, full_name: "آدا لاولیس", locale: "fa" });
    expect((await patch({ organization: "Analytical Engines" })).body).toMatchObject({ full_name: "آدا لاولیس" });
    expect((await patch({ organization: null, locale: null })).body).toMatchObject({
      organization: null,
      locale: null,
    });
    expect((await patch({})).status).toBe(200);
    const { rows } = await server.database.pool.query(
      "select details from audit_entries where action = 'account.update'",
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ details: JSON.stringify({ changed: ["full_name", "locale"] }) });
  });

  it("keeps Persian names whole, joiners included", async () => {
    const name = "می\u200cخواهم";
    expect((await patch({ full_name: name })).body).toMatchObject({ full_name: name });
  });

  it.each([
    [{ full_name: "" }, 422],
    [{ full_name: null }, 400],
    [{ full_name: "a\u202eb" }, 422],
    [{ locale: "de" }, 400],
    [{ organization: "x".repeat(201) }, 422],
    [{ email: "nonsense", current_password: PASSWORD }, 422],
    [{ email: "eve@example.org", current_password: PASSWORD }, 400],
    [{ email: "new@example.org", current_password: "wrong" }, 422],
    [{ email: "new@example.org" }, 422],
  ])("is not changed by %j", async (body, status) => {
    const before = await get();
    expect((await patch(body)).status).toBe(status);
    expect((await get()).body).toEqual(before.body);
  });

  it("never takes what is not its owner's to change", async () => {
    await patch({ is_admin: true, username: "root", id: 1, status: "active" });
    expect((await get()).body).toMatchObject({ is_admin: false, username: "ada" });
  });

  it("keeps its address until the new one is verified, and takes the wish back", async () => {
    expect((await patch({ email: " New@Example.org ", current_password: PASSWORD })).body).toMatchObject({
      email: "ada@example.org",
      new_email: "new@example.org",
    });
    expect(mails.at(-1)).toMatchObject({ to: "new@example.org", subject: "Verify your e-mail address for Stoa" });
    expect((await patch({ email: "ada@example.org" })).body).toMatchObject({ new_email: null });
  });

  it("is not found by others when its owner doesn't want it", async () => {
    const eve = await server.signIn("eve");
    const found = async () =>
      JSON.stringify((await server.call("GET", "/users/?search=ada@", { as: eve })).body).includes('"ada"');
    expect(await found()).toBe(true);
    expect((await patch({ directory_visible: false })).body).toMatchObject({ directory_visible: false });
    expect(await found()).toBe(false);
    await patch({ directory_visible: true });
  });

  it("decides the language of answers, where the request names none", async () => {
    const reader = await server.person("reader");
    await server.call("PATCH", "/api/stoa/v1/account", { as: reader, body: { locale: "fa" } });
    const as = { ...reader, bearer: await server.token("reader") };
    const refused = async (locale?: "en") =>
      (await server.call("GET", "/api/stoa/v1/people", { as, ...(locale ? { locale } : {}) })).body;
    expect(await refused()).toMatchObject({ detail: expect.stringContaining("اجازهٔ این کار را ندارید") });
    expect(await refused("en")).toMatchObject({ detail: expect.stringContaining("may not") });
  });
});
