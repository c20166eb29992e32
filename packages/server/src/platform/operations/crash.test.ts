import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { OperationKind, OperationRun } from "./contract.ts";
import { enqueueOne, historyOf, kindOf, openInstance, type TestInstance } from "./test-instance.ts";

let database: TestDatabase;
let survivor: TestInstance | null = null;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await sql`create table effects (operation_id uuid, what text)`.execute(database.db);
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await survivor?.stop();
  await database.drop();
});

/** A worker in a process of its own; `line` waits for one that it prints. */
async function startWorker(kind: string, behaviour: string) {
  const script = path.join(import.meta.dirname, "test-worker.ts");
  const child = spawn(process.execPath, [script, database.url, kind, behaviour], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string | undefined;
  expect(await line()).toBe("ready");
  return { child, line };
}

async function startSurvivor(kind: OperationKind): Promise<TestInstance> {
  await survivor?.stop();
  survivor = openInstance(database, { nodeId: "survivor", kinds: [kind] });
  await survivor.start();
  return survivor;
}

const finish = async (run: OperationRun) => {
  await run.step("Did the rest.", async (trx) => {
    await sql`insert into effects (operation_id, what) values (${run.operation.id}, 'rest')`.execute(trx);
  });
  return { attempt: run.attempt };
};

const effectsOf = async (id: string) => {
  const { rows } = await sql<{ what: string }>`select what from effects where operation_id = ${id}`.execute(
    database.db,
  );
  return rows.map((row) => row.what);
};

test("kill -9 in the middle: another process takes it up, and the history tells", async () => {
  const { child, line } = await startWorker("test.killed", "hang");
  const kind = kindOf("test.killed", { heartbeatSeconds: 1, run: finish });
  const asker = openInstance(database, { kinds: [kind] });
  const { id } = await enqueueOne(database, asker.operations, "test.killed");
  expect(await line()).toBe("half");
  child.kill("SIGKILL");
  const { operations } = await startSurvivor(kind);
  expect(await operations.wait(id, 15_000)).toMatchObject({ state: "succeeded", result: { attempt: 2 } });
  expect(await effectsOf(id)).toEqual(["half", "rest"]);
  expect(await historyOf(database, id)).toEqual([
    "Ada asked for this.",
    "Started on doomed.",
    "half",
    "The server doomed stopped answering in the middle of it. It is taken up again.",
    "Attempt 2 started on survivor.",
    "Did the rest.",
    expect.stringMatching(/^Done after/),
  ]);
});

test.each(["stall", "stallInStep"])(
  "a worker that stands still (%s) is fenced: what it does late is refused",
  async (behaviour) => {
    const name = `test.${behaviour.toLowerCase()}`;
    const { child, line } = await startWorker(name, behaviour);
    const kind = kindOf(name, { heartbeatSeconds: 1, run: finish });
    const asker = openInstance(database, { kinds: [kind] });
    const { id } = await enqueueOne(database, asker.operations, name);
    expect(await line()).toBe("half");
    const { operations } = await startSurvivor(kind);
    expect(await operations.wait(id, 15_000)).toMatchObject({ state: "succeeded", result: { attempt: 2 } });
    child.stdin.write("\n");
    expect(await line()).toMatch(behaviour === "stall" ? /^lost$/ : /^refused$/);
    expect(await effectsOf(id)).toEqual(behaviour === "stall" ? ["half", "rest"] : ["rest"]);
    expect(await operations.get(id)).toMatchObject({ state: "succeeded", attempt: 2 });
  },
);

test("one that takes its server down each time is given up, and things are put in order", async () => {
  const { child, line } = await startWorker("test.poison", "hang");
  let settled = "";
  const kind = kindOf("test.poison", {
    heartbeatSeconds: 1,
    attempts: 1,
    run: finish,
    async settle(run, outcome) {
      await run.step(null, async () => {
        settled = outcome;
      });
    },
  });
  const asker = openInstance(database, { kinds: [kind] });
  const { id } = await enqueueOne(database, asker.operations, "test.poison");
  expect(await line()).toBe("half");
  child.kill("SIGKILL");
  const { operations } = await startSurvivor(kind);
  expect(await operations.wait(id, 15_000)).toMatchObject({ state: "failed", error: { code: "unavailable" } });
  expect(settled).toBe("failed");
  expect(await effectsOf(id)).toEqual(["half"]);
});
