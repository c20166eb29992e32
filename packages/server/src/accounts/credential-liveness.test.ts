import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../config/schema.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";

let server: AccountsServer;
let ada: TestPerson;
let others: Record<"strict" | "looking", AccountsServer>;
const limiting = (accounts: Partial<Config["accounts"]>) => {
  const as = { secondFactor: "optional" as const, unverified: "full" as const, deletionGraceDays: 14, ...accounts };
  return createAccountsServer({ database: server.database, config: { accounts: as as Config["accounts"] } });
};
beforeAll(async () => {
  server = await createAccountsServer();
  ada = await server.person("ada");
  others = {
    strict: await limiting({ secondFactor: "admins" }),
    looking: await limiting({ unverified: "look" }),
  };
});
afterAll(async () => {
  for (const one of [...Object.values(others), server]) await one.close();
});

const set = (changes: string) => server.database.pool.query(`update accounts set ${changes} where id = $1`, [ada.id]);
async function live(on: AccountsServer): Promise<boolean> {
  const principal = await server.accounts.authenticator.bearer(ada.bearer);
  const { kind, id } = principal?.credential ?? { kind: "jwt" as const, id: "" };
  return on.accounts.credentialIsLive({ kind, id, accountId: ada.id, seenAt: new Date(Date.now() + 60_000) });
}

describe("a right that was made of a credential", () => {
  it("stands while its owner may use it", async () => {
    expect(await live(server)).toBe(true);
    expect(await live(others.strict)).toBe(true);
  });

  it("ends with a limitation that came later: a role that asks for a second factor", async () => {
    await set("is_admin = true");
    expect([await live(server), await live(others.strict)]).toEqual([true, false]);
    await set("second_factor_at = now()");
    expect(await live(others.strict)).toBe(true);
    await set("is_admin = false, second_factor_at = null");
  });

  it("ends where an address must be proven, until it is", async () => {
    expect(await live(others.looking)).toBe(false);
    await set("email_verified_at = now()");
    expect(await live(others.looking)).toBe(true);
  });

  it("ends while a password must be changed, an account is to be deleted, or is not active", async () => {
    for (const [changes, back] of [
      ["must_change_password = true", "must_change_password = false"],
      ["deletion_due_at = now() + interval '1 day'", "deletion_due_at = null"],
      ["status = 'deactivated'", "status = 'active'"],
    ] as const) {
      await set(changes);
      expect(await live(server), changes).toBe(false);
      await set(back);
      expect(await live(server), back).toBe(true);
    }
  });
});
