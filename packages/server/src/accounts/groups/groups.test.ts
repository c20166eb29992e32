import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { testConfig } from "../../testing/test-platform.ts";

let server: AccountsServer;
let boss: TestPerson;
let ada: TestPerson;
let grace: TestPerson;
let carol: TestPerson;
beforeAll(async () => {
  const { people } = testConfig();
  server = await createAccountsServer({ config: { people: { ...people, directory: "same-groups" } } });
  [boss, ada] = [await server.admin("boss"), await server.person("ada")];
  [grace, carol] = [await server.person("grace"), await server.person("carol")];
});
afterAll(() => server.close());

const BASE = "/api/stoa/v1/groups";
type GroupBody = { id: number; name: string; member_count: number; own_role: string | null; may_manage: boolean };
const make = async (name: string, as = boss) => {
  const answer = await server.call("POST", BASE, { as, body: { name } });
  expect(answer.status).toBe(201);
  return (answer.body as GroupBody).id;
};
const put = (id: number, member: TestPerson, as: TestPerson, body: object = {}) =>
  server.call("PUT", `${BASE}/${id}/members/${member.id}`, { as, body });
const remove = (id: number, member: TestPerson, as: TestPerson) =>
  server.call("DELETE", `${BASE}/${id}/members/${member.id}`, { as });
const get = (id: number, as: TestPerson) => server.call("GET", `${BASE}/${id}`, { as });
const list = async (query: string, as: TestPerson) =>
  (await server.call("GET", `${BASE}${query}`, { as })).body as { items: GroupBody[]; next_cursor: string | null };
const reasonOf = ({ body }: { body: unknown }) => (body as { details?: { reason?: string } }).details?.reason;
const audited = async (id: number) =>
  (
    await server.database.pool.query(
      "select action, actor_id, about from audit_entries where subject_kind = 'group' and subject_id = $1 order by id",
      [String(id)],
    )
  ).rows;

