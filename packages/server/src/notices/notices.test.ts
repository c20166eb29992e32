import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Mail } from "../platform/mail/contract.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";
import { createHealthWatch } from "./health-watch.ts";
import { noticeKinds } from "./kinds.ts";
import { createNotices, type Notice, type Notices, tell } from "./notices.ts";
import { thin } from "./tidy.ts";
import { sentenceOf } from "./words.ts";

const AT = "/api/stoa/v1/notices";
const mails: Mail[] = [];
const mail = { delivers: true, send: async (_trx: unknown, sent: Mail) => void mails.push(sent) };

let server: AccountsServer;
let notices: Notices;
let [ann, bob, boss]: TestPerson[] = [];

beforeAll(async () => {
  server = await createAccountsServer({
    mail,
    routes: [async (app) => app.register(notices.routes)],
    onBuilt: (platform, accounts) => {
      notices = createNotices(platform, accounts);
    },
  });
  [ann, bob, boss] = [await server.person("ann"), await server.person("bob"), await server.admin()];
});
afterAll(() => server.close());
beforeEach(async () => {
  await sql("truncate notices, notice_preferences");
  await sql("update accounts set locale = null, status = 'active'");
  mails.length = 0;
});

const sql = async <T = Record<string, unknown>>(text: string, values: unknown[] = []) =>
  (await server.database.pool.query(text, values)).rows as T[];
const say = (notice: Notice) => server.platform.db.transaction().execute((trx) => tell(trx, notice));
const offer = (to: TestPerson | undefined, key: string, name = `Thesis ${key}`) =>
  say({
    kind: "share.offered",
    to: to?.id ?? 0,
    key,
    subject: { kind: "share", id: key },
    values: { person: "Zoe", name },
  });
interface Body {
  readonly unread: number;
  readonly next_cursor: string | null;
  readonly items: readonly { id: number; kind: string; text: string; read_at: string | null; link: string }[];
}
async function call(as: TestPerson | undefined, method: "GET" | "POST" | "PUT", path: string, body?: unknown) {
  const answer = await server.call(method, AT + path, { as: as as TestPerson, body });
  return { status: answer.status, body: answer.body as Body };
}
const textsOf = async (as: TestPerson | undefined, query = "") =>
  (await call(as, "GET", query)).body.items.map(({ text }) => text);

describe("reading", () => {
  it("shows people their own, newest first, in pages, and administrators nobody else's", async () => {
    for (const key of ["1", "2", "3"]) await offer(ann, key);
    await offer(bob, "4");
    const first = (await call(ann, "GET", "?limit=2")).body;
    expect(first.items.map(({ text }) => text)).toEqual([
      '\u2068Zoe\u2069 shared "\u2068Thesis 3\u2069" with you.',
      '\u2068Zoe\u2069 shared "\u2068Thesis 2\u2069" with you.',
    ]);
    expect(first.items[0]).toMatchObject({ kind: "share.offered", link: "/workspaces", read_at: null });
    expect(await textsOf(ann, `?limit=2&cursor=${first.next_cursor}`)).toEqual([expect.stringContaining("Thesis 1")]);
    expect(await textsOf(bob)).toEqual([expect.stringContaining("Thesis 4")]);
    expect(await textsOf(boss)).toEqual([]);
    expect((await call(ann, "GET", "?cursor=nonsense")).status).toBe(400);
  });

  it("counts what is unread, and marks by id or all, never another's", async () => {
    for (const key of ["1", "2", "3"]) await offer(ann, key);
    await offer(bob, "1");
    expect((await call(ann, "GET", "/count")).body).toEqual({ unread: 3 });
    const id = (await call(ann, "GET", "")).body.items[1]?.id;
    expect((await call(bob, "POST", "/read", { ids: [id] })).body).toEqual({ unread: 1 });
    expect((await call(ann, "POST", "/read", { ids: [id] })).body).toEqual({ unread: 2 });
    expect(await textsOf(ann, "?unread=true")).toEqual([
      expect.stringContaining("Thesis 3"),
      expect.stringContaining("Thesis 1"),
    ]);
    expect((await call(ann, "POST", "/read", { all: true })).body).toEqual({ unread: 0 });
    expect((await call(bob, "GET", "/count")).body).toEqual({ unread: 1 });
    for (const body of [{}, { all: false }, { ids: ["1"] }]) {
      expect((await call(ann, "POST", "/read", body)).status).toBe(400);
    }
  });

  it("tells other pages of the same person that they are read, once", async () => {
    await offer(ann, "1");
    await sql("truncate events");
    for (let times = 0; times < 2; times += 1) await call(ann, "POST", "/read", { all: true });
    expect(await sql("select type, visibility, audience from events")).toEqual([
      { type: "notice.changed", visibility: "private", audience: [ann?.id] },
    ]);
  });

  it("shows some kinds only", async () => {
    await offer(ann, "1");
    const subject = { kind: "session", id: 9 } as const;
    await say({ kind: "session.failed", to: ann?.id ?? 0, key: "9", subject, values: { name: "Lab" } });
    expect(await textsOf(ann, "?kinds=session.failed")).toEqual([expect.stringContaining("Lab")]);
    expect(await textsOf(ann, "?kinds=session.failed,share.offered")).toHaveLength(2);
  });
});

