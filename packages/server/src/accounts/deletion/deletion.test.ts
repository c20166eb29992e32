import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, type Browser, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import { codeOf, enrol } from "../second-factor/testing-codes.ts";
import { DELETE_KIND } from "./delete-account.ts";

let server: AccountsServer;
let boss: Awaited<ReturnType<AccountsServer["admin"]>>;
const removed: number[] = [];
let waits = 0;
beforeAll(async () => {
  server = await createAccountsServer();
  boss = await server.admin("boss");
  await server.admin("second");
  server.accounts.contribute({
    name: "things",
    owned: async () => ({ things: 3 }),
    rows: {},
    async remove(accountId) {
      removed.push(accountId);
      waits -= 1;
      return waits < 0;
    },
  });
});
afterAll(() => server.close());

const at = "/api/stoa/v1/account/deletion";
const ask = (as: Browser, body: object = { current_password: PASSWORD }) => server.call("POST", at, { as, body });
const ofPerson = (id: number, end = "") => `/api/stoa/v1/people/${id}/deletion${end}`;
const row = async (id: number) =>
  (await server.database.pool.query("select * from accounts where id = $1", [id])).rows[0] as Record<string, unknown>;
const isOpen = async (as: object) =>
  (await server.call("GET", "/users/", { as: as as { bearer: string } })).status === 200;
const mayChange = async (as: Browser) => {
  const body = { label: "another", scopes: ["*"] };
  return (await server.call("POST", "/api/stoa/v1/account/tokens", { as, body })).status === 201;
};

/** Runs the person's deletion as the queue would when its time comes. */
async function carryOut(id: number): Promise<void> {
  const { deletion_operation_id: operationId } = await row(id);
  await server.operations.runAs(String(operationId), DELETE_KIND, { kind: "account", id: String(id) });
}

async function person(name: string) {
  const made = await server.person(name);
  return { ...made, browser: await server.signIn(name) };
}

describe("a dry run", () => {
  it("lists what the person owns, by domain, and changes nothing", async () => {
    const ada = await person("ada");
    const plan = await server.call("GET", at, { as: ada.browser });
    expect(plan.body).toMatchObject({
      owned: { things: { things: 3 }, account: { personal_tokens: 0, web_sessions: 1, groups_owned_alone: 0 } },
      blocked: null,
      grace_days: 14,
      due_at: null,
    });
    expect((await server.call("GET", ofPerson(ada.id), { as: boss })).body).toEqual(plan.body);
    expect((await server.call("GET", ofPerson(ada.id), { as: ada })).status).toBe(403);
    expect((await row(ada.id)).deletion_due_at).toBeNull();
  });
});

describe("asking", () => {
  it("needs the password; then everything stands still, and cancelling brings it all back", async () => {
    const bea = await person("bea");
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: bea.browser,
      body: { label: "ci", scopes: ["*"] },
    });
    const pat = { bearer: (made.body as { token: string }).token };
    expect((await ask(bea.browser, { current_password: "not it" })).status).toBe(422);
    expect((await server.call("POST", at, { as: pat, body: { current_password: PASSWORD } })).status).toBe(403);
    const asked = await ask(bea.browser);
    expect(asked.status).toBe(202);
    const days = (Date.parse((asked.body as { due_at: string }).due_at) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(14, 1);
    expect([await isOpen(bea.browser), await isOpen(bea), await isOpen(pat)], "signed in, one may look").toEqual([
      true,
      true,
      false,
    ]);
    const tokens = "/api/stoa/v1/account/tokens";
    const body = { label: "another", scopes: ["*"] };
    for (const refused of [
      await server.call("POST", tokens, { as: bea.browser, body }),
      await server.call("GET", "/users/", { as: pat }),
    ]) {
      expect(refused.status).toBe(403);
      expect(JSON.stringify(refused.body)).toContain("being deleted");
    }
    const again = await server.signIn("bea");
    expect((await server.call("GET", "/api/stoa/v1/account", { as: again })).status).toBe(200);
    expect((await server.call("GET", "/api/stoa/v1/account/exports", { as: again })).status).toBe(200);
    expect((await server.call("POST", `${at}/cancel`, { as: again })).body).toMatchObject({ deletion_due_at: null });
    expect([await mayChange(again), await isOpen(pat)]).toEqual([true, true]);
    expect((await server.call("POST", `${at}/cancel`, { as: again })).status).toBe(409);
  });

  it("needs a code too where there is a second factor", async () => {
    await server.person("cyn");
    const { browser, secret } = await enrol(server, "cyn");
    expect((await ask(browser)).status).toBe(422);
    expect((await ask(browser, { current_password: PASSWORD, code: "000000" })).status).toBe(422);
    expect((await ask(browser, { current_password: PASSWORD, code: codeOf(secret) })).status).toBe(202);
  });

  it("twice at once is once; what was cancelled does not happen, and asked anew happens once", async () => {
    const dee = await person("dee");
    const both = await Promise.all([ask(dee.browser), ask(dee.browser)]);
    const [done, late = 0] = both.map(({ status }) => status).sort();
    expect(done).toBe(202);
    // By what it finds under the lock or, when it comes a moment later, by the account's limitation.
    expect([403, 409]).toContain(late);
    const { deletion_operation_id: first } = await row(dee.id);
    await server.call("POST", `${at}/cancel`, { as: dee.browser });
    expect(server.operations.withdrawn, "nothing stays queued").toContain(first);
    const run = () => server.operations.runAs(String(first), DELETE_KIND, { kind: "account", id: String(dee.id) });
    expect(await run()).toEqual({ cancelled: true });
    expect((await ask(dee.browser)).status).toBe(202);
    expect(await run(), "the first one is still unwanted").toEqual({ cancelled: true });
    expect(await row(dee.id)).toMatchObject({ status: "active", deleted_at: null });
  });

  it("by an administrator is cancelled by one only; nobody asks so for their own", async () => {
    const eve = await person("eve");
    expect((await server.call("POST", ofPerson(eve.id), { as: eve, body: {} })).status).toBe(403);
    expect((await server.call("POST", ofPerson(boss.id), { as: boss, body: {} })).status).toBe(409);
    const asked = await server.call("POST", ofPerson(eve.id), { as: boss, body: { grace_days: 3 } });
    expect(asked.status).toBe(202);
    expect(await mayChange(eve.browser)).toBe(false);
    const own = await server.call("POST", `${at}/cancel`, { as: eve.browser });
    expect(own).toMatchObject({ status: 403, body: { details: { reason: "deletion_not_yours" } } });
    const { deletion_operation_id: operationId } = await row(eve.id);
    expect(server.operations.withdrawn).not.toContain(operationId);
    expect((await server.call("POST", ofPerson(eve.id, "/cancel"), { as: boss })).status).toBe(200);
    expect(server.operations.withdrawn).toContain(operationId);
    expect(await mayChange(eve.browser)).toBe(true);
  });
});

