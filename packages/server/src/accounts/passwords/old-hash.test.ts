import { pbkdf2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import { readOldHash } from "./old-hash.ts";
import { createPasswordHasher } from "./password-hasher.ts";

function oldHash(password: string, rounds = 1_000, salt = "seasalt"): string {
  return `pbkdf2_sha256$${rounds}$${salt}$${pbkdf2Sync(password, salt, rounds, 32, "sha256").toString("base64")}`;
}

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

describe("a password hash of the old service", () => {
  test("is what Django writes", async () => {
    // As Django 4.2 hashes "lètmein" with the salt "seasalt".
    const stored = "pbkdf2_sha256$600000$seasalt$OAXyhAQ/4ZDA9V5RMExt3C1OwQdUpLZ99vm1McFlLRA=";
    const { ok } = await createPasswordHasher().verify(stored, "lètmein", "a");
    expect(ok).toBe(true);
  });

  test("lets its owner in once, and is another one then", async () => {
    await server.person("old-timer");
    const { pool } = server.database;
    await pool.query("update accounts set password_hash = $1 where username = 'old-timer'", [oldHash(PASSWORD)]);
    expect((await signIn("old-timer", "wrong password")).status).toBe(401);
    expect((await signIn("old-timer", PASSWORD)).status).toBe(200);
    const { rows } = await pool.query("select password_hash from accounts where username = 'old-timer'");
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$/);
    expect((await signIn("old-timer", PASSWORD)).status).toBe(200);
  });

  test.each([
    "pbkdf2_sha256$2000001$s$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "pbkdf2_sha256$1000$$AA==",
    "md5$a$b",
    "!unusable",
    "pbkdf2_sha256$1e3$s$x",
  ])("that is none is read as none: %s", (stored) => expect(readOldHash(stored)).toBeNull());

  test("holds up nobody else's sign-in, however many are tried at once", async () => {
    const hasher = createPasswordHasher(undefined, { memoryCost: 8, timeCost: 1, parallelism: 1 }, async () => ({
      rounds: 300_000,
      bcryptCost: 0,
    }));
    const modern = await hasher.hash(PASSWORD, "a");
    const slow = oldHash("another", 300_000);
    const ended: string[] = [];
    const attempts = Array.from({ length: 6 }, async (_, n) => {
      await hasher.verify(n % 2 === 0 ? slow : null, "guessed", `flood ${n}`);
      ended.push("refused");
    });
    const other = hasher.verify(modern, PASSWORD, "other").then(({ ok }) => ended.push(ok ? "in" : "out"));
    await Promise.all([...attempts, other]);
    expect(ended.indexOf("in")).toBeLessThanOrEqual(1);
    expect(hasher.waiting).toBe(0);
  });

  test("that nobody would compute lets nobody in, and breaks nothing", async () => {
    const hasher = createPasswordHasher(undefined, { memoryCost: 8, timeCost: 1, parallelism: 1 });
    const digest = Buffer.alloc(32).toString("base64");
    for (const stored of [`pbkdf2_sha256$4000000$s$${digest}`, "!unusable", "md5$a$b"]) {
      expect(await hasher.verify(stored, "guessed", "a")).toEqual({ ok: false, stale: false });
    }
  });

  test("costs every refusal the same, whoever's it is", async () => {
    const spent: number[] = [];
    const hasher = createPasswordHasher(undefined, { memoryCost: 8, timeCost: 1, parallelism: 1 }, async () => ({
      rounds: 400_000,
      bcryptCost: 0,
    }));
    const modern = await hasher.hash("something else", "a");
    for (const stored of [null, modern, oldHash("another", 400_000), oldHash("another", 10_000)]) {
      const begin = process.cpuUsage();
      await hasher.verify(stored, "guessed", "a");
      spent.push(process.cpuUsage(begin).user);
    }
    expect(Math.min(...spent) / Math.max(...spent)).toBeGreaterThan(0.5);
  });
});

function signIn(username: string, password: string) {
  return server.call("POST", "/api/stoa/v1/auth/sign-in", { body: { username, password } });
}
