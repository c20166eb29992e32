import type { FastifyInstance } from "fastify";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestAuthenticator, createTestServer, testPrincipal } from "../../testing/create-test-server.ts";
import { type SmtpServer, startSmtpServer } from "../../testing/smtp-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { openInstance, type TestInstance } from "../operations/test-instance.ts";
import { createSecretBox } from "../secrets/secret-box.ts";
import { createMailer } from "./mailer.ts";
import { mailVerbRoutes } from "./verb-routes.ts";

/** Two administrators who are signed in, real operations, and a mail server that listens. */
let database: TestDatabase;
let instance: TestInstance;
let smtp: SmtpServer;
let app: FastifyInstance;
let mailer: ReturnType<typeof createMailer>;
const secrets = createSecretBox("the secret key of the tests, long enough");
const log = pino({ level: "silent" });
const mail = { to: "ann@example.org", subject: "Hello", text: "A link.", locale: "en" } as const;

beforeAll(async () => {
  database = await createTestDatabase();
  smtp = await startSmtpServer();
  instance = openInstance(database);
  const config = { mail: { smtpUrl: smtp.url, from: "Stoa <stoa@example.org>" } };
  mailer = createMailer({ config, db: database.db, log, operations: instance.operations, secrets });
  await instance.start();
  const platform = createTestPlatform({
    db: database.db,
    operations: instance.operations,
    events: instance.events,
    audit: instance.audit,
    mail: mailer,
    secrets,
  });
  const admin = (accountId: number) =>
    testPrincipal({ accountId, label: `admin${accountId}`, isAdmin: true, kind: "jwt" });
  const authenticator = createTestAuthenticator({ one: admin(1), two: admin(2) });
  ({ app } = await createTestServer({ routes: [mailVerbRoutes(platform)], authenticator, platform }));
});
afterAll(async () => {
  await app.close();
  await instance.stop();
  await smtp.close();
  await database.drop();
});
let release = () => {};
beforeEach(async () => {
  smtp.received.length = 0;
  smtp.answerTo("250 ok");
  await database.pool.query("delete from mails");
});
afterEach(() => release());

const query = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows;
const stateOf = async (id: number) => (await query("select state from mails where id = $1", [id]))[0]?.state;
const until = (id: number, state: string) => expect.poll(() => stateOf(id), { timeout: 5_000 }).toBe(state);
async function ask(method: "POST" | "DELETE", path: string, as = "one", body?: object, locale = "en") {
  const answer = await app.inject({
    method,
    url: `/api/stoa/v1/mails${path}`,
    headers: { authorization: `Bearer ${as}`, "accept-language": locale },
    ...(body === undefined ? {} : { payload: body }),
  });
  return answer.statusCode;
}
const audited = (id: number | "test") =>
  query(
    "select action, actor_id::int, subject_label from audit_entries where subject_kind = 'mail' and subject_id = $1",
    [String(id)],
  );

/** A mail that its server refused for good, and the id of the operation that failed. */
async function failed(): Promise<{ id: number; operation: string }> {
  smtp.answerTo("550 no such person");
  await database.db.transaction().execute((trx) => mailer.send(trx, mail));
  const [{ id }] = (await query("select max(id)::int as id from mails")) as [{ id: number }];
  await until(id, "failed");
  const [operation] = await query("select id from operations where subject_kind = 'mail' and subject_id = $1", [
    String(id),
  ]);
  smtp.answerTo("250 ok");
  return { id, operation: operation.id };
}

/** One that was kept before there was a mail server. */
async function kept(): Promise<number> {
  const config = { mail: { smtpUrl: null, from: "Stoa <stoa@example.org>" } };
  const without = createMailer({ config, db: database.db, log, operations: instance.operations, secrets });
  await database.db.transaction().execute((trx) => without.send(trx, mail));
  return (await query("select max(id)::int as id from mails"))[0].id;
}

/** Until what is queued has been done. */
const settled = () =>
  expect
    .poll(() => query("select 1 from operations where state in ('queued', 'running')"), { timeout: 5_000 })
    .toEqual([]);

