import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../platform/principal.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";
import { createCredentialUse } from "./credential-use.ts";
import type { AccountTables } from "./tables.ts";

let server: AccountsServer;
let ada: TestPerson;
beforeAll(async () => {
  server = await createAccountsServer();
  ada = await server.person("ada");
  await server.database.pool.query(
    `insert into personal_tokens (key_id, account_id, secret_hash, label, scopes, expiry_at, hard_expiry_at)
     select 'key-' || n, $1, sha256(n::text::bytea), 'x', '{}', now() + interval '1 d', now() + interval '1 d'
     from generate_series(1, 3) n`,
    [ada.id],
  );
});
afterAll(() => server.close());

const silent = pino({ level: "silent" });
function principal(id: string, kind: Principal["credential"]["kind"] = "pat"): Principal {
  const credential = { kind, id, expiresAt: null };
  return { accountId: ada.id, label: "ada", isAdmin: false, scopes: new Set(), credential, mustChangePassword: false };
}
async function counts() {
  const { rows } = await server.database.pool.query(
    "select key_id, usage_count as n, last_ua from personal_tokens order by key_id",
  );
  return rows.map((row: { n: number; last_ua: string | null }) => [row.n, row.last_ua]);
}

describe("the use of credentials", () => {
  it("is written in batches, all of it, also from several processes at once", async () => {
    const db = server.platform.db.withTables<AccountTables>();
    const uses = [createCredentialUse(db, silent), createCredentialUse(db, silent)];
    for (const use of uses) {
      for (let n = 0; n < 50; n++)
        for (const key of ["key-1", "key-2"]) use.note(principal(key), "::1", `agent\0 ${n}`);
      use.note(principal("no such token"), "::1", "agent");
      use.note(principal("jti", "jwt"), "::1", "agent");
    }
    expect(await counts()).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
    await Promise.all(uses.map((use) => use.stop()));
    expect(await counts()).toEqual([
      [100, "agent 49"],
      [100, "agent 49"],
      [0, null],
    ]);
  });

  it("is kept while the database is away, and written when it is back", async () => {
    const real = server.platform.db.withTables<AccountTables>();
    let away = true;
    const db = new Proxy(real, {
      get(target, property) {
        if (property === "getExecutor" && away) throw new Error("away");
        const value: unknown = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const use = createCredentialUse(db, silent);
    use.note(principal("key-3"), "::1", "first");
    await use.flush();
    use.note(principal("key-3"), "::1", "second");
    away = false;
    await use.stop();
    expect((await counts())[2]).toEqual([2, "second"]);
  });
});
