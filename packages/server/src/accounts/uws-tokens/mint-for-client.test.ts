import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let boss: TestPerson;
let ada: TestPerson;
let service: { id: number; token: string; keyId: string };
beforeAll(async () => {
  server = await createAccountsServer();
  [boss, ada] = [await server.admin("boss"), await server.person("ada")];
  service = await newService("portal");
});
afterAll(() => server.close());

async function newService(username: string, more: object = {}, on = server, as = boss) {
  const body = { username, description: `The ${username}`, ...more };
  const { id } = (await on.call("POST", "/api/stoa/v1/services", { as, body })).body as { id: number };
  const made = await on.call("POST", `/api/stoa/v1/services/${id}/tokens`, { as, body: { label: "test" } });
  const { token, key_id: keyId } = made.body as { token: string; key_id: string };
  return { id, token, keyId };
}

let address = 0;
/** From an address of its own: refusals are counted by address. */
const ask = (
  client_token: unknown,
  user_info: unknown,
  more: { headers?: Record<string, string>; on?: AccountsServer } = {},
) =>
  (more.on ?? server).call("POST", "/tokens/", {
    body: { client_token, user_info },
    address: `10.1.${Math.floor(++address / 250)}.${(address % 250) + 1}`,
    ...(more.headers ? { headers: more.headers } : {}),
  });
const person = (username: string) => ({ username, email: `${username}@elsewhere.org` });
const tokenOf = ({ body }: { body: unknown }) => (body as { token: string }).token;
const works = async (uws: string) => (await server.call("GET", "/users/", { as: { uws } })).status === 200;
const accounts = async (where: string, ...values: unknown[]) =>
  (await server.database.pool.query(`select * from accounts where ${where}`, values)).rows as Record<string, unknown>[];

const NOT_THEIRS = {
  status: 403,
  body: {
    success: false,
    message: "This client gets no tokens for this person. An administrator can link the person's account to it.",
  },
};

