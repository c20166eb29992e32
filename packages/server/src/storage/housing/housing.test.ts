import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { BackEndAway, type StorageDriver } from "../drivers/contract.ts";
import { createHousingServer, type HousingServer } from "./testing-housing.ts";

/** One for all, but for those who say otherwise: names differ. */
let shared: HousingServer;
let ground: HousingServer;
beforeAll(async () => {
  shared = await createHousingServer();
});
beforeEach(() => {
  ground = shared;
});
afterEach(async () => {
  if (ground !== shared) await ground.close();
});
afterAll(() => shared?.close());

const own = (...parts: (string | number)[]) => path.join(ground.base, ...parts.map(String));
const data = (...parts: (string | number)[]) => path.join(ground.dataDir, ...parts.map(String));
const leadsTo = (account: number) => readlinkSync(data("workspaces", account));
const subjectsOf = async ({ id }: TestPerson): Promise<string[]> => {
  const text = "select name from storage_subjects where deleted_at is null and account_id = $1";
  const { rows } = await ground.server.database.pool.query<{ name: string }>(text, [id]);
  return rows.map(({ name }) => name);
};

describe("workspaces inside people's storage", () => {
  it("lie there from the first one on, with what is thrown away, and are reached as ever", async () => {
    const ada = await ground.server.person("ada");
    const id = await ground.makeWorkspace(ada);
    expect(await subjectsOf(ada)).toEqual(["ada"]);
    expect(readFileSync(own("ada", "workspaces", id, "a"), "utf8")).toBe("text");
    expect(leadsTo(ada.id)).toBe(own("ada", "workspaces"));
    const files = `/api/stoa/v1/workspaces/${id}/files`;
    expect((await ground.server.call("DELETE", `${files}?path=a`, { as: ada })).status).toBe(200);
    expect(readdirSync(own("ada", ".stoa", "trash"))).toHaveLength(1);
    expect(readdirSync(data("trash"))).toContain(String(ada.id));
    expect(existsSync(ground.workspaces.directory({ id, owner_id: ada.id }))).toBe(true);
  });

  it("make one directory for somebody who begins many at once", async () => {
    const ada = await ground.server.person("bea");
    await Promise.all(Array.from({ length: 8 }, () => ground.makeWorkspace(ada)));
    expect(await subjectsOf(ada)).toEqual(["bea"]);
    expect(readdirSync(own("bea", "workspaces")).filter((name) => name !== ".staging")).toHaveLength(8);
  });

  it("take the storage that an administrator has linked to them", async () => {
    const ada = await ground.server.person("countess");
    const body = { kind: "user", name: "lovelace", quota: 1_000_000, account_id: ada.id };
    const made = await ground.server.call("POST", "/api/stoa/v1/storage/subjects", { as: ground.admin, body });
    expect(made.status).toBe(201);
    await ground.makeWorkspace(ada);
    expect(leadsTo(ada.id)).toBe(own("lovelace", "workspaces"));
  });

  it("have it made theirs first, though it was in order under other settings", async () => {
    const vera = await ground.server.person("vera");
    const body = { kind: "user", name: "evening", quota: 1_000_000, account_id: vera.id };
    await ground.server.call("POST", "/api/stoa/v1/storage/subjects", { as: ground.admin, body });
    const settle = vi.spyOn(ground.storage.driver, "settle");
    await ground.makeWorkspace(vera);
    expect(settle.mock.calls.flatMap(([wanted]) => wanted.map(({ name }) => name))).toContain("evening");
    settle.mockRestore();
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ["lies on the disk", "leo", async () => mkdirSync(own("leo"))],
    ["a hook has made", "max", () => hub("POST", "/api/v1/users/", { name: "max" })],
    ["differs from it in capitals alone", "pia", () => hub("POST", "/api/v1/users/", { name: "Pia" })],
    [
      "is in the trash",
      "tom",
      async () => {
        await hub("POST", "/api/v1/users/", { name: "tom" });
        await hub("DELETE", "/api/v1/users/tom");
      },
    ],
  ])("never take what %s for somebody's by its name", async (_what, username, before) => {
    await before();
    const person = await ground.server.person(username);
    await ground.makeWorkspace(person);
    expect(leadsTo(person.id)).toBe(own(`u-${person.id}`, "workspaces"));
    expect(await subjectsOf(person)).toEqual([`u-${person.id}`]);
  });

  it.each(["ada.l", "groups", "u-1"])("give %s a directory by their number", async (username) => {
    const person = await ground.server.person(username);
    await ground.makeWorkspace(person);
    expect(leadsTo(person.id)).toBe(own(`u-${person.id}`, "workspaces"));
  });

  it("begin nothing elsewhere while storage is away, and go on when it is back", async () => {
    let away = false;
    ground = await createHousingServer(
      {},
      (driver): StorageDriver => ({
        ...driver,
        get state() {
          return driver.state;
        },
        async settle(wanted) {
          if (away) throw new BackEndAway("the host is down");
          return driver.settle(wanted);
        },
      }),
    );
    const ada = await ground.server.person("ada");
    away = true;
    await expect(ground.makeWorkspace(ada)).rejects.toThrow("503");
    expect(existsSync(data("workspaces", ada.id))).toBe(false);
    away = false;
    await ground.makeWorkspace(ada);
    expect(leadsTo(ada.id)).toBe(own("ada", "workspaces"));
    renameSync(ground.base, `${ground.base}-away`);
    await expect(ground.makeWorkspace(ada)).rejects.toThrow("503");
    expect(existsSync(ground.base)).toBe(false);
    renameSync(`${ground.base}-away`, ground.base);
    await ground.makeWorkspace(ada);
  });

  it("are not thrown away with the directory, nor given to others, as long as their person is there", async () => {
    const [ada, bob] = [await ground.server.person("eve"), await ground.server.person("bob")];
    await ground.makeWorkspace(ada);
    const refused = await hub("DELETE", "/api/v1/users/eve");
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain("1 workspaces of eve lie in eve");
    const { rows } = await ground.server.database.pool.query("select id from storage_subjects where name = 'eve'");
    const url = `/api/stoa/v1/storage/subjects/${rows[0].id}`;
    expect((await ground.server.call("DELETE", url, { as: ground.admin })).status).toBe(409);
    for (const account_id of [bob.id, null]) {
      const link = { as: ground.admin, body: { account_id, group_id: null } };
      expect((await ground.server.call("PUT", `${url}/link`, link)).status).toBe(409);
    }
    expect(lstatSync(own("eve", "workspaces")).isDirectory()).toBe(true);
    // Nobody is there any more who could miss them.
    expect(await ground.storage.accountPart.remove?.(ada.id)).toBe(true);
    expect(existsSync(own("eve"))).toBe(false);
    expect(existsSync(data("workspaces", ada.id))).toBe(false);
    const files = await ground.server.call("GET", "/workspaces/", { as: ada });
    expect(files.status).toBe(200);
  });

  it("take with the account what a move has set aside", async () => {
    const ada = await ground.server.person("ivy");
    mkdirSync(data("workspaces", ada.id, 77), { recursive: true });
    const body = { kind: "user", name: "ivy", account_id: ada.id };
    const made = await ground.server.call("POST", "/api/stoa/v1/storage/subjects", { as: ground.admin, body });
    const { id } = made.body as { id: number };
    const url = `/api/stoa/v1/storage/subjects/${id}/move-in`;
    ground.liveSessions.count = 1;
    expect((await ground.server.call("POST", url, { as: ground.admin })).status).toBe(202);
    await expect(ground.server.operations.runAll()).rejects.toThrow("1 sessions of theirs run");
    ground.liveSessions.count = 0;
    expect(lstatSync(data("workspaces", ada.id)).isDirectory()).toBe(true);
    const many = { as: ground.admin, body: { ids: [id, 999_999] } };
    const look = async () => {
      const answer = await ground.server.call("POST", "/api/stoa/v1/storage/move-ins/look", many);
      return (answer.body as { items: { why_not: string | null }[] }).items;
    };
    expect(await look()).toMatchObject([
      { id, why_not: null },
      { id: 999_999, why_not: "unknown" },
    ]);
    const begun = await ground.server.call("POST", "/api/stoa/v1/storage/move-ins", many);
    expect(begun.body).toMatchObject({ items: [{ problem: null }, { operation_id: null }] });
    await ground.server.operations.runAll();
    expect(leadsTo(ada.id)).toBe(own("ivy", "workspaces"));
    expect(lstatSync(own("ivy", "workspaces", 77)).isDirectory()).toBe(true);
    expect(existsSync(data("workspaces", `.apart-${ada.id}`))).toBe(true);
    expect((await ground.server.call("POST", url, { as: ground.admin })).status).toBe(409);
    expect((await look())[0]).toMatchObject({ why_not: "nothing_apart" });
    expect(await ground.storage.accountPart.remove?.(ada.id)).toBe(true);
    expect(existsSync(data("workspaces", `.apart-${ada.id}`))).toBe(false);
    expect(existsSync(data("workspaces", ada.id))).toBe(false);
  });

  it("are given up with the account also where a move that has ended was not put in order", async () => {
    const ada = await ground.server.person("una");
    await ground.makeWorkspace(ada);
    await ground.server.database.pool.query(
      "insert into storage_moves (account_id, operation_id, state) values ($1, gen_random_uuid(), 'copying')",
      [ada.id],
    );
    expect(await ground.storage.accountPart.remove?.(ada.id)).toBe(true);
    expect(existsSync(data("workspaces", ada.id))).toBe(false);
  });

  it("are not moved where the setting is apart again: nobody's work asks for it there", async () => {
    ground = await createHousingServer({ workspaces: "apart" });
    const ada = await ground.server.person("ada");
    await ground.makeWorkspace(ada);
    const body = { kind: "user", name: "ada", account_id: ada.id };
    const made = await ground.server.call("POST", "/api/stoa/v1/storage/subjects", { as: ground.admin, body });
    const { id } = made.body as { id: number };
    await ground.server.platform.db.transaction().execute((trx) =>
      ground.server.platform.operations.enqueue(trx, {
        kind: "storage.move_in",
        subject: { kind: "storage", id: String(id) },
        actor: { accountId: ground.admin.id, label: "admin" },
        input: { account_id: ada.id },
      }),
    );
    await expect(ground.server.operations.runAll()).rejects.toThrow("STORAGE_WORKSPACES");
    expect(lstatSync(data("workspaces", ada.id)).isDirectory()).toBe(true);
    expect(existsSync(own("ada", "workspaces"))).toBe(false);
  });

  it("stay where they are for those who have some already, and for all where the setting is apart", async () => {
    const ada = await ground.server.person("zoe");
    mkdirSync(data("workspaces", ada.id, 77), { recursive: true });
    const id = await ground.makeWorkspace(ada);
    expect(lstatSync(data("workspaces", ada.id, id)).isDirectory()).toBe(true);
    expect(await subjectsOf(ada)).toEqual([]);
    ground = await createHousingServer({ workspaces: "apart" });
    const bob = await ground.server.person("bob");
    await ground.makeWorkspace(bob);
    expect(lstatSync(data("workspaces", bob.id)).isDirectory()).toBe(true);
  });

  function hub(method: "POST" | "DELETE", url: string, body?: unknown) {
    const headers = { "x-api-key": "a key of the tests, long enough" };
    return ground.server.call(method, url, { headers, body });
  }
});
