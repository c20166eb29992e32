import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import { createMailer } from "./mailer.ts";
import { mailRoutes } from "./routes.ts";

let database: TestDatabase;
let server: AccountsServer;
let boss: TestPerson;
const platform = createTestPlatform();
const SECRET = "https://stoa.test/portal/reset#token=hunter2";

beforeAll(async () => {
  database = await createTestDatabase();
  const { audit, secrets } = platform;
  const enqueue = async () => ({}) as never;
  const config = { mail: { ...testConfig().mail, smtpUrl: "smtp://127.0.0.1:1" } };
  const operations = { register: () => {}, enqueue };
  const mailer = createMailer({ config, db: database.db, log: pino({ level: "silent" }), operations, secrets });
  server = await createAccountsServer({ database, routes: [mailRoutes({ db: database.db, audit, secrets })] });
  boss = await server.admin();
  const mail = { to: "ada@example.org", subject: "A new password", text: SECRET, locale: "en" } as const;
  for (const expiresAt of [new Date(Date.now() + 60_000), new Date(Date.now() + 1_500)]) {
    await database.db.transaction().execute((trx) => mailer.send(trx, { ...mail, expiresAt }));
  }
});
afterAll(() => server.close());

const MAILS = "/api/stoa/v1/mails";
const read = (as: TestPerson | { bearer: string } | Awaited<ReturnType<AccountsServer["signIn"]>>, id = 1) =>
  server.call("GET", `${MAILS}/${id}`, { as });

it("the list never shows what waiting mails say", async () => {
  const list = await server.call("GET", MAILS, { as: boss });
  expect(list).toMatchObject({ status: 200, body: { items: [{ id: 2 }, { id: 1, state: "queued" }] } });
  expect(JSON.stringify(list.body)).not.toContain("hunter2");
});

it("one is read by an administrator who is signed in, never by a token", async () => {
  const body = { label: "x", scopes: ["*"] };
  const made = await server.call("POST", "/api/stoa/v1/account/tokens", { as: boss, body });
  const token = (made.body as { token: string }).token;
  const refused = await read({ bearer: token });
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining("Sign in") } });
  expect(JSON.stringify(refused.body)).not.toContain("hunter2");
  expect((await read(await server.person("ada"))).status).toBe(403);
  for (const as of [boss, await server.signIn("boss")]) {
    const answer = await read(as);
    expect(answer).toMatchObject({ status: 200, body: { text: SECRET } });
    expect(answer.headers["cache-control"]).toBe("no-store");
  }
  expect((await read(boss, 999)).status).toBe(404);
  const reading = { action: "mail.read", actor: { label: "boss" }, subject: { kind: "mail", id: "1" } };
  expect(platform.recorded.audit).toMatchObject([reading, reading]);
});

it("what it says is nowhere in the table, and over with its link", async () => {
  const { rows } = await database.pool.query("select * from mails");
  expect(JSON.stringify(rows)).not.toContain("hunter2");
  await expect.poll(async () => (await read(boss, 2)).body, { timeout: 3_000 }).toMatchObject({ text: null });
});