describe("POST /tokens/ by a service", () => {
  it("makes the person at first sight, and gives tokens that work from then on", async () => {
    const first = await ask(service.token, person("newcomer"));
    expect(first).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    expect(first.body).toEqual({ success: true, message: "Successful authentication.", token: expect.any(String) });
    const second = await ask(service.token, { ...person("newcomer"), email: "moved@elsewhere.org" });
    expect([await works(tokenOf(first)), await works(tokenOf(second))]).toEqual([true, true]);
    expect(await accounts("username = 'newcomer'")).toMatchObject([
      { brought_by: service.id, brought_as: "newcomer", password_hash: null, is_admin: false, email_verified_at: null },
    ]);
    expect(await accounts("email = 'moved@elsewhere.org'")).toEqual([]);
  });

  it("keeps twenty live tokens of a person", async () => {
    const first = tokenOf(await ask(service.token, person("eager")));
    for (let n = 0; n < 20; n++) await ask(service.token, person("eager"));
    expect(await works(first)).toBe(false);
    const live = "select 1 from uws_tokens t join accounts a on a.id = t.account_id where a.username = 'eager'";
    expect((await server.database.pool.query(live)).rowCount).toBe(20);
  });

  it("ends none of the person's own tokens, and they none of the service's", async () => {
    const held = await server.person("held");
    const rotated = await newService("rotating");
    const url = `/api/stoa/v1/services/${rotated.id}`;
    await server.call("PUT", `${url}/people/${held.id}`, { as: boss, body: { external_name: "held" } });
    const mine = async () =>
      tokenOf(await server.call("POST", "/tokens/", { body: { username: "held", password: PASSWORD } }));
    const own = await mine();
    const first = tokenOf(await ask(rotated.token, person("held")));
    // Its next client token counts with the one before: they are one service.
    const made = await server.call("POST", `${url}/tokens`, { as: boss, body: { label: "next" } });
    const next = (made.body as { token: string }).token;
    for (let n = 0; n < 19; n++) await ask(next, person("held"));
    expect([await works(own), await works(first)]).toEqual([true, true]);
    await ask(next, person("held"));
    expect([await works(own), await works(first)]).toEqual([true, false]);
    const second = tokenOf(await ask(next, person("held")));
    for (let n = 0; n < 20; n++) await mine();
    expect([await works(own), await works(second)]).toEqual([false, true]);
  });

  it("makes one person of many first requests at once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(service.token, person("at-once"))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await accounts("brought_as = 'at-once'")).toHaveLength(1);
  });

  it.each(["Ada.Lovelace+lab@Example.org", "x".repeat(150), "آدا", "ab", "__"])(
    "gives who is called %j a user name that can be one here",
    async (username) => {
      const email = `n${++address}@elsewhere.org`;
      expect((await ask(service.token, { username, email })).status).toBe(200);
      expect((await ask(service.token, { username, email })).status).toBe(200);
      const [made, ...more] = await accounts("email = $1", email);
      expect(more).toEqual([]);
      expect(made).toMatchObject({ brought_as: username, username: expect.stringMatching(/^[a-z0-9._-]{3,20}$/) });
    },
  );

  it.each([
    ["an administrator", { username: "boss", email: "boss@example.org" }],
    ["an administrator's name", { username: "boss", email: "other@elsewhere.org" }],
    ["a service", { username: "portal", email: "portal@elsewhere.org" }],
    ["somebody who registered here", { username: "ada", email: "ada@example.org" }],
    ["the same name in other letters", { username: "ADA", email: "third@elsewhere.org" }],
    ["the same address under another name", { username: "someone-else", email: "ADA@example.org" }],
  ])("gives none for %s, and tells none from another", async (_what, info) => {
    const before = (await accounts("true")).length;
    expect(await ask(service.token, info)).toMatchObject(NOT_THEIRS);
    expect(await accounts("true")).toHaveLength(before);
  });

  it("leaves an entry of what it refused, which names nobody", async () => {
    await ask(service.token, { username: "boss", email: "boss@example.org" });
    const { rows } = await server.database.pool.query("select * from audit_entries order by id desc limit 1");
    expect(rows[0]).toMatchObject({
      action: "account.token-by-client",
      outcome: "refused",
      actor_id: service.id,
      subject_id: String(service.id),
      about: [service.id],
    });
  });

  it("gives none any more for who became an administrator, or was deactivated", async () => {
    await ask(service.token, person("rising"));
    await server.database.pool.query("update accounts set is_admin = true where username = 'rising'");
    expect(await ask(service.token, person("rising"))).toMatchObject(NOT_THEIRS);
    await ask(service.token, person("leaving"));
    await server.database.pool.query("update accounts set status = 'deactivated' where username = 'leaving'");
    expect(await ask(service.token, person("leaving"))).toMatchObject({ status: 403, body: { success: false } });
  });

  it("leaves nobody who becomes an administrator with a token that a service holds", async () => {
    const token = tokenOf(await ask(service.token, person("promoted")));
    expect(await works(token)).toBe(true);
    const [promoted] = await accounts("username = 'promoted'");
    const url = `/api/stoa/v1/people/${promoted?.id}`;
    expect((await server.call("PATCH", url, { as: boss, body: { is_admin: true } })).status).toBe(200);
    expect(await works(token)).toBe(false);
    await server.call("PATCH", url, { as: boss, body: { is_admin: false } });
    expect(await works(token), "ended for good").toBe(false);
  });

  it("gives none for whom another service brought", async () => {
    const other = await newService("other-portal");
    await ask(service.token, person("shared-name"));
    expect(await ask(other.token, person("shared-name"))).toMatchObject(NOT_THEIRS);
  });

  it("gives them for whom an administrator linked", async () => {
    const linked = await server.person("linked");
    const url = `/api/stoa/v1/services/${service.id}/people/${linked.id}`;
    await server.call("PUT", url, { as: boss, body: { external_name: "L. Inked" } });
    const answer = await ask(service.token, { username: "L. Inked", email: "whatever@elsewhere.org" });
    expect(answer.status).toBe(200);
    expect(await ask(service.token, { username: "linked", email: "linked@example.org" })).toMatchObject(NOT_THEIRS);
    await server.call("DELETE", url, { as: boss });
    expect(await works(tokenOf(answer))).toBe(false);
  });

  it.each([
    [undefined, undefined, 400, "Missing client_token. Please have admin generate a token for you."],
    ["", person("x"), 400, "Missing client_token. Please have admin generate a token for you."],
    ["good", undefined, 400, "Missing user_info. Please provide user_info to get user_token."],
    ["bad", person("x"), 401, "Invalid client_token provided."],
    [7, person("x"), 401, "Invalid client_token provided."],
    [["good"], person("x"), 401, "Invalid client_token provided."],
    ["good", null, 400, "Missing user_info. Please provide user_info to get user_token."],
    ["good", {}, 401, "Missing username or email in user_info."],
    ["good", "text", 401, "Missing username or email in user_info."],
    ["good", [1], 401, "Missing username or email in user_info."],
    ["good", { username: "only" }, 401, "Missing username or email in user_info."],
    ["good", { email: "only@elsewhere.org" }, 401, "Missing username or email in user_info."],
    ["good", { username: " ", email: "a@b.org" }, 401, "Missing username or email in user_info."],
    ["good", { username: 7, email: "a@b.org" }, 401, "Missing username or email in user_info."],
    ["good", { username: "x".repeat(151), email: "a@b.org" }, 401, "Missing username or email in user_info."],
    ["good", { username: "a\u0000b", email: "a@b.org" }, 401, "Missing username or email in user_info."],
    ["good", { username: "fine", email: "not an address" }, 400, "The email in user_info is not an e-mail address."],
  ])("answers %j for %j with %i", async (token, info, status, message) => {
    const secret = token === "good" ? service.token : token;
    expect(await ask(secret, info)).toMatchObject({ status, body: { success: false, message } });
  });

  it("answers 401 to a client outside api_clients, or with a token that is over", async () => {
    const outside = await newService("outside", { api_client: false });
    const message = "This client is not in the group api_clients. Ask an administrator to add it.";
    expect(await ask(outside.token, person("y"))).toMatchObject({ status: 401, body: { message } });
    const expired = await newService("expired");
    await server.database.pool.query("update client_tokens set expires_at = now() where key_id = $1", [expired.keyId]);
    expect((await ask(expired.token, person("y"))).status).toBe(401);
    const resting = await newService("resting");
    await server.call("PATCH", `/api/stoa/v1/services/${resting.id}`, { as: boss, body: { active: false } });
    expect((await ask(resting.token, person("y"))).status).toBe(401);
  });

  it("takes one credential at a time", async () => {
    const uws = tokenOf(await ask(service.token, person("twice")));
    for (const headers of [{ "uws-authorization": `Token ${uws}` }, { authorization: `Bearer ${ada.bearer}` }]) {
      expect((await ask(service.token, person("twice"), { headers })).status).toBe(400);
    }
    const both = { username: "ada", password: PASSWORD, client_token: service.token, user_info: person("twice") };
    expect((await server.call("POST", "/tokens/", { body: both })).status).toBe(400);
  });

  it("is counted on the token, with where it came from", async () => {
    const counted = await newService("counted");
    await ask(counted.token, person("counted-one"));
    await ask(counted.token, { username: "boss", email: "boss@example.org" });
    const { body } = await server.call("GET", `/api/stoa/v1/services/${counted.id}/tokens`, { as: boss });
    expect(body).toMatchObject({ items: [{ usage_count: 2, last_ip: expect.stringMatching(/^10\.1\./) }] });
  });
});

