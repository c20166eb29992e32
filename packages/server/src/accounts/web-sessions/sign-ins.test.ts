import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type AccountsServer, type Browser, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import { createFailedSignIns } from "./failed-sign-ins.ts";

let server: AccountsServer;
let second: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
  second = await createAccountsServer({ database: server.database });
});
afterAll(async () => {
  await second.close();
  await server.close();
});

const at = "/api/stoa/v1/account/sign-ins";
interface List {
  items: { id: string; kind: string; current: boolean; address: string | null; agent: { browser: string | null } }[];
  failed_attempts: { count: number; since: string; items: { address: string; step: string; count: number }[] };
}
const list = async (as: Browser | { bearer: string }) => (await server.call("GET", at, { as })).body as List;
const fail = (username: string, address: string, on = server) =>
  on.call("POST", "/api/stoa/v1/auth/sign-in", { body: { username, password: "wrong password" }, address });
const uwsToken = async (username: string) => {
  const made = await server.call("POST", "/tokens/", { body: { username, password: PASSWORD } });
  return { uws: (made.body as { token: string }).token };
};
const works = async (as: Browser | { bearer: string } | { uws: string }, on = server) =>
  (await on.call("GET", "/users/", { as })).status;

describe("sign-ins", () => {
  it("are listed with what one knows them by, one's own only, the present one marked", async () => {
    const ada = await server.person("ada");
    await server.person("eve");
    const firefox = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
    await server.call("POST", "/api/stoa/v1/auth/sign-in", {
      body: { username: "ada", password: PASSWORD },
      headers: firefox,
      address: "192.0.2.7",
    });
    const browser = await server.signIn("ada");
    await server.signIn("eve");
    await uwsToken("ada");
    const { items } = await list(browser);
    expect(items.map(({ kind }) => kind).sort()).toEqual(["browser", "browser", "uws_token"]);
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    expect(items.find(({ address }) => address === "192.0.2.7")?.agent).toEqual({
      browser: "Firefox",
      system: "Linux",
    });
    expect((await list(ada)).items.filter(({ current }) => current)).toEqual([]);
  });

  it("end one by one, streams included, within a second on every process", async () => {
    await server.person("bea");
    const [here, there] = [await server.signIn("bea"), await server.signIn("bea")];
    const token = await uwsToken("bea");
    const before = (await list(here)).items;
    const thereId = (await list(there)).items.find(({ current }) => current)?.id ?? "";
    const tokenId = before.find(({ kind }) => kind === "uws_token")?.id ?? "";
    const closed = vi.fn();
    const principal = await second.accounts.authenticator.cookie(there.cookie);
    if (principal) second.platform.revocations.watch(principal, closed);
    expect(await works(there, second)).toBe(200);
    for (const id of [thereId, tokenId]) {
      expect((await server.call("DELETE", `${at}/${id}`, { as: here })).status).toBe(204);
      expect((await server.call("DELETE", `${at}/${id}`, { as: here })).status).toBe(404);
    }
    expect([await works(there), await works(token), await works(here)]).toEqual([401, 401, 200]);
    await vi.waitFor(async () => expect(await works(there, second)).toBe(401), { timeout: 1_000 });
    await vi.waitFor(() => expect(closed).toHaveBeenCalledWith("revoked"), { timeout: 1_000 });
  });

  it("of somebody else are not there, and no personal token ends any", async () => {
    await server.person("cyn");
    const cyn = await server.signIn("cyn");
    const eve = await server.signIn("eve");
    const [mine] = (await list(cyn)).items;
    const theirs = await server.call("DELETE", `${at}/${mine?.id}`, { as: eve });
    const none = await server.call("DELETE", `${at}/00000000-0000-4000-8000-000000000000`, { as: eve });
    expect([theirs.status, none.status]).toEqual([404, 404]);
    expect((theirs.body as { detail: string }).detail).toBe((none.body as { detail: string }).detail);
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: cyn,
      body: { label: "t", scopes: ["*"] },
    });
    const as = { bearer: (made.body as { token: string }).token };
    expect((await server.call("DELETE", `${at}/${mine?.id}`, { as })).status).toBe(403);
    expect((await server.call("POST", `${at}/revoke-others`, { as })).status).toBe(403);
    expect(await works(cyn)).toBe(200);
  });

  it("all end but the one that asks, access tokens too", async () => {
    const { bearer } = await server.person("dee");
    const [here, there] = [await server.signIn("dee"), await server.signIn("dee")];
    const token = await uwsToken("dee");
    const answer = await server.call("POST", `${at}/revoke-others`, { as: here });
    expect(answer).toMatchObject({ status: 200, body: { ended: 2 } });
    expect(await Promise.all([there, token, { bearer }, here].map((as) => works(as)))).toEqual([401, 401, 401, 200]);
  });
});

describe("failed attempts", () => {
  it("are shown since the sign-in before this one, by address, a wrong code's as well", async () => {
    await server.person("fay");
    await fail("fay", "198.51.100.1");
    await flushed("fay", 1);
    await server.signIn("fay");
    await fail("fay", "198.51.100.2");
    await fail("FAY@example.org", "198.51.100.2");
    await fail("fay", "198.51.100.3", second);
    await flushed("fay", 4);
    const { failed_attempts: failed } = await list(await server.signIn("fay"));
    expect(failed.count, "since the sign-in before").toBe(3);
    expect(failed.items.map(({ address }) => address).sort()).toEqual(expect.arrayContaining(["198.51.100.3"]));
    expect(failed.items.every(({ address }) => address !== "198.51.100.1")).toBe(true);
    const next = await list(await server.signIn("fay"));
    expect(next.failed_attempts.count, "they have been shown").toBe(0);
  });

  it("of names that nobody has leave nothing, and cost what known ones cost", async () => {
    const { rows: before } = await server.database.pool.query("select count(*)::int as n from failed_sign_ins");
    await fail("nobody-here", "198.51.100.9");
    await fail("x'; drop table accounts; --", "198.51.100.9");
    await fail("nul\0nul", "198.51.100.9");
    await fail("eve", "198.51.100.9");
    await flushed("eve", 1);
    const { rows: after } = await server.database.pool.query("select count(*)::int as n from failed_sign_ins");
    expect((after[0] as { n: number }).n - (before[0] as { n: number }).n).toBe(1);
  });

  it("touch the database only in a batch apart from the answer, and are kept while it is away", async () => {
    const { db, pool } = server.database;
    await server.person("gil");
    const looked = vi.spyOn(pool, "connect");
    const failed = createFailedSignIns(db, server.platform.log);
    try {
      looked.mockClear();
      for (const login of ["gil", "nobody-at-all"]) failed.note({ login, address: "198.51.100.20", step: "password" });
      expect(looked).not.toHaveBeenCalled();
      looked.mockRejectedValueOnce(new Error("away") as never);
      await failed.flush();
      await failed.flush();
      await flushed("gil", 1);
    } finally {
      looked.mockRestore();
      await failed.stop();
    }
  });
});

/** Waits until the batches of a second have written so many for the person. */
async function flushed(username: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await server.database.pool.query(
        "select coalesce(sum(count), 0)::int as n from failed_sign_ins f join accounts a on a.id = f.account_id where username = $1",
        [username],
      );
      expect((rows[0] as { n: number }).n).toBe(count);
    },
    { timeout: 4_000, interval: 100 },
  );
}
