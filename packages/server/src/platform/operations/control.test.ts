import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { OperationKind } from "./contract.ts";
import { enqueueOne, historyOf, kindOf, openInstance, someone, type TestInstance } from "./test-instance.ts";

/** One database for the file: kinds and their operations are told apart by name. */
let database: TestDatabase;
let running: TestInstance[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.map((instance) => instance.stop()));
  running = [];
});
afterAll(() => database.drop());

async function start(kinds: readonly OperationKind[]) {
  const instance = openInstance(database, { kinds });
  running.push(instance);
  await instance.start();
  return instance;
}

/** What the audit log says of one operation. */
async function auditActions(id: string): Promise<string[]> {
  const entries = database.db.selectFrom("audit_entries").select("action").where("subject_id", "=", id);
  return (await entries.orderBy("id").execute()).map((row) => row.action);
}

describe("cancelling", () => {
  const cancel = (instance: TestInstance, id: string) =>
    database.db.transaction().execute((trx) => instance.operations.requestCancel(trx, id, someone));

  const endless = (name: string, rest: Partial<OperationKind> = {}): OperationKind =>
    kindOf(name, {
      cancellable: true,
      run: (run) => new Promise((_, reject) => run.signal.addEventListener("abort", () => reject(run.signal.reason))),
      ...rest,
    });

  test("a running one, from another process: by the signal", async () => {
    const settled: string[] = [];
    const kinds = [endless("test.endless", { settle: async (_, outcome) => void settled.push(outcome) })];
    const instance = await start(kinds);
    const other = openInstance(database, { kinds });
    const { id } = await enqueueOne(database, instance.operations, "test.endless");
    await vi.waitFor(async () => expect((await instance.operations.get(id))?.state).toBe("running"));
    expect(await cancel(other, id)).toMatchObject({ cancelRequested: true, state: "running" });
    const began = performance.now();
    expect(await instance.operations.wait(id, 5_000)).toMatchObject({ state: "cancelled", error: null });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(settled).toEqual(["cancelled"]);
    expect((await historyOf(database, id)).slice(2)).toEqual([
      "Ada asked to cancel it.",
      "Putting things back in order.",
      "It was cancelled.",
    ]);
    expect(await auditActions(id)).toEqual(["operation.enqueue", "operation.cancel", "operation.end_cancelled"]);
  });

  test("one that never looks at its signal: at the next step", async () => {
    let steps = 0;
    const instance = await start([
      kindOf("test.deaf", {
        cancellable: true,
        async run(run) {
          for (;;) {
            await run.step(null, async () => {
              steps += 1;
            });
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        },
      }),
    ]);
    const { id } = await enqueueOne(database, instance.operations, "test.deaf");
    await vi.waitFor(() => expect(steps).toBeGreaterThan(1));
    await cancel(instance, id);
    expect(await instance.operations.wait(id, 5_000)).toMatchObject({ state: "cancelled" });
    const after = steps;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(steps).toBe(after);
  });

  test("a waiting one ends at once, or once things are in order", async () => {
    const settle = vi.fn(async () => undefined);
    const instance = await start([endless("test.plain"), endless("test.tidy", { settle })]);
    const startAfter = new Date(Date.now() + 60_000);
    const plain = await enqueueOne(database, instance.operations, "test.plain", { startAfter });
    const tidy = await enqueueOne(database, instance.operations, "test.tidy", { startAfter });
    expect(await cancel(instance, plain.id)).toMatchObject({ state: "cancelled" });
    await cancel(instance, tidy.id);
    expect(await instance.operations.wait(tidy.id, 5_000)).toMatchObject({ state: "cancelled", attempt: 0 });
    expect(settle).toHaveBeenCalledOnce();
  });

  test("is refused for what has ended, for kinds that can't, and for what isn't there", async () => {
    const instance = await start([kindOf("test.firm"), endless("test.plain")]);
    const firm = await enqueueOne(database, instance.operations, "test.firm", {
      startAfter: new Date(Date.now() + 60_000),
    });
    await expect(cancel(instance, firm.id)).rejects.toMatchObject({ code: "conflict" });
    const plain = await enqueueOne(database, instance.operations, "test.plain", {
      startAfter: new Date(Date.now() + 60_000),
    });
    await cancel(instance, plain.id);
    await expect(cancel(instance, plain.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(cancel(instance, "nonsense")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("withdrawing", () => {
  const withdraw = (instance: TestInstance, id: string) =>
    database.db.transaction().execute((trx) => instance.operations.withdraw(trx, id, someone));

  test("ends a waiting one that can't be cancelled, and it never runs", async () => {
    const run = vi.fn(async () => ({}));
    const settle = vi.fn(async () => undefined);
    const instance = await start([kindOf("test.due", { run, settle, exclusive: true })]);
    const startAfter = new Date(Date.now() + 500);
    const { id } = await enqueueOne(database, instance.operations, "test.due", { startAfter });
    expect(await withdraw(instance, id)).toBe(true);
    const next = await enqueueOne(database, instance.operations, "test.due", { startAfter });
    expect(await instance.operations.get(id)).toMatchObject({ state: "cancelled", error: null });
    expect(await instance.operations.wait(next.id, 5_000)).toMatchObject({ state: "succeeded" });
    expect([run.mock.calls.length, settle.mock.calls.length]).toEqual([1, 0]);
    expect((await historyOf(database, id)).slice(1)).toEqual(["Ada asked to cancel it.", "It was cancelled."]);
    expect(await auditActions(id)).toEqual(["operation.enqueue", "operation.cancel"]);
    expect(await withdraw(instance, id)).toBe(false);
  });

  test("waits for nobody who takes it up, and leaves it to them", async () => {
    const instance = await start([kindOf("test.due")]);
    const startAfter = new Date(Date.now() + 60_000);
    const { id } = await enqueueOne(database, instance.operations, "test.due", { startAfter });
    await database.db.transaction().execute(async (trx) => {
      await trx.selectFrom("operations").select("id").where("id", "=", id).forUpdate().execute();
      expect(await withdraw(instance, id)).toBe(false);
    });
    expect(await instance.operations.get(id)).toMatchObject({ state: "queued" });
  });
});

describe("idempotency keys", () => {
  test("the same again is the same operation; something else is a mismatch; another actor has its own keys", async () => {
    const { operations } = await start([kindOf("test.once"), kindOf("test.other")]);
    const ask = (rest: Parameters<typeof enqueueOne>[3] = {}, kind = "test.once") =>
      enqueueOne(database, operations, kind, { idempotencyKey: "k1", input: { a: 1, b: 2 }, ...rest });
    const first = await ask();
    expect((await ask({ input: { b: 2, a: 1 } })).id).toBe(first.id);
    await expect(ask({ input: { a: 2 } })).rejects.toMatchObject({ code: "idempotency_mismatch" });
    await expect(ask({ subject: { kind: "test", id: "2" } })).rejects.toMatchObject({ code: "idempotency_mismatch" });
    expect((await ask({ actor: { accountId: 8, label: "Bob" } })).id).not.toBe(first.id);
    expect((await ask({}, "test.other")).id).not.toBe(first.id);
  });

  test("ten at once make one operation; after a day the key is free", async () => {
    const { operations } = await start([kindOf("test.once")]);
    const ask = () => enqueueOne(database, operations, "test.once", { idempotencyKey: "k" });
    const asked = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    await database.db
      .updateTable("operation_keys")
      .set({ created_at: new Date(Date.now() - 25 * 3_600_000) })
      .execute();
    expect((await ask()).id).not.toBe(asked[0]?.id);
  });
});