describe("an address that a service names", () => {
  const found = async (as: { uws: string } | TestPerson, search: string) =>
    ((await server.call("GET", `/users/?search=${search}`, { as })).body as { data: { users: object[] } }).data.users;
  const brought = async (username: string, email: string, by = service.token) =>
    tokenOf(await ask(by, { username, email }));

  it("counts among the people of that service, and for administrators, only", async () => {
    const neighbour = { uws: await brought("neighbour", "neighbour@elsewhere.org") };
    await brought("pretender", "dean@university.edu");
    const pretender = { username: "pretender", email: "dean@university.edu" };
    for (const as of [neighbour, boss]) expect(await found(as, "dean@university")).toMatchObject([pretender]);
    expect(await found(ada, "dean@university")).toEqual([]);
    expect(await found(ada, "pretender")).toMatchObject([{ username: "pretender", email: "" }]);
    const stranger = { uws: await brought("stranger", "s@elsewhere.org", (await newService("third-portal")).token) };
    expect(await found(stranger, "dean@university")).toEqual([]);
    const [row] = await accounts("username = 'pretender'");
    const group = (await server.call("POST", "/api/stoa/v1/groups", { as: boss, body: { name: "mixed" } })).body;
    const url = `/api/stoa/v1/groups/${(group as { id: number }).id}/members`;
    for (const id of [row?.id, ada.id]) await server.call("PUT", `${url}/${id}`, { as: boss, body: {} });
    const emailIn = async (as: TestPerson) =>
      (
        (await server.call("GET", url, { as })).body as { items: { username: string; email: string | null }[] }
      ).items.find(({ username }) => username === "pretender")?.email;
    expect([await emailIn(ada), await emailIn(boss)]).toEqual([null, "dean@university.edu"]);
    await server.database.pool.query("update accounts set email_verified_at = now() where username = 'pretender'");
    expect(await found(ada, "dean@university"), "proven").toMatchObject([pretender]);
  });

  it("is kept from nobody who registers with it, and named again once it is free", async () => {
    await brought("squatter", "owner@example.org");
    const owner = await server.person("owner");
    expect(await accounts("email = 'owner@example.org'")).toMatchObject([{ username: "owner" }]);
    const token = await brought("squatter", "owner@example.org");
    expect(await works(token)).toBe(true);
    const [left] = await accounts("username = 'squatter'");
    expect(left?.email).not.toContain("owner");
    expect(await found(boss, "squatter")).toMatchObject([{ email: "" }]);
    await server.database.pool.query("update accounts set email = 'o@example.org' where id = $1", [owner.id]);
    await brought("squatter", "owner@example.org");
    expect(await accounts("username = 'squatter'")).toMatchObject([{ email: "owner@example.org" }]);
  });

  it("is kept from nobody who proves it, and stays with who has chosen a password", async () => {
    await brought("claims", "mine@example.org");
    const prover = await server.person("prover");
    const change = (email: string) =>
      server.call("PATCH", "/api/stoa/v1/account", { as: prover, body: { email, current_password: PASSWORD } });
    expect((await change("mine@example.org")).status).toBe(200);
    const vouched = await server.call("POST", `/api/stoa/v1/people/${prover.id}/vouch-email`, {
      as: boss,
      body: { email: "mine@example.org" },
    });
    expect(vouched.status).toBe(200);
    expect(await accounts("email = 'mine@example.org'")).toMatchObject([{ username: "prover" }]);
    await brought("settled", "settled@elsewhere.org");
    await server.database.pool.query("update accounts set password_hash = 'x' where username = 'settled'");
    expect((await change("settled@elsewhere.org")).status).toBe(400);
  });
});

