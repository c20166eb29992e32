import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
});
afterAll(() => scene.close());
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.spawn = () => ({ readyMs: 20 });
});

const base = "/api/stoa/v1/admin/hub";
const OLD = new Date(Date.now() - 30 * 86_400_000);
const unique = (prefix = "linked"): string => `${prefix}${++number}`;
const rows = async (text: string, values: unknown[] = []) => (await scene.database.pool.query(text, values)).rows;
const asAdmin = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object) =>
  call(scene.stoa, method, `${base}${path}`, { as: scene.admin, ...(body === undefined ? {} : { body }) });
const mine = async (as: string) => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json;
const idOf = async (username: string): Promise<number> =>
  (await rows("select id from accounts where username = $1", [username]))[0].id;

/** Makes the hub user at once, where there is none. */
const look = (as: string) => call(scene.stoa, "GET", "/api/dashboard", { as });

/** A user of the hub that is older than everybody here, as last listed. */
async function hubUser(name: string, { admin = false, created = OLD } = {}): Promise<string> {
  scene.hub.addUser(name, { admin, created });
  await rows(
    `insert into hub_seen_users (name, is_admin, created_at, seen_at) values ($1, $2, $3, now())
     on conflict (name) do update set is_admin = excluded.is_admin, created_at = excluded.created_at`,
    [name, admin, created],
  );
  return name;
}

/** Somebody with a hub user of their own, made by us. */
async function settled() {
  const username = unique("person");
  const as = await scene.person(username);
  await look(as);
  await until(async () => (await mine(as)).user?.state === "ours", "their user is made");
  return { username, as, id: await idOf(username) };
}

const link = (id: number, body: object) => asAdmin("PUT", `/accounts/${id}/link`, body);