describe("a group", () => {
  it("is made by an administrator, who owns it, and seen by nobody else", async () => {
    const id = await make("  Data   Science ");
    expect((await get(id, boss)).body).toEqual({
      id,
      name: "Data Science",
      description: "",
      built_in: false,
      member_count: 1,
      own_role: "owner",
      may_manage: true,
      created_at: expect.stringMatching(/\.\d{3}Z$/),
      updated_at: expect.stringMatching(/\.\d{3}Z$/),
    });
    expect(await get(id, ada)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(reasonOf(await server.call("POST", BASE, { as: ada, body: { name: "mine" } }))).toBe("creation_closed");
  });

  it.each([[""], ["   "], ["x".repeat(65)], ["a\u202eb"], ["a\u0000b"]])("is not called %j", async (name) => {
    expect(reasonOf(await server.call("POST", BASE, { as: boss, body: { name } }))).toBe("name_rule");
  });

  it("shares its name with no other, in any case or spelling of the same letters", async () => {
    const id = await make("Café");
    for (const name of ["café", "Cafe\u0301", "CAFÉ"]) {
      expect(reasonOf(await server.call("POST", BASE, { as: boss, body: { name } }))).toBe("name_taken");
    }
    const other = await make("Tea");
    const rename = (name: string) => server.call("PATCH", `${BASE}/${other}`, { as: boss, body: { name } });
    expect(reasonOf(await rename("CAFÉ"))).toBe("name_taken");
    expect(await rename("TEA")).toMatchObject({ status: 200, body: { name: "TEA" } });
    expect((await server.call("DELETE", `${BASE}/${id}`, { as: boss })).status).toBe(204);
    expect(await rename("café")).toMatchObject({ status: 200 });
  });

  it("lists in pages; all of them for administrators only", async () => {
    const ids = [await make("page one"), await make("page two"), await make("page three")];
    for (const id of ids) await put(id, carol, boss);
    const first = await list("?limit=2", carol);
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await list(`?limit=2&cursor=${first.next_cursor}`, carol);
    expect(rest).toMatchObject({ items: [{ id: ids[2], own_role: "member", may_manage: false }], next_cursor: null });
    expect((await list("?which=all&search=PAGE%20T", boss)).items.map(({ id }) => id)).toEqual(ids.slice(1));
    expect((await list("?search=%25", carol)).items).toEqual([]);
    expect(reasonOf(await server.call("GET", `${BASE}?which=all`, { as: carol }))).toBe("all_for_admins");
  });
});

describe("membership", () => {
  it("is given by administrators to anybody, and again without effect", async () => {
    const id = await make("givers");
    expect(await put(id, ada, boss, { role: "owner" })).toMatchObject({ status: 200, body: { role: "owner" } });
    expect(await put(id, ada, boss)).toMatchObject({ status: 200, body: { role: "owner" } });
    expect((await audited(id)).map(({ action, about }) => [action, about])).toEqual([
      ["group.create", []],
      ["group.add-member", [ada.id]],
    ]);
    expect(await put(id, { ...ada, id: 999_999 }, boss)).toMatchObject({ status: 404 });
  });

  it("is given by owners to whom the directory shows them, and told alike of whom it doesn't and of nobody", async () => {
    const [shared, own] = [await make("shared"), await make("own")];
    for (const person of [ada, grace]) await put(shared, person, boss);
    await put(own, ada, boss, { role: "owner" });
    expect(await put(own, grace, ada)).toMatchObject({
      status: 200,
      body: { role: "member", email: "grace@example.org" },
    });
    const stranger = await server.person("stranger");
    const [hidden, absent] = [await put(own, stranger, ada), await put(own, { ...stranger, id: 999_999 }, ada)];
    for (const answer of [hidden, absent]) expect(reasonOf(answer)).toBe("not_to_be_found");
    expect(await put(own, stranger, grace)).toMatchObject({ status: 403 });
    expect(await put(own, stranger, carol)).toMatchObject({ status: 404 });
  });

  it("keeps one active owner", async () => {
    const id = await make("owned");
    await put(id, ada, boss, { role: "owner" });
    expect((await remove(id, boss, boss)).status).toBe(204);
    expect(reasonOf(await remove(id, ada, ada))).toBe("last_owner");
    expect(reasonOf(await put(id, ada, ada, { role: "member" }))).toBe("last_owner");
    await put(id, grace, boss, { role: "owner" });
    await server.database.pool.query("update accounts set status = 'deactivated' where id = $1", [grace.id]);
    expect(reasonOf(await remove(id, ada, ada))).toBe("last_owner");
    await server.database.pool.query("update accounts set status = 'active' where id = $1", [grace.id]);
    const both = await Promise.all([remove(id, ada, ada), remove(id, grace, boss)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  it("ends by leaving, which is everybody's own right, or by an owner", async () => {
    const id = await make("leavers");
    for (const person of [ada, grace]) await put(id, person, boss);
    expect(reasonOf(await remove(id, grace, ada))).toBe("owners_only");
    expect((await remove(id, ada, ada)).status).toBe(204);
    expect(await get(id, ada)).toMatchObject({ status: 404 });
    expect((await remove(id, grace, boss)).status).toBe(204);
    expect(reasonOf(await remove(id, grace, boss))).toBe("no_such_member");
    expect((await audited(id)).slice(-2)).toEqual([
      { action: "group.leave", actor_id: ada.id, about: [ada.id] },
      { action: "group.remove-member", actor_id: boss.id, about: [grace.id] },
    ]);
  });

  it("of api_clients is for service accounts, and the group stays", async () => {
    const { items } = await list("?which=all&search=api_clients", boss);
    const id = items[0]?.id ?? 0;
    expect(items).toMatchObject([{ name: "api_clients", built_in: true, may_manage: true }]);
    expect(reasonOf(await put(id, ada, boss))).toBe("services_only");
    expect(reasonOf(await server.call("DELETE", `${BASE}/${id}`, { as: boss }))).toBe("built_in");
    expect(reasonOf(await server.call("PATCH", `${BASE}/${id}`, { as: boss, body: { name: "x" } }))).toBe("built_in");
  });

  it("changes by who is signed in, never by a token that may have leaked", async () => {
    const id = await make("not by token");
    await put(id, ada, boss);
    const body = { label: "all", scopes: ["*"] };
    const pat = await server.call("POST", "/api/stoa/v1/account/tokens", { as: boss, body });
    const as = { bearer: (pat.body as { token: string }).token };
    expect((await server.call("GET", `${BASE}/${id}`, { as })).status).toBe(200);
    const member = `${BASE}/${id}/members/${ada.id}`;
    for (const [method, url, sent] of [
      ["POST", BASE, { name: "by a token" }],
      ["PATCH", `${BASE}/${id}`, { name: "by a token" }],
      ["PUT", member, { role: "owner" }],
      ["DELETE", member, undefined],
      ["DELETE", `${BASE}/${id}`, undefined],
    ] as const) {
      const answer = await server.call(method, url, { as, ...(sent ? { body: sent } : {}) });
      expect(answer, `${method} ${url}`).toMatchObject({ status: 403, body: { details: { needs: "a sign-in" } } });
    }
    expect((await get(id, boss)).body).toMatchObject({ name: "not by token", member_count: 2 });
  });

  it("tells members of changes, and nobody else", async () => {
    const id = await make("told");
    await put(id, ada, boss);
    const { rows } = await server.database.pool.query(
      "select audience, data from events where type = 'group.changed' and subject_id = $1 order by id",
      [String(id)],
    );
    expect(rows.at(-1)).toMatchObject({ data: { action: "group.add-member", account_id: ada.id } });
    expect((rows.at(-1) as { audience: number[] }).audience.sort()).toEqual([boss.id, ada.id].sort());
  });
});

describe("for other domains", () => {
  it("says who is in a group: active people only, by id", async () => {
    const id = await make("entry");
    for (const person of [ada, grace]) await put(id, person, boss);
    await server.database.pool.query("update accounts set status = 'deactivated' where id = $1", [grace.id]);
    const { groups } = server.accounts;
    expect(await groups.membersOf(id)).toEqual([boss.id, ada.id].sort((a, b) => a - b));
    expect(await groups.isMember({ accountId: ada.id, groupId: id })).toBe(true);
    expect(await groups.isMember({ accountId: id, groupId: ada.id })).toBe(false);
    expect((await groups.groupsOf(ada.id)).map(({ name }) => name)).toContain("entry");
    expect(await groups.get(id)).toEqual({ id, name: "entry", description: "", builtIn: false });
    expect(await groups.get(999_999)).toBeNull();
    expect(await groups.membersOf(999_999)).toEqual([]);
  });
});
