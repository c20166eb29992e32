import { type HubDouble, startHubDouble } from "@stoa/server/hub/testing/hub-double.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPortalImport, type PortalImport } from "../testing/portal-import.ts";

const SHAPE = `create table users (id int, username text, password text);
  insert into users values (1, 'ada', 'x'), (2, 'admin', 'x'), (3, 'carl', 'x'), (4, 'Dora', 'x'), (5, 'dora', 'x')`;
const OPTIONS = ["--no-log", "--rename", "Dora=dora-2", "--link-hub-users"];

let hub: HubDouble;
let portal: PortalImport | null = null;
beforeEach(async () => {
  hub = await startHubDouble();
  for (const name of ["ada", "dora", "somebody"]) hub.addUser(name);
  hub.addUser("admin", { admin: true });
});
afterEach(async () => {
  await portal?.drop();
  portal = null;
  await hub.close();
});

async function beside(env: Readonly<Record<string, string>>): Promise<PortalImport> {
  portal = await createPortalImport(SHAPE, env);
  return portal;
}

const configured = () => ({ JUPYTERHUB_API_URL: hub.apiUrl, JUPYTERHUB_API_TOKEN: hub.token });
const LINKED = `select a.username, h.name from hub_users h join accounts a on a.id = h.account_id
  where h.state = 'ours' order by 1`;

describe("users at the hub that an operator says are people's", () => {
  test("are named one by one before anything is done; the hub's administrators never become anybody's", async () => {
    const { run, rows } = await beside(configured());
    // Nothing was listed here before: whom the hub has is asked now.
    expect(await rows("select 1 from hub_seen_users")).toEqual([]);
    const { out } = await run(...OPTIONS);
    expect(out).toContain("Hub users: 1 become people's, as you say:");
    expect(out).toContain("  ada: the hub's user ada");
    const left = [
      "admin is not linked: the hub's user of that name is an administrator there",
      "carl is not linked: the hub has no user of that name",
      "Dora is not linked: two people there have that name in small letters",
      "dora is not linked: two people there have that name in small letters",
    ];
    for (const line of left) expect(out).toContain(`  ${line}`);
    expect(JSON.parse((await run("--json", ...OPTIONS)).out).plan.hub_users).toEqual({
      links: [{ old_username: "ada", name: "ada" }],
      left: expect.arrayContaining([
        { old_username: "admin", why: "the hub's user of that name is an administrator there" },
      ]),
    });
    expect(await rows("select 1 from accounts")).toEqual([]);
    const done = await run(...OPTIONS, "--go");
    expect(done.out).toContain("Linked: 1 users of the hub.");
    for (const line of left) expect(done.out).toContain(`  ${line}`);
    expect(await rows(LINKED)).toEqual([{ username: "ada", name: "ada" }]);
    expect((await run("--no-log", "--rename", "Dora=dora-2")).out).not.toContain("ada: the hub's user");
  });

  test("are nobody's without a hub that can be asked", async () => {
    const { run, rows } = await beside({});
    for (const go of [[], ["--go"]]) {
      const { code, err } = await run(...OPTIONS, ...go);
      expect(code).not.toBe(0);
      expect(err).toContain("JUPYTERHUB_API_URL");
    }
    expect(await rows("select 1 from accounts")).toEqual([]);
  });

  test.each<[string, () => Promise<void> | void]>([
    ["is down", () => hub.goDown()],
    ["refuses the token", () => hub.scopes.clear()],
    [
      "breaks off within its list",
      () => {
        hub.intercept = (_request, response) => {
          response.destroy();
          return true;
        };
      },
    ],
  ])("are nobody's while the hub %s", async (_what, happens) => {
    const { run, rows } = await beside({ ...configured(), JUPYTERHUB_TIMEOUT: "2" });
    await happens();
    const { code, err } = await run(...OPTIONS, "--go");
    expect(code).not.toBe(0);
    expect(err).toContain("The hub can't be asked whom it has");
    expect(await rows("select 1 from accounts")).toEqual([]);
  });
});
