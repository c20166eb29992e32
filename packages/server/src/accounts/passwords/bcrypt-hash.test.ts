import { hashSync } from "@node-rs/bcrypt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import type { AccountTables } from "../tables.ts";
import { readBcryptHash } from "./bcrypt-hash.ts";
import { createOldWork, readOldHash } from "./old-hash.ts";
import { createPasswordHasher } from "./password-hasher.ts";

const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };
/** Of "lètmein", as libxcrypt's crypt(3) makes it. */
const TAIL = "$05$CCCCCCCCCCCCCCCCCCCCC./mc37Kdhrv0B3/.B13E.XXGgHg1yCoy";
/** Salt and digest of nothing, in the right form. */
const FORM = `${"C".repeat(21)}.${"a".repeat(31)}`;

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

function signIn(username: string, password: string) {
  return server.call("POST", "/api/stoa/v1/auth/sign-in", { body: { username, password } });
}

async function give(username: string, hash: string): Promise<void> {
  await server.database.pool.query("update accounts set password_hash = $2 where username = $1", [username, hash]);
}

async function kept(username: string): Promise<string> {
  const { rows } = await server.database.pool.query("select password_hash from accounts where username = $1", [
    username,
  ]);
  return rows[0].password_hash;
}

describe("a bcrypt hash", () => {
  test.each(["$2a", "$2b", "$2y"])("of the version %s is good for its password alone", async (version) => {
    const hasher = createPasswordHasher(undefined, CHEAP);
    expect(await hasher.verify(version + TAIL, "lètmein", "a")).toEqual({ ok: true, stale: true });
    for (const wrong of ["letmein", "", "lètmein\0", "lètmein\0lètmein", "LÈTMEIN"]) {
      expect(await hasher.verify(version + TAIL, wrong, "a"), wrong).toEqual({ ok: false, stale: false });
    }
  });

  test("reads the first 72 bytes, as it did there", async () => {
    // Of eighty times "a", as crypt(3) makes it.
    const stored = "$2y$04$CCCCCCCCCCCCCCCCCCCCC.mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u";
    const hasher = createPasswordHasher(undefined, CHEAP);
    expect((await hasher.verify(stored, "a".repeat(80), "a")).ok).toBe(true);
    expect((await hasher.verify(stored, "a".repeat(71), "a")).ok).toBe(false);
  });

  test("lets its owner in once, and is another one then", async () => {
    await server.person("portal-user");
    await give("portal-user", hashSync(PASSWORD, 5));
    expect((await signIn("portal-user", "wrong password")).status).toBe(401);
    expect(await kept("portal-user")).toMatch(/^\$2b\$/);
    expect((await signIn("portal-user", PASSWORD)).status).toBe(200);
    expect(await kept("portal-user")).toMatch(/^\$argon2id\$/);
    expect((await signIn("portal-user", PASSWORD)).status).toBe(200);
  });

  test.each([
    `$2b$14$${FORM}`,
    `$2b$31$${FORM}`,
    `$2b$99$${FORM}`,
    `$2b$03$${FORM}`,
    `$2b$+4$${FORM}`,
    `$2b$5$${FORM}`,
    `$2x$05$${FORM}`,
    `$2$05$${FORM}`,
    `$2b$05$${FORM}a`,
    `$2b$05$${FORM.slice(1)}`,
    `$2b$05$${FORM.slice(1)}!`,
    `$2b$05$${FORM}\n`,
    `bcrypt_sha256$$2b$05$${FORM}`,
  ])("that nobody would compute, or is none, is read as none: %j", async (stored) => {
    expect(readOldHash(stored)).toBeNull();
    const begin = performance.now();
    expect(await createPasswordHasher(undefined, CHEAP).verify(stored, "guessed", "a")).toEqual({
      ok: false,
      stale: false,
    });
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test("of the highest cost that is taken is read", () => {
    expect(readBcryptHash(`$2b$13$${FORM}`)).toMatchObject({ cost: 13 });
  });

  test("costs every refusal the same, whoever's it is, beside hashes of another kind too", async () => {
    const hasher = createPasswordHasher(undefined, CHEAP, async () => ({ rounds: 100_000, bcryptCost: 11 }));
    const modern = await hasher.hash("something else", "a");
    const digest = Buffer.alloc(32).toString("base64");
    const spent: number[] = [];
    for (const stored of [
      null,
      modern,
      `$2b$11$${FORM}`,
      `$2b$05$${FORM}`,
      `pbkdf2_sha256$100000$salt$${digest}`,
      `pbkdf2_sha256$10$salt$${digest}`,
    ]) {
      // The least of three: a collection of garbage is no part of it.
      const tries: number[] = [];
      while (tries.length < 3) {
        const begin = process.cpuUsage();
        await hasher.verify(stored, "guessed", "a");
        tries.push(process.cpuUsage(begin).user);
      }
      spent.push(Math.min(...tries));
    }
    expect(Math.min(...spent) / Math.max(...spent)).toBeGreaterThan(0.5);
  });

  test("waits behind one network's guesses for as long as one address's, however many addresses it has", async () => {
    const hasher = createPasswordHasher(undefined, CHEAP, async () => ({ rounds: 0, bcryptCost: 8 }));
    const ended: string[] = [];
    const flood = Array.from({ length: 100 }, (_, n) =>
      hasher
        .verify(null, "guessed", `2001:db8::${n.toString(16)}`)
        .then(() => ended.push("guess"))
        .catch((error: { readonly code?: string }) => ended.push(error.code ?? "unknown")),
    );
    const mine = hasher.verify(`$2b${TAIL}`, "lètmein", "192.0.2.1").then(({ ok }) => ended.push(ok ? "in" : "out"));
    await Promise.all([...flood, mine]);
    expect(ended.filter((end) => end === "rate_limited").length).toBeGreaterThan(30);
    expect(ended.filter((end) => end === "unavailable")).toEqual([]);
    expect(ended.filter((end) => end === "guess").length).toBeGreaterThanOrEqual(16);
    expect(ended.slice(ended.indexOf("in")).filter((end) => end === "guess").length).toBeGreaterThan(5);
  });

  test("is known by the most work that any account's takes", async () => {
    const db = server.database.db.withTables<AccountTables>();
    await server.person("older");
    await server.person("django");
    await give("older", `$2a$09$${FORM}`);
    await give("django", `pbkdf2_sha256$1234$salt$${Buffer.alloc(32).toString("base64")}`);
    expect(await createOldWork(db)()).toEqual({ rounds: 1234, bcryptCost: 9 });
    await give("older", `$2a$31$${FORM}`);
    expect(await createOldWork(db)()).toEqual({ rounds: 1234, bcryptCost: 13 });
    // Who can't sign in makes nobody's refusal longer.
    await server.database.pool.query("update accounts set status = 'deactivated' where username = 'older'");
    expect(await createOldWork(db)()).toEqual({ rounds: 1234, bcryptCost: 0 });
    await server.database.pool.query("update accounts set status = 'pending' where username = 'django'");
    expect(await createOldWork(db)()).toEqual({ rounds: 0, bcryptCost: 0 });
  });
});
