import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { StoaError } from "../errors/stoa-error.ts";
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

describe("a run", () => {
  test("is told in history, events and audit, and its result is kept", async () => {
    const { operations, events } = await start([
      kindOf("test.copy", {
        async run(run) {
          await run.step("Copied the files.", async () => undefined);
          await run.progress(50, "half");
          return { copied: 3 };
        },
      }),
    ]);
    const states: unknown[] = [];
    events.subscribe({ types: ["operation.changed", "operation.progress"] }, (event) => {
      states.push([event.type, event.data.state, event.data.progress, event.audience]);
    });
    const { id, state } = await enqueueOne(database, operations, "test.copy", { audience: [8], input: { from: "a" } });
    expect(state).toBe("queued");
    const ended = await operations.wait(id, 5_000);
    expect(ended).toMatchObject({
      state: "succeeded",
      result: { copied: 3 },
      attempt: 1,
      progress: 100,
      message: "half",
    });
    expect(ended.input).toEqual({ from: "a" });
    expect(await historyOf(database, id)).toEqual([
      "Ada asked for this.",
      "Started on node-a.",
      "Copied the files.",
      expect.stringMatching(/^Done after [\d.]+ s\.$/),
    ]);
    await vi.waitFor(() => expect(states).toHaveLength(4));
    expect(states).toEqual([
      ["operation.changed", "queued", null, [7, 8]],
      ["operation.changed", "running", null, [7, 8]],
      ["operation.progress", "running", 50, [7, 8]],
      ["operation.changed", "succeeded", 100, [7, 8]],
    ]);
    expect(await auditActions(id)).toEqual(["operation.enqueue", "operation.succeed"]);
  });

  test("begins soon after the commit, never before, and not at all without one", async () => {
    let began = 0;
    const { operations } = await start([
      kindOf("test.note", {
        run: async () => {
          began = Date.now();
          return {};
        },
      }),
    ]);
    const undone = database.db.transaction().execute(async (trx) => {
      await operations.enqueue(trx, {
        kind: "test.note",
        subject: { kind: "test", id: "1" },
        actor: someone,
        input: {},
      });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    const { id } = await enqueueOne(database, operations, "test.note");
    const committed = Date.now();
    await operations.wait(id, 5_000);
    expect(began - committed).toBeLessThan(1_000);
    const all = await database.db.selectFrom("operations").select("id").where("kind", "=", "test.note").execute();
    expect(all).toEqual([{ id }]);
  });

  test("waits for startAfter", async () => {
    const { operations } = await start([kindOf("test.later")]);
    const startAfter = new Date(Date.now() + 400);
    const { id } = await enqueueOne(database, operations, "test.later", { startAfter });
    const ended = await operations.wait(id, 5_000);
    expect(ended.state).toBe("succeeded");
    expect(Date.parse(ended.startedAt ?? "")).toBeGreaterThanOrEqual(startAfter.getTime());
    expect(Date.parse(ended.startedAt ?? "")).toBeLessThan(startAfter.getTime() + 500);
  });
});

describe("failures", () => {
  test("a passing one is tried again, with what happened in the history", async () => {
    let tries = 0;
    const { operations } = await start([
      kindOf("test.flaky", {
        async run(run) {
          tries += 1;
          if (run.attempt < 2) throw new StoaError("upstream_failed", { details: { what: "JupyterHub" } });
          return {};
        },
      }),
    ]);
    const { id } = await enqueueOne(database, operations, "test.flaky");
    expect(await operations.wait(id, 8_000)).toMatchObject({ state: "succeeded", attempt: 2, error: null });
    expect(tries).toBe(2);
    const history = await historyOf(database, id);
    expect(history[2]).toMatch(
      /^It did not work: JupyterHub did not answer as it should\. It is tried again in [\d.]+ s\.$/,
    );
    expect(history[3]).toBe("Attempt 2 started on node-a.");
  });

  test("what a run has kept is there for those after it, also when it is begun anew", async () => {
    const met: unknown[] = [];
    const { operations } = await start([
      kindOf("test.keeping", {
        attempts: 2,
        async run(run) {
          met.push(run.kept);
          await run.keep({ times: met.length });
          if (met.length < 3) throw new StoaError("upstream_failed", { details: { what: "JupyterHub" } });
          return {};
        },
      }),
    ]);
    const { id } = await enqueueOne(database, operations, "test.keeping");
    expect(await operations.wait(id, 8_000)).toMatchObject({ state: "failed" });
    await database.db.transaction().execute((trx) => operations.retry(trx, id, someone));
    expect(await operations.wait(id, 8_000)).toMatchObject({ state: "succeeded" });
    expect(met).toEqual([null, { times: 1 }, { times: 2 }]);
  });

  test("what a retry can't mend fails at once; a defect's text is not shown", async () => {
    const settled: string[] = [];
    const { operations } = await start([
      kindOf("test.refused", {
        run: () => Promise.reject(new StoaError("conflict", { details: { problem: "It is in use" } })),
        settle: async (run, outcome) => {
          await run.step("Tidied up.", async () => void settled.push(outcome));
        },
      }),
      kindOf("test.broken", { attempts: 1, run: () => Promise.reject(new TypeError("secret detail")) }),
    ]);
    const refused = await enqueueOne(database, operations, "test.refused");
    const broken = await enqueueOne(database, operations, "test.broken");
    expect(await operations.wait(refused.id, 5_000)).toMatchObject({
      state: "failed",
      attempt: 1,
      error: { code: "conflict", message: "It is in use." },
    });
    expect(settled).toEqual(["failed"]);
    expect(await historyOf(database, refused.id)).toEqual([
      "Ada asked for this.",
      "Started on node-a.",
      "Putting things back in order.",
      "Tidied up.",
      "It failed: It is in use.",
    ]);
    const defect = await operations.wait(broken.id, 5_000);
    expect(defect.error?.code).toBe("defect");
    expect(JSON.stringify([defect, await historyOf(database, broken.id)])).not.toContain("secret detail");
    expect(await auditActions(broken.id)).toContain("operation.fail");
  });

  test("an attempt that takes too long is ended", async () => {
    let reason: unknown;
    const { operations } = await start([
      kindOf("test.slow", {
        attempts: 1,
        expireSeconds: 1,
        run: (run) =>
          new Promise((_, reject) => {
            run.signal.addEventListener("abort", () => {
              reason = run.signal.reason;
              reject(run.signal.reason);
            });
          }),
      }),
    ]);
    const { id } = await enqueueOne(database, operations, "test.slow");
    expect(await operations.wait(id, 5_000)).toMatchObject({ state: "failed", error: { code: "upstream_timeout" } });
    expect(reason).toMatchObject({ reason: "expired" });
  });

  test("putting things in order is itself tried again, and does not run the work again", async () => {
    const calls: string[] = [];
    const { operations } = await start([
      kindOf("test.untidy", {
        attempts: 1,
        run() {
          calls.push("run");
          return Promise.reject(new Error("no"));
        },
        async settle() {
          calls.push("settle");
          if (calls.length < 3) throw new Error("not yet");
        },
      }),
    ]);
    const { id } = await enqueueOne(database, operations, "test.untidy");
    expect(await operations.wait(id, 8_000)).toMatchObject({ state: "failed" });
    expect(calls).toEqual(["run", "settle", "settle"]);
  });

  test("a person begins it anew, with all its attempts", async () => {
    let broken = true;
    const { operations } = await start([
      kindOf("test.mended", {
        attempts: 1,
        run: async () => {
          if (broken) throw new StoaError("conflict", { details: { problem: "Broken" } });
          return {};
        },
      }),
    ]);
    const { id } = await enqueueOne(database, operations, "test.mended");
    await operations.wait(id, 5_000);
    broken = false;
    const retry = () => database.db.transaction().execute((trx) => operations.retry(trx, id, someone));
    expect(await retry()).toMatchObject({ state: "queued", attempt: 0, error: null });
    expect(await operations.wait(id, 5_000)).toMatchObject({ state: "succeeded", attempt: 1 });
    await expect(retry()).rejects.toMatchObject({ code: "conflict" });
    expect(await historyOf(database, id)).toContain("Ada asked for another try.");
    expect(await auditActions(id)).toContain("operation.retry");
  });
});

test("wait gives up after its time with the state of then", async () => {
  const { operations } = await start([kindOf("test.later")]);
  const { id } = await enqueueOne(database, operations, "test.later", { startAfter: new Date(Date.now() + 60_000) });
  expect(await operations.wait(id, 50)).toMatchObject({ state: "queued" });
});

test("a result that can't be stored fails its operation, and holds up no other", async () => {
  const { operations } = await start([
    kindOf("test.unstorable", { attempts: 1, run: async () => ({ text: "a\0b" }) }),
    kindOf("test.storable"),
  ]);
  const bad = await enqueueOne(database, operations, "test.unstorable");
  const good = await enqueueOne(database, operations, "test.storable");
  expect(await operations.wait(good.id, 5_000)).toMatchObject({ state: "succeeded" });
  expect(await operations.wait(bad.id, 5_000)).toMatchObject({ state: "failed", error: { code: "defect" } });
});

test("what an administrator asks for as somebody names both, in the list and in the history", async () => {
  const instance = await start([kindOf("test.acted")]);
  const actor = { ...someone, by: { accountId: 1, label: "boss" } };
  const { id } = await enqueueOne(database, instance.operations, "test.acted", { actor });
  expect((await instance.operations.wait(id, 5_000)).actor).toEqual({
    accountId: someone.accountId,
    label: "boss for Ada",
  });
  expect((await historyOf(database, id))[0]).toBe("boss for Ada asked for this.");
});
