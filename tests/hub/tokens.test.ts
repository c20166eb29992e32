import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HubTables } from "../../packages/server/src/hub/tables.ts";
import { sweepTokens } from "../../packages/server/src/hub/tokens/upkeep.ts";
import { type HubScene, PASSWORD, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
});
afterAll(() => scene?.close());
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.scopes.add("tokens");
});

interface Person {
  readonly name: string;
  readonly as: string;
  readonly id: number;
}

/** Somebody who has landed so many times. */
async function landed(times: number): Promise<Person> {
  const name = `lander${++number}`;
  const as = await scene.person(name);
  const id = (await scene.stoa.accounts.named(name)) as number;
  // Makes the user, and finds no server yet.
  await open(as);
  scene.hub.runs(name);
  for (let count = 0; count < times; count++) await open(as);
  return { name, as, id };
}

const open = (as: string) => call(scene.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
const list = (as: string, query = "") => call(scene.stoa, "GET", `/api/stoa/v1/hub/tokens${query}`, { as });
const remove = (as: string, id: number | string) => call(scene.stoa, "DELETE", `/api/stoa/v1/hub/tokens/${id}`, { as });
const atHub = (name: string) => scene.hub.users.get(name)?.tokens.size ?? 0;
const allRevoked = ({ id, name }: Person) =>
  until(async () => {
    const text = "select count(*)::int as n from hub_tokens where account_id = $1 and revoked_at is null";
    return (await scene.database.pool.query(text, [id])).rows[0].n === 0 && atHub(name) === 0;
  }, "all are ended");
const entries = async (name: string): Promise<string[]> =>
  (
    await scene.database.pool.query(
      "select details from audit_entries where action = 'hub.token.revoke' and subject_id = $1 order by id",
      [name],
    )
  ).rows.map(({ details }) => details);

describe("one's tokens", () => {
  it("are listed page by page, newest first, without their secrets", async () => {
    const { as } = await landed(5);
    const first = await list(as, "?limit=2");
    const second = await list(as, `?limit=2&cursor=${first.json.next_cursor}`);
    const third = await list(as, `?limit=2&cursor=${second.json.next_cursor}`);
    const ids = [first, second, third].flatMap(({ json }) => json.items.map(({ id }: { id: number }) => id));
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(5);
    expect(third.json.next_cursor).toBeNull();
    expect(first.json.items[0]).toEqual({
      ...{ id: ids[0], server: "", state: "good", address: "127.0.0.1", revoked_at: null },
      ...{ created_at: expect.any(String), expires_at: expect.any(String) },
    });
  });

  it.each(["?cursor=x", "?cursor=0", "?cursor=-1", "?cursor=99999999999999999", "?limit=0", "?limit=201", "?other=1"])(
    "refuse %s",
    async (query) => {
      expect((await list(scene.admin, query)).status).toBe(400);
    },
  );

  it("are ended at the hub, at once and once", async () => {
    const { as, name } = await landed(2);
    const [token] = (await list(as)).json.items;
    expect((await remove(as, token.id)).json).toMatchObject({ id: token.id, state: "revoked" });
    expect(atHub(name)).toBe(1);
    expect((await remove(as, token.id)).json.state).toBe("revoked");
    expect(await entries(name)).toHaveLength(1);
  });

  it("are nobody else's to see or to end", async () => {
    const [mine, theirs] = [await landed(1), await landed(1)];
    const [token] = (await list(theirs.as)).json.items;
    expect((await list(mine.as)).json.items.map(({ id }: { id: number }) => id)).not.toContain(token.id);
    expect((await remove(mine.as, token.id)).status).toBe(404);
    expect((await remove(mine.as, 999_999_999)).status).toBe(404);
    expect((await remove(mine.as, "x")).status).toBe(400);
    expect(atHub(theirs.name)).toBe(1);
  });

  it("are ended when the hub is back", async () => {
    const person = await landed(1);
    const [token] = (await list(person.as)).json.items;
    await scene.hub.goDown();
    expect((await remove(person.as, token.id)).json.state).toBe("revoking");
    await scene.hub.comeUp();
    await allRevoked(person);
    expect((await list(person.as)).json.items[0].state).toBe("revoked");
  }, 40_000);

  it("whose answer got lost are found by their note, and ended", async () => {
    const person = await landed(0);
    scene.hub.intercept = async (request, response) => {
      if (request.method !== "POST" || !request.url?.endsWith("/tokens")) return false;
      scene.hub.intercept = () => false;
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const headers = { authorization: `token ${scene.hub.token}` };
      await fetch(`${scene.hub.apiUrl}/users/${person.name}/tokens`, { method: "POST", headers, body });
      response.destroy();
      return true;
    };
    expect((await open(person.as)).status).toBe(503);
    expect(atHub(person.name)).toBe(1);
    await allRevoked(person);
  });

  it("whose asking was killed in between are found and ended, too", async () => {
    const person = await landed(1);
    const old = { hub_id: null, created_at: new Date(Date.now() - 600_000) };
    const db = scene.stoa.platform.db.withTables<HubTables>();
    await db.updateTable("hub_tokens").set(old).where("account_id", "=", person.id).execute();
    await allRevoked(person);
  });

  it("end where their user is gone", async () => {
    const person = await landed(1);
    scene.hub.users.delete(person.name);
    const [token] = (await list(person.as)).json.items;
    expect((await remove(person.as, token.id)).json.state).toBe("revoked");
  });

  it("that expired thirty days ago are swept, others are not", async () => {
    const person = await landed(2);
    const [newer, older] = (await list(person.as)).json.items;
    const db = scene.stoa.platform.db.withTables<HubTables>();
    const expire = (id: number, days: number) =>
      db
        .updateTable("hub_tokens")
        .set({ expires_at: new Date(Date.now() - days * 86_400_000) })
        .where("id", "=", id)
        .execute();
    await expire(older.id, 31);
    await expire(newer.id, 29);
    expect(await sweepTokens(db)).toBe(1);
    expect((await list(person.as)).json.items).toMatchObject([{ id: newer.id, state: "expired" }]);
  });
});

describe("all tokens of an account end", () => {
  const api = "/api/stoa/v1";
  it.each<[string, (person: Person) => Promise<{ status: number }>]>([
    [
      "with its password",
      ({ as }) =>
        call(scene.stoa, "POST", `${api}/auth/password`, {
          as,
          body: { current_password: PASSWORD, new_password: `${PASSWORD} staple` },
        }),
    ],
    [
      "with signing out everywhere",
      ({ as }) => call(scene.stoa, "POST", `${api}/account/sign-ins/revoke-others`, { as }),
    ],
    [
      "with its deactivation",
      ({ id }) => call(scene.stoa, "PATCH", `${api}/people/${id}`, { as: scene.admin, body: { active: false } }),
    ],
  ])("%s", async (_what, end) => {
    const [person, other] = [await landed(3), await landed(1)];
    expect((await end(person)).status).toBeLessThan(300);
    await allRevoked(person);
    const written = await entries(person.name);
    expect(written).toHaveLength(1);
    expect(written[0]).toContain("sign_ins_ended");
    expect(atHub(other.name)).toBe(1);
  });
});

describe("the token that leads in", () => {
  it("is asked for once more where the hub did not answer, and what it may have made is ended", async () => {
    const busy = await startHubScene({ JUPYTERHUB_ATTEMPTS: "2", JUPYTERHUB_TIMEOUT: "2s" });
    try {
      const as = await busy.person("ada");
      const opening = () => call(busy.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
      await opening();
      busy.hub.runs("ada");
      let cut = 1;
      busy.hub.intercept = (request) => {
        if (request.method !== "POST" || !request.url?.endsWith("/tokens") || cut-- <= 0) return false;
        request.socket.destroy();
        return true;
      };
      const { status, json } = await opening();
      expect(status).toBe(200);
      expect(json.url).toContain("?token=");
      const text = "select revoke_wanted_at is not null as unwanted from hub_tokens order by id";
      expect((await busy.database.pool.query(text)).rows).toEqual([{ unwanted: true }, { unwanted: false }]);
      cut = 2;
      expect((await opening()).json).toMatchObject({ code: "unavailable" });
    } finally {
      await busy.close();
    }
  });
});