describe("linking one", () => {
  it("gives somebody whose name was taken the hub user that is theirs, and they launch as it", async () => {
    const name = await hubUser(unique());
    const as = await scene.person(name);
    const id = await idOf(name);
    await look(as);
    await until(async () => (await mine(as)).user?.state === "taken", "the name is somebody's");
    const listed = await asAdmin("GET", "/accounts?state=taken&limit=200");
    expect(listed.json.items).toContainEqual(expect.objectContaining({ name, state: "taken" }));

    const answer = await link(id, { name, was: null });
    expect(answer).toMatchObject({ status: 200, json: { account_id: id, name, linked_by: "admin" } });
    expect((await mine(as)).user).toEqual({ name, state: "ours" });
    const [entry] = await rows(
      "select actor_label, about from audit_entries where action = 'hub.link' and subject_id = $1",
      [name],
    );
    expect(entry).toMatchObject({ actor_label: "admin", about: [id] });
    const begun = await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as, body: {} });
    expect(begun).toMatchObject({ status: 202 });
    await until(async () => scene.hub.users.get(name)?.servers.get("")?.state === "ready", "it starts");
  });

  it("is refused with whose it is, where it is somebody else's", async () => {
    const [ada, bob] = [await settled(), await settled()];
    const answer = await link(bob.id, { name: ada.username, was: bob.username });
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({
      detail: expect.stringContaining(ada.username),
      details: { reason: "linked_to_another", account_id: ada.id },
    });
    expect((await mine(ada.as)).user.name).toBe(ada.username);
  });

  it("is refused for an administrator of the hub, unless that is said", async () => {
    const person = await settled();
    const name = await hubUser(unique("root"), { admin: true });
    const refused = await link(person.id, { name, was: person.username });
    expect(refused).toMatchObject({ status: 409, json: { details: { reason: "hub_admin" } } });
    expect((await link(person.id, { name, was: person.username, hub_admin: true })).status).toBe(200);
  });

  it("asks the hub afresh: who became its administrator since the list is refused", async () => {
    const person = await settled();
    const name = await hubUser(unique());
    const user = scene.hub.users.get(name);
    if (user !== undefined) user.admin = true;
    expect(await link(person.id, { name, was: person.username })).toMatchObject({ status: 409 });
  });

  it("tells two administrators who meet: the second has to look again", async () => {
    const person = await settled();
    const [first, second] = [await hubUser(unique()), await hubUser(unique())];
    const answers = await Promise.all([first, second].map((name) => link(person.id, { name, was: person.username })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const lost = answers.find(({ status }) => status === 409);
    const won = (await mine(person.as)).user.name;
    expect(lost?.json.details).toMatchObject({ reason: "changed_meanwhile", now: won });
  });

  it("gives one hub user to one of two people, however closely they are asked for", async () => {
    const people = [await settled(), await settled()];
    const name = await hubUser(unique());
    const answers = await Promise.all(people.map(({ id, username }) => link(id, { name, was: username })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await rows("select count(*)::int as n from hub_users where name = $1", [name])).toEqual([{ n: 1 }]);
  });

  it("ends launches and tokens of the one before, and touches nothing of the new one", async () => {
    scene.hub.spawn = (user) => ({ readyMs: user.startsWith("person") ? 1_500 : 20 });
    const person = await settled();
    await rows(
      "insert into hub_tokens (account_id, user_name, server, note, expires_at) values ($1, $2, '', $2, now() + interval '1 hour')",
      [person.id, person.username],
    );
    await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as: person.as, body: {} });
    await until(async () => scene.hub.users.get(person.username)?.servers.has(""), "it starts");
    const name = await hubUser(unique());
    expect((await link(person.id, { name, was: person.username })).status).toBe(200);
    const [launch] = await rows("select state from hub_launches where account_id = $1", [person.id]);
    expect(launch).toEqual({ state: "cancelled" });
    const [token] = await rows("select revoke_wanted_at from hub_tokens where account_id = $1", [person.id]);
    expect(token.revoke_wanted_at).not.toBeNull();
    await until(async () => scene.hub.users.get(person.username)?.servers.size === 0, "the old start is ended");
    expect(await rows("select 1 from hub_servers where user_name = $1 and stop_wanted is not null", [name])).toEqual(
      [],
    );
  });

  it("gives another name to who only wished for it", async () => {
    const name = await hubUser(unique());
    const as = await scene.person(name);
    await look(as);
    await until(async () => (await mine(as)).user?.state === "taken", "the name is somebody's");
    const owner = await settled();
    expect((await link(owner.id, { name, was: owner.username })).status).toBe(200);
    const other = `${name}-${await idOf(name)}`;
    await until(async () => (await mine(as)).user?.state === "ours", "they get one of their own");
    expect((await mine(as)).user.name).toBe(other);
  });

  it("finds a free name for who only wished for it, also where somebody is called like their number", async () => {
    const name = await hubUser(unique());
    const as = await scene.person(name);
    await look(as);
    await until(async () => (await mine(as)).user?.state === "taken", "the name is somebody's");
    const next = `${name}-${await idOf(name)}`;
    const [owner, other] = [await settled(), await settled()];
    await rows("update hub_users set name = $1 where account_id = $2", [next, other.id]);
    expect((await link(owner.id, { name, was: owner.username })).status).toBe(200);
    expect((await mine(as)).user.name).toMatch(new RegExp(`^${next}-[0-9a-f]{8}$`));
  });

  it.each([
    ["nobody here", async () => ({ id: 999_999, name: await hubUser(unique()), status: 404 })],
    ["a user that the hub has not", async () => ({ id: (await settled()).id, name: "no-such-user", status: 404 })],
    ["a name with a slash", async () => ({ id: 1, name: "a/b", status: 400 })],
    ["an empty name", async () => ({ id: 1, name: "", status: 400 })],
    ["a name with a NUL", async () => ({ id: 1, name: "a\u0000b", status: 400 })],
  ])("refuses %s", async (_what, make) => {
    const { id, name, status } = await make();
    expect((await link(id, { name, was: null })).status).toBe(status);
  });

  it("says in Persian that the hub is away, and changes nothing", async () => {
    const person = await settled();
    const name = await hubUser(unique());
    scene.hub.intercept = (_request, response) => {
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
      return true;
    };
    const answer = await call(scene.stoa, "PUT", `${base}/accounts/${person.id}/link`, {
      as: scene.admin,
      body: { name, was: person.username },
      headers: { "accept-language": "fa" },
    });
    expect(answer).toMatchObject({ status: 503, json: { detail: expect.stringContaining("JupyterHub پاسخ نمی‌دهد") } });
    expect((await mine(person.as)).user.name).toBe(person.username);
  });
});

