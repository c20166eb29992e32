import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { ConnectionLostError } from "../database/connection-loss.ts";
import { enqueueOne, kindOf, openInstance } from "./test-instance.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Lets nobody in any more, or again; who is in is thrown out. */
async function gate(open: boolean): Promise<void> {
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  url.pathname = "/stoa";
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`alter database ${name} connection limit ${open ? -1 : 0}`);
  if (!open) await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  await admin.end();
}

test("a server stops while the database is away; what it had in hand is run again", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    release = done;
  });
  let runs = 0;
  const kind = (work: () => Promise<unknown>) =>
    kindOf("test.away", {
      heartbeatSeconds: 1,
      async run() {
        runs += 1;
        await work();
        return { runs };
      },
    });
  const first = openInstance(database, { kinds: [kind(() => held)] });
  await first.start();
  const { id } = await enqueueOne(database, first.operations, "test.away");
  await vi.waitFor(() => expect(runs).toBe(1));
  await gate(false);
  const began = performance.now();
  try {
    release();
    await delay(100);
    await first.operations.stop(200);
    expect(performance.now() - began).toBeLessThan(8_000);
  } finally {
    await gate(true);
    await first.events.stop();
  }
  const second = openInstance(database, { kinds: [kind(async () => undefined)] });
  await second.start();
  expect(await second.operations.wait(id, 8_000)).toMatchObject({ state: "succeeded", result: { runs: 2 } });
  await second.stop();
}, 30_000);

test("an ending that can't be stored takes no other with it when the database goes away just then", async () => {
  let failures = 0;
  let wasCut = false;
  const db = new Proxy(database.db, {
    get(target, name) {
      if (name !== "transaction") {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return () => ({
        async execute(work: Parameters<ReturnType<typeof target.transaction>["execute"]>[0]) {
          if (failures > 0) {
            failures -= 1;
            throw new ConnectionLostError("cut");
          }
          return target
            .transaction()
            .execute(work)
            .catch((error) => {
              const poisoned = error instanceof pg.DatabaseError && error.code?.startsWith("22");
              if (poisoned && !wasCut) failures = 2;
              wasCut ||= poisoned === true;
              throw error;
            });
        },
      });
    },
  });
  let arrived = 0;
  const runs: string[] = [];
  const kind = kindOf("test.poison", {
    async run({ operation }) {
      runs.push(operation.subject.id);
      arrived += 1;
      while (arrived < 3) await delay(1);
      return operation.subject.id === "poison" ? { text: "\u0000" } : { good: true };
    },
  });
  const instance = openInstance({ ...database, db }, { kinds: [kind] });
  await instance.start();
  const ask = (id: string) =>
    enqueueOne(database, instance.operations, "test.poison", { subject: { kind: "test", id } });
  const asked = await Promise.all([ask("good"), ask("poison"), ask("also good")]);
  const ended = await Promise.all(asked.map(({ id }) => instance.operations.wait(id, 6_000)));
  expect(ended.map(({ state }) => state)).toEqual(["succeeded", "failed", "succeeded"]);
  expect([wasCut, failures]).toEqual([true, 0]);
  expect(runs).toHaveLength(3);
  await instance.stop();
}, 15_000);

test("a result that is no JSON fails its operation, and holds up none", async () => {
  const instance = openInstance(database, {
    kinds: [kindOf("test.circle", { run: async () => ({ big: 1n }) as never })],
  });
  await instance.start();
  const { id } = await enqueueOne(database, instance.operations, "test.circle");
  expect(await instance.operations.wait(id, 5_000)).toMatchObject({ state: "failed" });
  await instance.stop();
});