describe("preferences", () => {
  it("are obeyed from the next notice on, and leave an audit entry", async () => {
    const items = [{ kind: "share.offered", shown: false, mail: "none" }];
    const put = await server.call("PUT", `${AT}/preferences`, { as: ann as TestPerson, body: { items } });
    expect(put.body).toMatchObject({ mail_available: true });
    await offer(ann, "1");
    await offer(bob, "1");
    expect(await textsOf(ann)).toEqual([]);
    expect(await textsOf(bob)).toHaveLength(1);
    expect(await sql("select 1 from audit_entries where action = 'notice.preferences'")).toHaveLength(1);
  });

  it("are of the kinds that concern the person, with sensible ones to begin with", async () => {
    const kinds = async (as: TestPerson | undefined) =>
      (await call(as, "GET", "/preferences")).body.items as unknown as { kind: string; shown: boolean; mail: string }[];
    expect((await kinds(ann)).filter(({ kind }) => kind.startsWith("admin."))).toEqual([]);
    expect((await kinds(boss)).map(({ kind }) => kind)).toEqual(Object.keys(noticeKinds));
    expect(await kinds(ann)).toContainEqual({
      kind: "share.offered",
      shown: true,
      mail: "at_once",
      mailed_always: false,
    });
    const nonsense = { items: [{ kind: "nonsense", shown: true, mail: "none" }] };
    expect((await call(ann, "PUT", "/preferences", nonsense)).status).toBe(400);
  });
});