describe("unlinking", () => {
  const unlink = (id: number, was: string) => asAdmin("DELETE", `/accounts/${id}/link?was=${encodeURIComponent(was)}`);

  it("leaves the hub user, and gives it back to nobody by its name", async () => {
    const person = await settled();
    expect((await unlink(person.id, "somebody-else")).status).toBe(409);
    expect((await unlink(person.id, person.username)).status).toBe(204);
    expect(scene.hub.users.has(person.username)).toBe(true);
    await call(scene.stoa, "GET", "/api/dashboard", { as: person.as });
    expect((await mine(person.as)).user).toEqual({ name: person.username, state: "taken" });
    expect(await unlink(person.id, person.username)).toMatchObject({
      status: 409,
      json: { details: { reason: "not_linked" } },
    });
  });

  it("waits until a start is over", async () => {
    scene.hub.spawn = () => ({ readyMs: 1_000 });
    const person = await settled();
    await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as: person.as, body: {} });
    expect(await unlink(person.id, person.username)).toMatchObject({
      status: 409,
      json: { details: { reason: "launch_goes_on" } },
    });
    await until(async () => (await unlink(person.id, person.username)).status === 204, "it is over");
  });
});

describe("a name that was only wished for", () => {
  it("gives no power over its owner's server: a start that is cancelled before the hub was asked stops nothing", async () => {
    const name = await hubUser(unique());
    scene.hub.runs(name);
    await scene.hub.goDown();
    const as = await scene.person(name);
    const { json } = await call(scene.stoa, "POST", "/api/stoa/v1/hub/launch", { as, body: {} });
    await call(scene.stoa, "POST", `/api/stoa/v1/operations/${json.operation_id}/cancel`, { as });
    await until(async () => (await mine(as)).servers[0].launch?.state === "cancelled", "it is cancelled");
    await scene.hub.comeUp();
    await until(
      async () => {
        await look(as);
        return (await mine(as)).user?.state === "taken";
      },
      "the name is somebody's",
      30_000,
    );
    expect(await rows("select 1 from hub_servers where user_name = $1 and stop_wanted is not null", [name])).toEqual(
      [],
    );
    expect(scene.hub.users.get(name)?.servers.get("")?.state).toBe("ready");
  }, 40_000);

  it("is known as linked on the other servers at once, whatever they had read", async () => {
    const name = await hubUser(unique());
    const as = await scene.person(name);
    const two = await scene.another();
    const statusAt = async () => (await call(two, "GET", "/api/dashboard", { as })).json.jupyter_status.status;
    await until(async () => (await statusAt()) === "error", "the other has read it");
    expect((await link(await idOf(name), { name, was: null })).status).toBe(200);
    await until(async () => (await statusAt()) === "available", "the other knows", 2_000);
  });
});

describe("the lists", () => {
  it("have suggestions, filters, a search, and pages", async () => {
    const username = unique("seek");
    await scene.person(username);
    const id = await idOf(username);
    await rows("update accounts set email_verified_at = now() where id = $1", [id]);
    await rows("delete from hub_users where account_id = $1", [id]);
    await hubUser(username.toUpperCase());
    await hubUser(`${username}@example.org`, { admin: true });
    const found = await asAdmin("GET", `/users?search=${username}&only=unlinked`);
    const why = Object.fromEntries(
      found.json.items.map((item: { name: string; suggestions: { why: string }[] }) => [
        item.name,
        item.suggestions.map((each) => each.why),
      ]),
    );
    expect(why).toMatchObject({
      [username.toUpperCase()]: ["same_name"],
      [`${username}@example.org`]: ["verified_email"],
    });
    const admins = await asAdmin("GET", `/users?search=${username}&only=admins`);
    expect(admins.json.items.map(({ name }: { name: string }) => name)).toEqual([`${username}@example.org`]);
    const first = await asAdmin("GET", `/users?search=${username}&limit=1`);
    const second = await asAdmin("GET", `/users?search=${username}&limit=1&cursor=${first.json.next_cursor}`);
    expect(second.json.items[0].name).not.toBe(first.json.items[0].name);
  });

  it.each(["!!!!", "WzEsMl0", "bm90IGpzb24"])("refuse the cursor %s", async (cursor) => {
    expect((await asAdmin("GET", `/users?cursor=${cursor}`)).status).toBe(400);
    expect((await asAdmin("GET", `/servers?cursor=${cursor}`)).status).toBe(400);
  });
});

