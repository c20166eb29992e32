import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let boss: TestPerson;
let ada: TestPerson;
beforeAll(async () => {
  server = await createAccountsServer();
  [boss, ada] = [await server.admin("boss"), await server.person("ada")];
});
afterAll(() => server.close());

const BASE = "/api/stoa/v1/services";
const create = (username: string, more: object = {}) =>
  server.call("POST", BASE, { as: boss, body: { username, description: `The ${username}`, ...more } });
const idOf = ({ body }: { body: unknown }) => (body as { id: number }).id;
const reasonOf = ({ body }: { body: unknown }) => (body as { details?: { reason?: string } }).details?.reason;
const call = (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object) =>
  server.call(method, `${BASE}${path}`, { as: boss, ...(body ? { body } : {}) });

describe("a service account", () => {
  it("is made by administrators, and can get tokens for people if it is to", async () => {
    const made = await create("runner");
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      id: expect.any(Number),
      username: "runner",
      description: "The runner",
      active: true,
      api_client: true,
      live_tokens: 0,
      people: 0,
      created_at: expect.stringMatching(/Z$/),
    });
    expect((await create("no-client", { api_client: false })).body).toMatchObject({ api_client: false });
    expect((await server.call("POST", BASE, { as: ada, body: { username: "mine", description: "x" } })).status).toBe(
      403,
    );
  });

  it("shares no name with anybody", async () => {
    expect(reasonOf(await create("ada"))).toBe("name_taken");
    await create("builder");
    expect(reasonOf(await create("builder"))).toBe("name_taken");
    const taken = { username: "builder", email: "b@example.org", full_name: "B", password: PASSWORD };
    expect((await server.call("POST", "/api/register", { body: taken })).status).toBe(400);
  });

  it.each(["", "Capital", "a b", "x"])("is not called %j", async (username) => {
    expect((await create(username)).status).toBe(422);
  });

  it("has no way in: no password, no reset, no role, no place among people", async () => {
    const id = idOf(await create("stubborn"));
    for (const login of ["stubborn", "service:stubborn"]) {
      const answer = await server.call("POST", "/api/token", { form: { username: login, password: "" } });
      expect([401, 422]).toContain(answer.status);
    }
    expect((await server.call("POST", `/api/stoa/v1/people/${id}/reset-link`, { as: boss })).status).toBe(404);
    expect(await server.accounts.resetLinkFor("stubborn", "test")).toBeNull();
    const promoted = await server.call("PATCH", `/api/stoa/v1/people/${id}`, { as: boss, body: { is_admin: true } });
    expect(promoted.status).toBe(404);
    const people = await server.call("GET", "/api/stoa/v1/people?limit=200", { as: boss });
    expect(JSON.stringify(people.body)).not.toContain("stubborn");
    expect(JSON.stringify((await server.call("GET", "/users/", { as: boss })).body)).not.toContain("stubborn");
    const broken = "update accounts set password_hash = 'x' where id = $1";
    await expect(server.database.pool.query(broken, [id])).rejects.toThrow(/accounts_service_check/);
  });

  it("is made, changed and brought back by who is signed in, never by a token that may have leaked", async () => {
    const id = idOf(await create("asleep"));
    await call("PATCH", `/${id}`, { active: false });
    const body = { label: "all", scopes: ["*"] };
    const pat = await server.call("POST", "/api/stoa/v1/account/tokens", { as: boss, body });
    const as = { bearer: (pat.body as { token: string }).token };
    expect((await server.call("GET", `${BASE}/${id}`, { as })).status).toBe(200);
    const wanted = { username: "by-token", description: "x" };
    for (const answer of [
      await server.call("POST", BASE, { as, body: wanted }),
      await server.call("PATCH", `${BASE}/${id}`, { as, body: { active: true } }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { details: { needs: "a sign-in" } } });
    }
    expect((await call("GET", `/${id}`)).body).toMatchObject({ active: false });
  });

  it("is listed in pages", async () => {
    const all = (await call("GET", "?limit=200")).body as { items: { username: string }[]; next_cursor: null };
    const first = (await call("GET", "?limit=1")).body as { items: object[]; next_cursor: string };
    const rest = (await call("GET", `?limit=200&cursor=${first.next_cursor}`)).body as { items: object[] };
    expect([...first.items, ...rest.items]).toEqual(all.items);
    expect((await call("GET", "/999999")).status).toBe(404);
    expect((await call("GET", `/${ada.id}`)).status).toBe(404);
  });
});

