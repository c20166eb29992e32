import { afterAll, beforeAll, expect, it } from "vitest";
import { createNotices, type Notices } from "../../notices/notices.ts";
import type { Mail } from "../../platform/mail/contract.ts";
import { type AccountsServer, type Browser, createAccountsServer } from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let server: AccountsServer;
let notices: Notices;
beforeAll(async () => {
  server = await createAccountsServer({
    mail: { delivers: true, send: async (_trx, mail) => void mails.push(mail) },
    onBuilt: (platform, accounts) => {
      notices = createNotices(platform, accounts);
    },
  });
});
afterAll(() => server.close());

const run = async () => {
  const told = await server.operations.runAs("n", "token.expiry_notices", { kind: "tokens", id: "all" });
  await notices.deliver();
  return told;
};
const noticesTo = (name: string) =>
  mails.filter((mail) => mail.to === `${name}@example.org` && /expire/.test(mail.text));

async function makeToken(as: Browser, label: string): Promise<string> {
  const made = await server.call("POST", "/api/stoa/v1/account/tokens", { as, body: { label, scopes: [] } });
  return (made.body as { key_id: string }).key_id;
}

/** As if time had passed: the token's end comes near, and its beginning goes back as far. */
async function endIn(keyId: string, time: string, madeBefore = "60 days"): Promise<void> {
  await server.database.pool.query(
    `update personal_tokens set expiry_at = now() + $2::interval, expiry_set_at = now() - $3::interval where key_id = $1`,
    [keyId, time, madeBefore],
  );
}

it("tells seven days before and one day before, once each, in one mail a person", async () => {
  await server.person("ada");
  const ada = await server.signIn("ada");
  const [first, second, later] = [
    await makeToken(ada, "first"),
    await makeToken(ada, "second"),
    await makeToken(ada, "later"),
  ];
  await endIn(first, "6 days 23 hours");
  await endIn(second, "5 days");
  await endIn(later, "7 days 1 hour");
  expect(await run()).toEqual({ told: 2 });
  expect(await run()).toEqual({ told: 0 });
  const [mail, ...others] = noticesTo("ada");
  expect(others).toEqual([]);
  for (const part of ["first", "second", "/portal/account"]) expect(mail?.text).toContain(part);
  expect(mail?.text).not.toContain("later");
  await endIn(first, "23 hours");
  expect(await run()).toEqual({ told: 1 });
  expect(await run()).toEqual({ told: 0 });
  expect(noticesTo("ada")).toHaveLength(2);
  const { rows } = await server.database.pool.query(
    "select details from audit_entries where action = 'token.expiry-notice' and subject_id = $1 order by id",
    [first],
  );
  expect(rows.map(({ details }: { details: string }) => (JSON.parse(details) as { days: number }).days)).toEqual([
    7, 1,
  ]);
  const events = await server.database.pool.query("select data from events where type = 'account.token'");
  expect(JSON.stringify(events.rows)).toContain("token.expiry-notice");
});

it("tells anew after a renewal, in the person's language", async () => {
  await server.person("bea");
  const bea = await server.signIn("bea");
  await server.call("PATCH", "/api/stoa/v1/account", { as: bea, body: { locale: "fa" } });
  const key = await makeToken(bea, "ci");
  await endIn(key, "3 days");
  await run();
  await server.call("PATCH", `/api/stoa/v1/account/tokens/${key}`, { as: bea, body: {} });
  expect(await run()).toEqual({ told: 0 });
  await endIn(key, "3 days");
  expect(await run()).toEqual({ told: 1 });
  expect(mails.filter((mail) => mail.to === "bea@example.org" && mail.subject.includes("منقضی"))).toHaveLength(2);
});

it("tells nobody of tokens that are short-lived, revoked, expired or of closed accounts", async () => {
  await server.person("cyn");
  const cyn = await server.signIn("cyn");
  const [short, revoked, expired, closed] = [
    await makeToken(cyn, "short"),
    await makeToken(cyn, "revoked"),
    await makeToken(cyn, "expired"),
    await makeToken(cyn, "closed"),
  ];
  await endIn(short, "3 days", "1 hour");
  await endIn(revoked, "3 days");
  await server.call("DELETE", `/api/stoa/v1/account/tokens/${revoked}`, { as: cyn });
  await endIn(expired, "-1 minute");
  expect(await run()).toEqual({ told: 0 });
  await endIn(closed, "3 days");
  await server.database.pool.query("update accounts set status = 'deactivated' where username = 'cyn'");
  expect(await run()).toEqual({ told: 0 });
});

it("tells once when two servers look at the same moment", async () => {
  await server.person("dee");
  await endIn(await makeToken(await server.signIn("dee"), "ci"), "2 days");
  const both = (await Promise.all([run(), run()])) as { told: number }[];
  expect(both.map(({ told }) => told).sort()).toEqual([0, 1]);
  expect(noticesTo("dee")).toHaveLength(1);
});
