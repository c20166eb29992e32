import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, PASSWORD, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
});
afterAll(() => scene?.close());

const api = "/api/stoa/v1";
const rows = async (text: string, values: unknown[] = []) => (await scene.database.pool.query(text, values)).rows;

interface Person {
  readonly name: string;
  readonly as: string;
  readonly id: number;
}
async function person(): Promise<Person> {
  const name = `opened${++number}`;
  const as = await scene.person(name);
  return { name, as, id: (await scene.stoa.accounts.named(name)) as number };
}
/** Somebody whose server runs, and who has landed in it. */
async function owner(): Promise<Person> {
  const one = await person();
  await call(scene.stoa, "POST", `${api}/hub/open`, { as: one.as, body: {} });
  scene.hub.runs(one.name);
  expect((await call(scene.stoa, "POST", `${api}/hub/open`, { as: one.as, body: {} })).status).toBe(200);
  const noted = async () => rows("select from hub_servers where user_name = $1 and state = 'ready'", [one.name]);
  await until(async () => (await noted()).length > 0, "the poller has seen it", 30_000);
  return one;
}
const patch = (id: number, body: object) => call(scene.stoa, "PATCH", `${api}/people/${id}`, { as: scene.admin, body });
async function operator(): Promise<Person> {
  const one = await person();
  expect((await patch(one.id, { is_admin: true })).status).toBe(200);
  // What was asked for within a moment of a revocation ends with it, and becoming an administrator is one.
  const long = "update events set at = at - interval '1 minute' where type = 'credential.revoked' and subject_id = $1";
  await rows(long, [String(one.id)]);
  return one;
}
const open = (by: Person, whose: Person) =>
  call(scene.stoa, "POST", `${api}/admin/hub/servers/open`, {
    as: by.as,
    body: { user: whose.name, reason: "They asked for help", current_password: PASSWORD },
  });
const tokensAtHub = (name: string) => [...(scene.hub.users.get(name)?.tokens.keys() ?? [])];
const becauses = async (name: string): Promise<string[]> =>
  (await rows("select details from audit_entries where action = 'hub.token.revoke' and subject_id = $1", [name])).map(
    ({ details }) => JSON.parse(details).because,
  );

describe("the token by which an administrator opened somebody's server ends", () => {
  it.each<[string, (one: Person) => Promise<{ status: number }>]>([
    ["when they lose the role", ({ id }) => patch(id, { is_admin: false })],
    ["with their deactivation", ({ id }) => patch(id, { active: false })],
    [
      "when their account is to be deleted",
      ({ id }) => call(scene.stoa, "POST", `${api}/people/${id}/deletion`, { as: scene.admin, body: {} }),
    ],
    [
      "when they sign out everywhere",
      ({ as }) => call(scene.stoa, "POST", `${api}/account/sign-ins/revoke-others`, { as }),
    ],
  ])(
    "%s; the owner's own does not, nor another administrator's",
    async (_what, ends) => {
      const [whose, first, second] = [await owner(), await operator(), await operator()];
      const [own] = tokensAtHub(whose.name);
      expect((await open(first, whose)).status).toBe(200);
      const of = tokensAtHub(whose.name).find((id) => id !== own);
      expect((await open(second, whose)).status).toBe(200);
      expect(tokensAtHub(whose.name)).toHaveLength(3);
      expect((await ends(first)).status).toBeLessThan(300);
      await until(async () => !tokensAtHub(whose.name).includes(of as string), "it is ended");
      // Another round of what ends them.
      await new Promise((resolve) => setTimeout(resolve, 5_500));
      expect(tokensAtHub(whose.name)).toHaveLength(2);
      expect(await becauses(whose.name)).toHaveLength(1);
    },
    60_000,
  );

  it("when the owner is unlinked, also one that was asked for in that moment", async () => {
    const [whose, admin] = [await owner(), await operator()];
    expect((await open(admin, whose)).status).toBe(200);
    const path = `${api}/admin/hub/accounts/${whose.id}/link?was=${whose.name}`;
    expect((await call(scene.stoa, "DELETE", path, { as: scene.admin })).status).toBe(204);
    await until(async () => tokensAtHub(whose.name).length === 0, "all are ended");
    const user = scene.hub.users.get(whose.name);
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    user?.tokens.set("late", { id: "late", note: "late", created: expires_at, expires_at, scopes: [] });
    await rows(
      `insert into hub_tokens (account_id, user_name, server, hub_id, note, expires_at)
       values ($1, $2, '', 'late', 'late', now() + interval '1 hour')`,
      [whose.id, whose.name],
    );
    await until(async () => tokensAtHub(whose.name).length === 0, "the late one, too");
    expect(await becauses(whose.name)).toContain("not_linked");
  }, 60_000);
});