describe("a client token", () => {
  it("is shown once, kept as a digest, listed without its secret, and revoked", async () => {
    const id = idOf(await create("holder"));
    const made = await call("POST", `/${id}/tokens`, { label: "production", days: 10 });
    expect(made).toMatchObject({ status: 201, headers: { "cache-control": "no-store" }, body: { status: "active" } });
    const { token, key_id: keyId } = made.body as { token: string; key_id: string };
    expect(token).toMatch(/^zcli_/);
    const { rows } = await server.database.pool.query("select t::text from client_tokens t where key_id = $1", [keyId]);
    expect(JSON.stringify(rows)).not.toContain(token);
    const listed = (await call("GET", `/${id}/tokens`)).body as { items: object[] };
    expect(listed.items).toMatchObject([{ key_id: keyId, label: "production", usage_count: 0, last_used_at: null }]);
    expect(JSON.stringify(listed)).not.toContain(token);
    expect((await call("DELETE", `/${id}/tokens/${keyId}`)).status).toBe(204);
    expect((await call("DELETE", `/${id}/tokens/${keyId}`)).status).toBe(204);
    expect((await call("GET", `/${id}/tokens`)).body).toMatchObject({ items: [{ status: "revoked" }] });
    const other = idOf(await create("other-holder"));
    expect(reasonOf(await call("DELETE", `/${other}/tokens/${keyId}`))).toBe("no_such_client_token");
  });

  it("is made by who is signed in, with a label and an end", async () => {
    const id = idOf(await create("strict"));
    const pat = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: boss,
      body: { label: "all", scopes: ["*"] },
    });
    const bearer = (pat.body as { token: string }).token;
    const byToken = { as: { bearer }, body: { label: "x" } };
    expect((await server.call("POST", `${BASE}/${id}/tokens`, byToken)).status).toBe(403);
    expect(reasonOf(await call("POST", `/${id}/tokens`, { label: " " }))).toBe("label_rule");
    for (const days of [0, -1, 3651, 1.5]) {
      expect((await call("POST", `/${id}/tokens`, { label: "x", days })).status).toBeGreaterThanOrEqual(400);
    }
    await call("PATCH", `/${id}`, { active: false });
    expect(reasonOf(await call("POST", `/${id}/tokens`, { label: "x" }))).toBe("deactivated_service");
  });

  it("opens nothing by itself, in whatever header", async () => {
    const id = idOf(await create("misplaced"));
    const { token } = (await call("POST", `/${id}/tokens`, { label: "x" })).body as { token: string };
    for (const url of ["/users/", "/api/me", "/api/stoa/v1/account", BASE]) {
      for (const headers of [
        { "uws-authorization": `Token ${token}` },
        { authorization: `Bearer ${token}` },
        { authorization: token },
        { "x-api-key": token },
        { cookie: `stoa_session=${token}` },
      ]) {
        // With a storage key in the header, /users/ is contract 1's, which has no such page here.
        const expected = "x-api-key" in headers && url === "/users/" ? 404 : 401;
        expect((await server.call("GET", url, { headers })).status, `${url} ${Object.keys(headers)}`).toBe(expected);
      }
    }
  });
});

describe("a link", () => {
  it("is made once a person, for ordinary people, and undone", async () => {
    const [one, two] = [idOf(await create("link-one")), idOf(await create("link-two"))];
    const grace = await server.person("grace");
    const link = (service: number, person: { id: number }, external_name = "G. Hopper") =>
      call("PUT", `/${service}/people/${person.id}`, { external_name });
    expect(await link(one, grace)).toMatchObject({ status: 200, body: { account_id: grace.id, username: "grace" } });
    expect((await link(one, grace)).status).toBe(200);
    expect(reasonOf(await link(two, grace))).toBe("not_to_be_linked");
    expect(reasonOf(await link(one, boss))).toBe("not_to_be_linked");
    expect(reasonOf(await link(one, { id: two }))).toBe("not_to_be_linked");
    expect(reasonOf(await link(one, ada))).toBe("external_name_taken");
    expect(reasonOf(await link(one, ada, " "))).toBe("external_name_rule");
    expect((await call("GET", `/${one}/people`)).body).toMatchObject({
      items: [{ account_id: grace.id, external_name: "G. Hopper" }],
      next_cursor: null,
    });
    expect(reasonOf(await call("DELETE", `/${two}/people/${grace.id}`))).toBe("no_such_linked_person");
    expect((await call("DELETE", `/${one}/people/${grace.id}`)).status).toBe(204);
    expect((await link(two, grace)).status).toBe(200);
  });
});