describe("a service account", () => {
  it("is no person: nobody plans or asks for its deletion, which would leave its tokens", async () => {
    const body = { username: "robot", description: "A robot" };
    const { id } = (await server.call("POST", "/api/stoa/v1/services", { as: boss, body })).body as { id: number };
    expect((await server.call("GET", ofPerson(id), { as: boss })).status).toBe(404);
    expect((await server.call("POST", ofPerson(id), { as: boss, body: { grace_days: 0 } })).status).toBe(404);
    expect(await row(id)).toMatchObject({ deletion_due_at: null, status: "active" });
  });
});

describe("carrying out", () => {
  it("closes the account, waits for every domain, and leaves a name that nobody can take", async () => {
    const fay = await person("fay");
    await ask(fay.browser);
    waits = 2;
    await carryOut(fay.id);
    expect(removed.filter((id) => id === fay.id)).toHaveLength(3);
    expect(await row(fay.id)).toMatchObject({
      username: `deleted#${fay.id}`,
      username_key: "fay",
      email: `deleted#${fay.id}`,
      full_name: "Deleted person",
      password_hash: null,
      status: "deactivated",
      deletion_due_at: null,
      deleted_at: expect.any(Date),
    });
    expect(await isOpen(fay.browser)).toBe(false);
    const identity = { username: "fay", email: "new@example.org", full_name: "Not Fay", password: PASSWORD };
    expect((await server.call("POST", "/api/register", { body: identity })).status, "the name is kept").toBe(400);
    const free = { ...identity, username: "fay-anew", email: "fay@example.org" };
    expect((await server.call("POST", "/api/register", { body: free })).status, "the address is free").toBe(201);
    const signIn = { username: "fay", password: PASSWORD };
    expect((await server.call("POST", "/api/stoa/v1/auth/sign-in", { body: signIn })).status).toBe(401);
    const { rows } = await server.database.pool.query(
      "select action from audit_entries where subject_id = $1 and subject_kind = 'account' order by id",
      [String(fay.id)],
    );
    const actions = rows.map(({ action }: { action: string }) => action);
    expect(actions, "the log is kept").toContain("account.register");
    expect(actions.slice(-2)).toEqual(["account.deactivate", "account.delete"]);
    const revive = await server.call("PATCH", `/api/stoa/v1/people/${fay.id}`, { as: boss, body: { active: true } });
    expect(revive.status).toBe(409);
    expect((await server.call("POST", ofPerson(fay.id, "/cancel"), { as: boss })).status).toBe(409);
    expect((await server.call("GET", `/api/stoa/v1/people/${fay.id}`, { as: boss })).body).toMatchObject({
      status: "deleted",
    });
  });

  it("gives a group that nobody else owns to whoever has been in it longest", async () => {
    const [ola, pat, quin] = [await person("ola"), await person("pat"), await person("quin")];
    const make = async (name: string, owners: { id: number }[], members: { id: number }[]) => {
      const { rows } = await server.database.pool.query(
        "insert into groups (name, name_key) values ($1, $1) returning id",
        [name],
      );
      const add = `insert into group_members (group_id, account_id, is_owner, added_at)
        values ($1, $2, $3, now() - $4 * interval '1 day')`;
      for (const { id } of owners) await server.database.pool.query(add, [rows[0].id, id, true, 9]);
      for (const [n, { id }] of members.entries())
        await server.database.pool.query(add, [rows[0].id, id, false, 8 - n]);
      return rows[0].id as number;
    };
    const going = await person("going");
    await ask(going.browser);
    const left = await make("left-alone", [ola], [going, quin, pat]);
    const shared = await make("shared", [ola, pat], [quin]);
    const empty = await make("empty", [ola], []);
    await ask(ola.browser);
    waits = 0;
    await carryOut(ola.id);
    const ownersOf = async (id: number) =>
      (
        await server.database.pool.query(
          "select account_id from group_members where group_id = $1 and is_owner order by 1",
          [id],
        )
      ).rows.map(({ account_id: owner }: { account_id: number }) => owner);
    expect([await ownersOf(left), await ownersOf(shared), await ownersOf(empty)]).toEqual([[quin.id], [pat.id], []]);
    const { rows } = await server.database.pool.query(
      "select about, details from audit_entries where action = 'group.make-owner' and subject_id = $1",
      [String(left)],
    );
    expect(rows).toEqual([{ about: [quin.id], details: expect.stringContaining(`"instead_of":${ola.id}`) }]);
  });

  it("takes along the mails to earlier addresses, and those that are sent later", async () => {
    const liv = await person("liv");
    const mail = (to: string, state: string, account: number | null) =>
      server.database.pool.query(
        `insert into mails (recipient, subject, body_sealed, locale, state, account_id) values ($1, 'x', null, 'en', $2, $3)`,
        [to, state, account],
      );
    await mail("liv.before@example.org", "sent", liv.id);
    await mail("liv@example.org", "kept", liv.id);
    await mail("liv@example.org", "queued", liv.id);
    await mail("liv@example.org", "sent", boss.id);
    await ask(liv.browser);
    waits = 0;
    await carryOut(liv.id);
    const { rows } = await server.database.pool.query(
      "select state, account_id, to_forget from mails where recipient like 'liv%' order by id",
    );
    expect(rows).toEqual([
      { state: "queued", account_id: liv.id, to_forget: true },
      { state: "sent", account_id: boss.id, to_forget: false },
    ]);
  });

  it("can't be held up by who registers the address that is left of somebody", async () => {
    const gil = await person("gil");
    await ask(gil.browser);
    for (const [n, email] of [`deleted-${gil.id}@deleted.invalid`, `deleted#${gil.id}`].entries()) {
      const identity = { username: `squatter-${n}`, email, full_name: "Squatter", password: PASSWORD };
      await server.call("POST", "/api/register", { body: identity });
    }
    waits = 0;
    await carryOut(gil.id);
    expect(await row(gil.id)).toMatchObject({ username: `deleted#${gil.id}`, deleted_at: expect.any(Date) });
  });

  it("goes on after a crash between any two steps, and ends the same", async () => {
    for (const crashAt of [1, 2, 3]) {
      const name = `crash-${crashAt}`;
      const made = await person(name);
      await ask(made.browser);
      waits = 0;
      const { deletion_operation_id: operationId } = await row(made.id);
      const subject = { kind: "account", id: String(made.id) };
      const broken = server.operations.runAs(String(operationId), DELETE_KIND, subject, { crashAt });
      await expect(broken).rejects.toThrow("killed");
      if (crashAt > 1) {
        const late = await server.call("POST", ofPerson(made.id, "/cancel"), { as: boss });
        expect(late.status, "begun: it can't be cancelled any more").toBe(409);
        expect(await isOpen(made.browser)).toBe(false);
      }
      await carryOut(made.id);
      expect(await row(made.id)).toMatchObject({ username: `deleted#${made.id}`, deleted_at: expect.any(Date) });
      const { rows } = await server.database.pool.query(
        "select count(*)::int as n from audit_entries where subject_id = $1 and action = 'account.delete'",
        [String(made.id)],
      );
      expect(rows, "written down once").toEqual([{ n: 1 }]);
    }
  });

  it("never takes the last active administrator, also when two ask at once", async () => {
    const others = "update accounts set is_admin = false where is_admin and username not in ('boss', 'second')";
    await server.database.pool.query(others);
    const [one, two] = [await server.signIn("boss"), await server.signIn("second")];
    const both = await Promise.all([ask(one), ask(two)]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [left, going] = both[0]?.status === 409 ? [one, two] : [two, one];
    expect((await ask(left)).body).toMatchObject({ details: { reason: "last_admin" } });
    const me = (await server.call("GET", "/api/stoa/v1/account", { as: left })).body as { id: number };
    const demote = await server.call("PATCH", `/api/stoa/v1/people/${me.id}`, { as: left, body: { is_admin: false } });
    expect(demote.status, "who is about to be deleted does not count").toBe(409);
    expect((await server.call("GET", at, { as: left })).body).toMatchObject({ blocked: "last_admin" });
    await server.call("POST", `${at}/cancel`, { as: going });
  });
});