describe("what is about an account's safety", () => {
  const safety = ["sign-in.new", "account.role", "account.impersonated", "account.second-factor-reset"] as const;
  type Choice = { kind: string; shown: boolean; mail: string; mailed_always?: boolean };
  const fixedOf = async (kind: string) =>
    ((await call(ann, "GET", "/preferences")).body.items as unknown as Choice[]).find((item) => item.kind === kind);

  // Who has got into an account must not be able to hide what is done to it.
  it.each(safety)("is not to be switched off: %s", async (kind) => {
    const mail = kind === "account.second-factor-reset" ? "none" : "at_once";
    const fixed = { kind, shown: true, mail };
    for (const change of [{ shown: false }, { mail: "daily" }]) {
      const put = await call(ann, "PUT", "/preferences", { items: [{ ...fixed, ...change }] });
      expect(put, JSON.stringify(put.body)).toMatchObject({
        status: 422,
        body: { details: { reason: "notice_fixed", kind } },
      });
    }
    expect(await sql("select 1 from notice_preferences")).toEqual([]);
    expect((await call(ann, "PUT", "/preferences", { items: [fixed] })).status, "as it is").toBe(200);
    expect(await fixedOf(kind)).toEqual({ ...fixed, mailed_always: true });
  });

  it("is told and mailed whatever was chosen before that was refused", async () => {
    await sql("insert into notice_preferences values ($1, 'account.role', false, 'none')", [ann?.id]);
    expect(await fixedOf("account.role")).toMatchObject({ shown: true, mail: "at_once" });
    const subject = { kind: "account", id: ann?.id ?? 0 } as const;
    const values = { person: "Zoe", role: "admin" };
    await say({ kind: "account.role", to: ann?.id ?? 0, key: "1", subject, values });
    expect(await textsOf(ann)).toHaveLength(1);
    expect(await notices.deliver()).toBe(1);
  });

  it("is chosen about by nobody but who has signed in: no token keeps anything quiet", async () => {
    const own = { label: "x", scopes: ["account:read", "account:write"] };
    const { body } = await server.call("POST", "/api/stoa/v1/account/tokens", { as: ann as TestPerson, body: own });
    const bearer = String((body as { token?: string }).token);
    const items = [{ kind: "share.offered", shown: false, mail: "none" }];
    const read = await server.call("GET", `${AT}/preferences`, { as: { bearer } });
    expect(read.status, JSON.stringify(body)).toBe(200);
    const put = await server.call("PUT", `${AT}/preferences`, { as: { bearer }, body: { items } });
    expect(put).toMatchObject({ status: 403, body: { details: { needs: "a sign-in" } } });
  });
});

describe("mails", () => {
  it("come once, in the receiver's language, with the link", async () => {
    await sql("update accounts set locale = 'fa' where id = $1", [bob?.id]);
    await offer(ann, "1", 'Quarks\r\nBcc: x@y.z "\u202e');
    await offer(bob, "1");
    expect(await notices.deliver()).toBe(2);
    expect(await notices.deliver()).toBe(0);
    const [toAnn, toBob] = ["ann", "bob"].map((name) => mails.find(({ to }) => to === `${name}@example.org`));
    expect(toAnn).toMatchObject({ locale: "en", accountId: ann?.id, subject: expect.stringContaining("shared") });
    expect(toAnn?.subject).not.toMatch(/[\r\n\u202e]/);
    expect(toAnn?.text).toContain("http://localhost:8080/portal/workspaces");
    expect(toBob).toMatchObject({ locale: "fa", subject: expect.stringContaining("به اشتراک گذاشت") });
    expect(toBob?.text).toMatch(/عزیز، سلام/);
  });

  it("of a burst are one, and name all that it was about", async () => {
    for (let key = 1; key <= 25; key += 1) await offer(ann, String(key));
    expect(await notices.deliver()).toBe(1);
    expect(mails[0]?.subject).toBe("25 notices from Stoa");
    expect(mails[0]?.text).toContain("And 5 more.");
  });

  it("do not go to who has left, nor about what is long over", async () => {
    await offer(ann, "1");
    await offer(bob, "1");
    await sql("update accounts set status = 'deactivated' where id = $1", [ann?.id]);
    await sql("update notices set created_at = now() - interval '25 hours' where account_id = $1", [bob?.id]);
    await notices.deliver();
    expect(mails).toEqual([]);
  });

  it("come once a day to who wants them so, about what is unread still", async () => {
    await call(ann, "PUT", "/preferences", { items: [{ kind: "share.offered", shown: true, mail: "daily" }] });
    for (const key of ["1", "2", "3"]) await offer(ann, key);
    await call(ann, "POST", "/read", { ids: [(await call(ann, "GET", "")).body.items[0]?.id] });
    await notices.deliver();
    expect(mails).toEqual([]);
    const digest = () => server.operations.runAs("d", "notices.digest", { kind: "notices", id: "all" });
    expect(await digest()).toEqual({ mails: 1 });
    expect(await digest()).toEqual({ mails: 0 });
    expect(mails[0]?.subject).toBe("2 notices from Stoa");
  });
});

