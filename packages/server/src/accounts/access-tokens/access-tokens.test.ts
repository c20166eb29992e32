import { createHmac } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let ada: TestPerson;
let kid: string;
let publicJwk: JWK;
let privateJwk: JWK;

beforeAll(async () => {
  server = await createAccountsServer();
  ada = await server.person("ada");
  const { rows } = await server.database.pool.query("select * from signing_keys");
  const row = rows[0] as { kid: string; public_jwk: JWK; private_sealed: string };
  kid = row.kid;
  publicJwk = row.public_jwk;
  privateJwk = JSON.parse(server.platform.secrets.open("accounts.signing-key", row.private_sealed).toString()) as JWK;
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const status = async (bearer: string) => (await server.call("GET", "/api/me", { as: { bearer } })).status;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = () => ({
  sub: String(ada.id),
  jti: crypto.randomUUID(),
  iss: "stoa",
  aud: "stoa-api",
  epoch: 1,
  exp: Math.floor(Date.now() / 1000) + 60,
});
async function signed(changes: object, header: object = {}): Promise<string> {
  const key = await importJWK(privateJwk, "EdDSA");
  const signer = new SignJWT({ ...claims(), ...changes });
  return signer.setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt", ...header }).sign(key);
}

describe("an access token", () => {
  it("names its key, its type and its end, and the private half is sealed", async () => {
    const [header = "", payload = ""] = ada.bearer.split(".");
    const read = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
    expect(read(header)).toEqual({ alg: "EdDSA", kid, typ: "at+jwt" });
    expect(Number(read(payload).exp) - Number(read(payload).iat)).toBe(28_800);
    expect(JSON.stringify(publicJwk)).not.toContain('"d"');
    expect(await status(ada.bearer)).toBe(200);
    expect(await status(await signed({}))).toBe(200);
  });

  it.each<[string, object, object]>([
    ["expired", { exp: Math.floor(Date.now() / 1000) - 1 }, {}],
    ["without an end", { exp: undefined }, {}],
    ["for another audience", { aud: "somebody-else" }, {}],
    ["from another issuer", { iss: "somebody-else" }, {}],
    ["of another type", {}, { typ: "JWT" }],
    ["of an unknown key", {}, { kid: "another" }],
    ["of no key", {}, { kid: undefined }],
    ["without an id", { jti: undefined }, {}],
    ["of another epoch", { epoch: 2 }, {}],
    ["of an epoch that is text", { epoch: "1" }, {}],
    ["of an account that is not there", { sub: "999999" }, {}],
    ["of an account that is no number", { sub: "1 or 1=1" }, {}],
    ["not yet good", { nbf: Math.floor(Date.now() / 1000) + 60 }, {}],
  ])("%s opens nothing", async (_what, changes, header) => {
    expect(await status(await signed(changes, header))).toBe(401);
  });

  it("with any part tampered with opens nothing", async () => {
    const [header = "", payload = "", signature = ""] = ada.bearer.split(".");
    const admin = part({ ...claims(), is_admin: true });
    const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    for (const forged of [
      `${header}.${admin}.${signature}`,
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}.`,
    ]) {
      expect(await status(forged)).toBe(401);
    }
  });

  it.each(["none", "None", "NONE", "nOnE"])("of algorithm %s opens nothing", async (alg) => {
    const unsigned = `${part({ alg, kid, typ: "at+jwt" })}.${part(claims())}`;
    const [, , signature] = ada.bearer.split(".");
    expect(await status(`${unsigned}.`)).toBe(401);
    expect(await status(`${unsigned}.${signature}`)).toBe(401);
  });

  it("signed by HS256 with our public key opens nothing", async () => {
    const unsigned = `${part({ alg: "HS256", kid, typ: "at+jwt" })}.${part(claims())}`;
    const secrets = [JSON.stringify(publicJwk), publicJwk.x ?? "", Buffer.from(publicJwk.x ?? "", "base64url")];
    for (const secret of secrets) {
      const signature = createHmac("sha256", secret).update(unsigned).digest("base64url");
      expect(await status(`${unsigned}.${signature}`)).toBe(401);
    }
  });

  it.each(["", "a", "..", "a.b.c.d", "x".repeat(5_000), "\u0000", "zpat_"])(
    "that is %j opens nothing",
    async (text) => {
      expect(await status(encodeURIComponent(text))).toBe(401);
    },
  );

  it("ends by sign-out, it alone, on another process too", async () => {
    const second = await createAccountsServer({ database: server.database });
    const form = { username: "ada", password: PASSWORD };
    const { body } = await server.call("POST", "/api/token", { form });
    const { access_token: bearer } = body as { access_token: string };
    expect((await second.call("GET", "/api/me", { as: { bearer } })).status).toBe(200);
    expect((await server.call("POST", "/api/stoa/v1/auth/sign-out", { as: { bearer } })).status).toBe(204);
    expect(await status(bearer)).toBe(401);
    expect(await status(ada.bearer)).toBe(200);
    await vi.waitFor(async () => expect((await second.call("GET", "/api/me", { as: { bearer } })).status).toBe(401), {
      timeout: 1_000,
    });
    await second.close();
  });

  it("does not outlive its keys: a restore deletes them, and the next sign-in makes others", async () => {
    await server.database.pool.query("delete from signing_keys");
    const second = await createAccountsServer({ database: server.database });
    expect((await second.call("GET", "/api/me", { as: ada })).status).toBe(401);
    const form = { username: "ada", password: PASSWORD };
    const both = await Promise.all([1, 2].map(() => second.call("POST", "/api/token", { form })));
    for (const { body } of both) {
      const { access_token: bearer } = body as { access_token: string };
      expect((await second.call("GET", "/api/me", { as: { bearer } })).status).toBe(200);
    }
    const { rows } = await server.database.pool.query("select kid from signing_keys");
    expect(rows).toHaveLength(1);
    await second.close();
  });
});
