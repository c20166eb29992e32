import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
  await server.person("ada");
});
afterAll(() => server.close());

const tokens = (body: unknown, address = "10.0.0.1") => server.call("POST", "/tokens/", { body, address });
async function token(): Promise<string> {
  return ((await tokens({ username: "ada", password: PASSWORD })).body as { token: string }).token;
}
const users = async (uws: string) => server.call("GET", "/users/", { as: { uws } });

describe("POST /tokens/", () => {
  it("gives a token that works, in contract 3's shape, with and without the slash", async () => {
    for (const url of ["/tokens/", "/tokens"]) {
      const answer = await server.call("POST", url, { body: { username: "ada", password: PASSWORD } });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ success: true, message: "Successful authentication.", token: expect.any(String) });
      expect((await users((answer.body as { token: string }).token)).status).toBe(200);
    }
  });

  it.each([
    [{}, 400, "Missing client_token. Please have admin generate a token for you."],
    [{ client_token: "" }, 400, "Missing client_token. Please have admin generate a token for you."],
    [{ client_token: "x" }, 400, "Missing user_info. Please provide user_info to get user_token."],
    [{ client_token: "x", user_info: { username: "ada", email: "a@b.c" } }, 401, "Invalid client_token provided."],
    [{ auth_token: "" }, 400, "Missing auth_token."],
    [{ auth_token: "x" }, 400, "Sign-in through Globus is not configured."],
    [{ redirect_url: "http://x" }, 400, "Sign-in through Globus is not configured."],
    [{ username: "ada" }, 400, "Missing username or password."],
    [{ password: PASSWORD }, 400, "Missing username or password."],
    [{ username: "ada", password: "wrong" }, 401, "The user name or the password is wrong"],
    [{ username: "nobody", password: PASSWORD }, 401, "The user name or the password is wrong"],
  ])("answers %j with %i", async (body, status, message) => {
    expect(await tokens(body, "10.0.0.2")).toMatchObject({ status, body: { success: false, message } });
  });

  it("says that JSON is not JSON", async () => {
    const headers = { "content-type": "application/json" };
    const answer = await server.call("POST", "/tokens/", { body: "{", headers });
    expect(answer).toMatchObject({ status: 400, body: { success: false } });
    expect((answer.body as { message: string }).message).toMatch(/^Invalid JSON: /);
  });

  it("ends none of the earlier ones, but the oldest beyond twenty", async () => {
    await server.database.pool.query("delete from uws_tokens");
    const made: string[] = [];
    for (let n = 0; n < 20; n++) made.push(await token());
    expect((await users(made[0] ?? "")).status).toBe(200);
    made.push(await token());
    expect((await users(made[0] ?? "")).status).toBe(401);
    expect((await users(made[1] ?? "")).status).toBe(200);
    expect((await server.database.pool.query("select 1 from uws_tokens")).rowCount).toBe(20);
  });
});

describe("a UWS token", () => {
  it("is kept as a digest and lives as long as configured", async () => {
    await server.database.pool.query("delete from uws_tokens");
    const made = await token();
    const { rows } = await server.database.pool.query(
      "select *, extract(epoch from expires_at - now())::float as life from uws_tokens",
    );
    expect(JSON.stringify(rows)).not.toContain(made);
    const { life } = rows[0] as { life: number };
    expect(Math.abs(life - 30 * 86_400)).toBeLessThan(60);
    await server.database.pool.query("update uws_tokens set expires_at = now() - interval '1 second'");
    expect((await users(made)).status).toBe(401);
  });

  it("is good for contract 3 only", async () => {
    const uws = await token();
    for (const url of ["/api/me", "/api/stoa/v1/account", "/api/stoa/v1/account/tokens"]) {
      expect((await server.call("GET", url, { as: { uws } })).status).toBe(401);
      expect((await server.call("GET", url, { as: { bearer: uws } })).status).toBe(401);
    }
  });

  it.each([
    ["Token", "Invalid auth header format."],
    ["Bearer x", "Invalid auth header format."],
    ["Token nonsense", "Invalid token provided."],
  ])("in the header %s: %s", async (header, message) => {
    const answer = await server.call("GET", "/users/", { headers: { "uws-authorization": header } });
    expect(answer).toMatchObject({ status: 401, body: { success: false, message } });
  });
});