describe("in the long run", () => {
  it("keeps what is young enough, and as much of each person as is allowed", async () => {
    for (const key of ["1", "2", "3", "4"]) await offer(ann, key);
    await offer(bob, "1");
    await sql("update notices set created_at = now() - interval '31 days' where account_id = $1 and key = '4'", [
      ann?.id,
    ]);
    const db = server.platform.db as unknown as Parameters<typeof thin>[0];
    expect(await thin(db, { keptDays: 30, keptPerPerson: 2 })).toBe(2);
    expect(await sql("select account_id, key from notices order by account_id, key")).toEqual([
      { account_id: ann?.id, key: "2" },
      { account_id: ann?.id, key: "3" },
      { account_id: bob?.id, key: "1" },
    ]);
  });

  it("is exported with a person's data, and goes with their account", async () => {
    await offer(ann, "1");
    await call(ann, "PUT", "/preferences", { items: [{ kind: "share.offered", shown: true, mail: "none" }] });
    const { rows, owned, remove } = notices.accountPart;
    expect(await owned(ann?.id ?? 0)).toEqual({ notices: 1 });
    const [told] = await Array.fromAsync(rows.notices(ann?.id ?? 0));
    expect(told).toMatchObject({ kind: "share.offered", said: { person: "Zoe" } });
    expect(await Array.fromAsync(rows["notice-preferences"](ann?.id ?? 0))).toHaveLength(1);
    await remove(ann?.id ?? 0);
    expect(await sql("select 1 from notices union all select 1 from notice_preferences")).toEqual([]);
  });
});

describe("sentences", () => {
  it("say every kind in both languages, whole", () => {
    for (const [kind, { says }] of Object.entries(noticeKinds)) {
      const said = Object.fromEntries(
        says.map((name) => [name, name === "at" || name === "until" ? "2026-03-04T05:06Z" : name]),
      );
      for (const locale of ["en", "fa"] as const) {
        const text = sentenceOf({ kind, said }, locale);
        expect(text, kind).toMatch(locale === "fa" ? /\p{Script=Arabic}/u : /[a-z]/);
        expect(text, kind).not.toMatch(/undefined|null|\.$/);
      }
    }
  });

  it("of administrators reach all of them who are active", async () => {
    const notice = {
      kind: "admin.unhealthy",
      key: "k",
      subject: { kind: "resource", id: "LOCAL" },
      values: { thing: "LOCAL", reason: "It gave no answer." },
    } as const;
    await server.platform.db.transaction().execute((trx) => notices.tellAdmins(trx, notice));
    expect(await sql("select account_id from notices")).toEqual([{ account_id: boss?.id }]);
  });
});

describe("what the server depends on", () => {
  it("is told of once a day when it stays out of order, and not for a moment's sake", async () => {
    const notice = async () => sql("select said from notices where kind = 'admin.unhealthy'");
    let message: string | null = "It gave no answer.";
    let now = 0;
    const groups = { resources: { LOCAL: async () => message } };
    const watch = createHealthWatch(server.platform, notices.tellAdmins, groups, () => now);
    const looks = async (count: number) => {
      for (let look = 0; look < count; look += 1) {
        await watch.look();
        // Answers are kept for two seconds.
        now += 2_001;
      }
    };
    await looks(2);
    message = null;
    await looks(1);
    message = "It gave no answer.";
    await looks(2);
    expect(await notice()).toEqual([]);
    await looks(2);
    expect(await notice()).toEqual([{ said: { thing: "LOCAL", reason: "It gave no answer." } }]);
    const back = async () => sql("select said from notices where kind = 'admin.healthy'");
    expect(await back()).toEqual([]);
    message = null;
    await looks(2);
    expect(await back()).toEqual([{ said: { thing: "LOCAL" } }]);
  });
});