describe("what a client token got", () => {
  it("ends with it, unless it is to stay", async () => {
    const [leaked, rotated] = [await newService("leaked"), await newService("rotated")];
    const [one, two] = [await ask(leaked.token, person("of-leaked")), await ask(rotated.token, person("of-rotated"))];
    const revoke = ({ id, keyId }: typeof leaked, query = "") =>
      server.call("DELETE", `/api/stoa/v1/services/${id}/tokens/${keyId}${query}`, { as: boss });
    await revoke(leaked);
    await revoke(rotated, "?keep_minted=true");
    expect([await works(tokenOf(one)), await works(tokenOf(two))]).toEqual([false, true]);
    expect((await ask(rotated.token, person("of-rotated"))).status).toBe(401);
    await revoke(rotated);
    expect(await works(tokenOf(two))).toBe(false);
  });

  it("ends when the service is deactivated, and stays ended", async () => {
    const service = await newService("stopped");
    const token = tokenOf(await ask(service.token, person("of-stopped")));
    const set = (active: boolean) =>
      server.call("PATCH", `/api/stoa/v1/services/${service.id}`, { as: boss, body: { active } });
    await set(false);
    expect(await works(token)).toBe(false);
    await set(true);
    expect(await works(token)).toBe(false);
    expect((await ask(service.token, person("of-stopped"))).status).toBe(200);
  });
});

describe("as configured", () => {
  it("makes nobody, or stands for anybody whose name and address it knows", async () => {
    const clients = { makePeople: "no", mintFor: "people" } as const;
    const second = await createAccountsServer({ config: { clients }, database: server.database });
    const askSecond = (info: object) => ask(service.token, info, { on: second });
    expect(await askSecond(person("unknown-here"))).toMatchObject(NOT_THEIRS);
    expect((await askSecond({ username: "ada", email: "ada@example.org" })).status).toBe(200);
    expect(await askSecond({ username: "ada", email: "other@example.org" })).toMatchObject(NOT_THEIRS);
    expect(await askSecond({ username: "boss", email: "boss@example.org" })).toMatchObject(NOT_THEIRS);
    expect(await accounts("username = 'ada'")).toMatchObject([{ brought_by: null }]);
    await second.close();
  });
});
