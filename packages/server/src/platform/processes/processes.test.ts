import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { AuditEntry } from "../audit/contract.ts";
import type { Processes } from "./contract.ts";
import { createProcesses } from "./processes.ts";
import { createTestBroker, isRoot, type TestBroker } from "./testing-broker.ts";

/** Only root can work as somebody else; CI runs as root. */
describe.runIf(isRoot)("system accounts", () => {
  let broker: TestBroker;
  let database: TestDatabase;
  const written: AuditEntry[] = [];
  const groups = new Map<number, number[]>();
  const open = (changes: Partial<Parameters<typeof createProcesses>[0]> = {}): Processes =>
    createProcesses({
      db: database.db,
      audit: { record: async (_trx, entry) => void written.push(entry) },
      link: broker.link,
      range: broker.range,
      groupsOf: async (accountId) => groups.get(accountId) ?? [],
      log: pino({ level: "silent" }),
      ...changes,
    });
  const numbersOf = (name: string) =>
    execFileSync("id", ["-G", name], { encoding: "utf8" }).trim().split(" ").map(Number).slice(1);
  const rows = async (text: string) => (await database.pool.query(text)).rows;

  beforeAll(async () => {
    [broker, database] = await Promise.all([createTestBroker(), createTestDatabase()]);
  });
  beforeEach(() => {
    written.length = 0;
  });
  afterAll(async () => {
    await broker.close();
    await database.drop();
  });

  it("are one a person, whoever asks first, and stay", async () => {
    const [one, two] = [open(), open()];
    const all = await Promise.all([one.accountOf(1), two.accountOf(1), one.accountOf(1), two.accountOf(2)]);
    expect(new Set(all.slice(0, 3).map(({ uid }) => uid)).size).toBe(1);
    expect(all[3]?.uid).not.toBe(all[0]?.uid);
    expect(await open().accountOf(1)).toEqual(all[0]);
    expect(await one.ownerOf(all[3]?.uid ?? 0)).toBe(2);
    expect(await one.ownerOf(1)).toBeNull();
    const made = written.map(({ action, subject, about }) => [action, subject.id, about]);
    expect(made.sort()).toEqual([
      ["system_account.create", "1", [1]],
      ["system_account.create", "2", [2]],
    ]);
  });

  it("pass over a number that is another's, and never give it", async () => {
    const { uid } = await open().accountOf(3);
    await database.pool.query("update system_numbers set owner_id = 4, confirmed_at = null where number = $1", [uid]);
    const given = await open().accountOf(4);
    expect(given.uid).not.toBe(uid);
    expect(await rows(`select owner_id, confirmed_at from system_numbers where number = ${uid}`)).toEqual([
      { owner_id: null, confirmed_at: null },
    ]);
  });

  it("refuse a number that files carry and that is another's by now", async () => {
    const { uid } = await open().accountOf(5);
    await database.pool.query("update system_numbers set owner_id = 6 where number = $1", [uid]);
    await expect(open().accountOf(6)).rejects.toMatchObject({ code: "unavailable" });
    expect(await rows(`select owner_id from system_numbers where number = ${uid}`)).toEqual([{ owner_id: 6 }]);
  });

  it("refuse a number that the range has left behind", async () => {
    await open().accountOf(7);
    const elsewhere = open({ range: { first: 5000, last: 5001 } });
    await expect(elsewhere.accountOf(7)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("follow the groups of their people: before the first program, and at each change", async () => {
    groups.set(8, [70, 71]);
    const processes = open();
    const told: number[] = [];
    processes.onGroupsChanged((accountId) => told.push(accountId));
    const { name } = await processes.accountOf(8);
    const [seventy, seventyOne] = numbersOf(name);
    expect(numbersOf(name)).toHaveLength(2);
    const agent = await processes.runAgent(8);
    const groupsOfAgent = () => {
      const status = readFileSync(`/proc/${agent.pid}/status`, "utf8");
      return /^Groups:\t(.*)$/m.exec(status)?.[1]?.trim().split(" ").map(Number);
    };
    // For its first moment it is what becomes the person.
    await expect.poll(groupsOfAgent).toEqual(expect.arrayContaining([seventy, seventyOne]));
    await agent.end();
    agent.socket.destroy();
    groups.set(8, [71]);
    await processes.recheckGroups(null);
    expect([numbersOf(name), told]).toEqual([[seventyOne], [8]]);
    await processes.recheckGroups(8);
    expect(told).toEqual([8]);
    groups.delete(8);
    expect(numbersOf((await open().accountOf(8)).name)).toEqual([]);
  });
});