describe("sending once more", () => {
  it("sends what failed and what was kept, once, and says who asked", async () => {
    for (const id of [(await failed()).id, await kept()]) {
      smtp.received.length = 0;
      expect(await ask("POST", `/${id}/resend`)).toBe(204);
      await until(id, "sent");
      expect(smtp.received).toMatchObject([{ to: ["ann@example.org"], text: expect.stringContaining("A link.") }]);
      expect(await query("select body_sealed, last_error from mails where id = $1", [id])).toEqual([
        { body_sealed: null, last_error: null },
      ]);
      expect(await audited(id)).toEqual([{ action: "mail.resend", actor_id: 1, subject_label: "ann@example.org" }]);
      expect(await ask("POST", `/${id}/resend`)).toBe(409);
    }
    expect(await ask("POST", "/999999/resend")).toBe(404);
  });

  it("by two administrators at once sends one", async () => {
    const { id } = await failed();
    release = smtp.hold();
    const asked = ["one", "two", "one", "two"].map((as) => ask("POST", `/${id}/resend`, as));
    expect((await Promise.all(asked)).toSorted()).toEqual([204, 409, 409, 409]);
    await expect.poll(() => smtp.waiting).toBe(1);
    release();
    await settled();
    expect(smtp.received).toHaveLength(1);
    expect(await audited(id)).toHaveLength(1);
  });

  it("beside somebody who begins the failed operation anew sends one", async () => {
    const { id, operation } = await failed();
    release = smtp.hold();
    expect(await ask("POST", `/${id}/resend`)).toBe(204);
    await database.db
      .transaction()
      .execute((trx) => instance.operations.retry(trx, operation, { accountId: 2, label: "admin2" }));
    await expect.poll(() => smtp.waiting).toBe(1);
    // Time enough for the other one to come as far.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(smtp.waiting).toBe(1);
    release();
    await settled();
    expect(smtp.received).toHaveLength(1);
    expect(await stateOf(id)).toBe("sent");
  });

  it("is refused for what is over: its link would open nothing", async () => {
    const { id } = await failed();
    await query("update mails set expires_at = now() - interval '1 second' where id = $1", [id]);
    expect(await ask("POST", `/${id}/resend`)).toBe(409);
    expect([await stateOf(id), smtp.received.length]).toEqual(["failed", 0]);
  });
});

describe("discarding", () => {
  it("takes a mail away for good, with what it says", async () => {
    const { id } = await failed();
    expect(await ask("DELETE", `/${id}`, "two")).toBe(204);
    expect(await query("select 1 from mails where id = $1", [id])).toEqual([]);
    expect(await audited(id)).toEqual([{ action: "mail.discard", actor_id: 2, subject_label: "ann@example.org" }]);
    expect(await ask("POST", `/${id}/resend`)).toBe(404);
    expect(await ask("DELETE", `/${id}`)).toBe(404);
    await settled();
    expect(smtp.received).toEqual([]);
  });

  it("is refused for one that is being sent, and for one that was", async () => {
    const { id } = await failed();
    release = smtp.hold();
    expect(await ask("POST", `/${id}/resend`)).toBe(204);
    expect(await ask("DELETE", `/${id}`)).toBe(409);
    await expect.poll(() => smtp.waiting).toBe(1);
    expect(await ask("DELETE", `/${id}`)).toBe(409);
    release();
    await until(id, "sent");
    expect(await ask("DELETE", `/${id}`)).toBe(409);
    expect(smtp.received).toHaveLength(1);
  });

  it("at the same time as another sends it anew: one of the two is done, never half of both", async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      smtp.received.length = 0;
      const { id } = await failed();
      const [resent, discarded] = await Promise.all([
        ask("POST", `/${id}/resend`, "one"),
        ask("DELETE", `/${id}`, "two"),
      ]);
      expect([
        [204, 409],
        [404, 204],
      ]).toContainEqual([resent, discarded]);
      await settled();
      expect(smtp.received).toHaveLength(resent === 204 ? 1 : 0);
      expect(await stateOf(id)).toBe(resent === 204 ? "sent" : undefined);
    }
  });
});

describe("a test mail", () => {
  it.each(["en", "fa"])(
    "arrives, in the language of who asks (%s), and is audited with its address",
    async (locale) => {
      const to = `ops-${locale}@example.org`;
      expect(await ask("POST", "/test", "one", { to }, locale)).toBe(202);
      await expect.poll(() => smtp.received.length, { timeout: 5_000 }).toBe(1);
      expect(smtp.received[0]).toMatchObject({
        to: [to],
        text: expect.stringContaining(`Content-Language: ${locale}`),
      });
      const [row] = await query("select id::int, recipient from mails");
      expect(row.recipient).toBe(to);
      await until(row.id, "sent");
      expect(await audited("test")).toContainEqual({ action: "mail.test", actor_id: 1, subject_label: to });
    },
  );

  it("that the server refuses is in the list as failed, and nothing else is", async () => {
    smtp.answerTo("550 no such person");
    expect(await ask("POST", "/test", "one", { to: "nobody@example.org" })).toBe(202);
    await expect
      .poll(() => query("select state, last_error from mails"), { timeout: 5_000 })
      .toEqual([{ state: "failed", last_error: expect.stringContaining("550 no such person") }]);
  });

  it.each(["nobody", "a b@example.org", "a@b@c", ""])("to %j is refused", async (to) => {
    expect(await ask("POST", "/test", "one", { to })).toBe(400);
    expect(await query("select 1 from mails")).toEqual([]);
  });
});