describe("linking many by verified e-mail", () => {
  it("shows whom first, then links those alone; no administrator of the hub, nobody unverified", async () => {
    await rows("update accounts set email_verified_at = null where username like 'mail%'");
    const [ada, bob, root] = [unique("mail"), unique("mail"), unique("mail")];
    for (const name of [ada, bob, root]) {
      await look(await scene.person(name));
      await until(
        async () =>
          (
            await rows(
              "select 1 from hub_users u join accounts a on a.id = u.account_id where a.username = $1 and u.state = 'ours'",
              [name],
            )
          ).length,
        "made",
      );
      await rows("delete from hub_users u using accounts a where a.id = u.account_id and a.username = $1", [name]);
    }
    await rows("update accounts set email_verified_at = now() where username = any($1)", [[ada, root]]);
    await hubUser(`${ada}@example.org`);
    await hubUser(`${bob}@example.org`);
    await hubUser(`${root}@example.org`, { admin: true });
    const dry = await asAdmin("GET", "/links/by-email");
    expect(dry.json).toMatchObject({ count: 1, items: [{ name: `${ada}@example.org`, account: { username: ada } }] });
    const other = await asAdmin("POST", "/links/by-email", { expected: 7 });
    expect(other).toMatchObject({ status: 409, json: { details: { reason: "other_count", count: 1 } } });
    const { status, json } = await asAdmin("POST", "/links/by-email", { expected: 1 });
    expect(status).toBe(202);
    const ended = await until(async () => {
      const answer = await call(scene.stoa, "GET", `/api/stoa/v1/operations/${json.operation_id}`, { as: scene.admin });
      return answer.json.state === "succeeded" && answer.json;
    }, "the operation ends");
    expect(ended.result).toMatchObject({ linked: 1, refused: 0 });
    const [link] = await rows(
      "select u.name, u.linked_by from hub_users u join accounts a on a.id = u.account_id where a.username = $1",
      [ada],
    );
    expect(link).toEqual({ name: `${ada}@example.org`, linked_by: "admin" });
    expect(
      await rows("select 1 from audit_entries where action = 'hub.link' and subject_id = $1", [`${ada}@example.org`]),
    ).toHaveLength(1);
    expect(await asAdmin("POST", "/links/by-email", { expected: 1 })).toMatchObject({
      status: 409,
      json: { details: { reason: "nobody_matches" } },
    });
  });
});

describe("drift", () => {
  it("shows the missing with what it may be called now, orphans with running servers first, and nobody's servers", async () => {
    const lost = await settled();
    const [{ made_at }] = await rows("select made_at from hub_users where account_id = $1", [lost.id]);
    scene.hub.users.delete(lost.username);
    await rows("update hub_users set state = 'missing' where account_id = $1", [lost.id]);
    const now = await hubUser(unique("renamed"), { created: made_at });
    const busy = await hubUser(unique("zz-busy"));
    scene.hub.runs(busy);
    await rows("insert into hub_servers (user_name, server, state) values ($1, '', 'ready') on conflict do nothing", [
      busy,
    ]);
    const { json } = await asAdmin("GET", "/drift");
    const missing = json.missing.items.find(({ name }: { name: string }) => name === lost.username);
    expect(missing).toMatchObject({ account: { id: lost.id }, perhaps_now: expect.arrayContaining([now]) });
    expect(json.orphans.items).toContainEqual(
      expect.objectContaining({ name: busy, servers: 1, can: ["link", "stop"] }),
    );
    const running = json.orphans.items.map(({ servers }: { servers: number }) => servers);
    expect(running).toEqual(running.toSorted((a: number, b: number) => b - a));
    expect(running.at(-1)).toBe(0);
    expect(json.servers.items).toContainEqual(expect.objectContaining({ user: busy, state: "ready" }));
    expect(json.listed_at).not.toBeNull();
  });
});
