import { randomUUID } from "node:crypto";
import type { Db } from "../platform/database/database.ts";
import type {
  JsonObject,
  NewOperation,
  Operation,
  OperationKind,
  Operations,
} from "../platform/operations/contract.ts";

/** Keeps what is enqueued until the test runs it; what a rolled-back transaction enqueued stays, so don't. */
export interface TestOperations extends Operations {
  readonly queued: NewOperation[];
  /** Ids of what was taken back. */
  readonly withdrawn: string[];
  /** Runs all that is queued, in turn. */
  runAll(): Promise<JsonObject[]>;
  /**
   * Runs one, with what its runs before have kept. @param killed throws in the place of what it would keep at this time
   * (1: the first). @param createdAt when it was asked for; left out: now. @param beforeStep what others do before each
   */
  run(
    operation: NewOperation,
    how?: { readonly killed?: number; readonly createdAt?: Date; readonly beforeStep?: () => Promise<unknown> },
  ): Promise<JsonObject>;
  /** Runs one by its id, as after a restart. @param options `crashAt`: throws before that step (1: the first) */
  runAs(
    id: string,
    kind: string,
    subject: NewOperation["subject"],
    options?: { readonly crashAt?: number; readonly input?: JsonObject },
  ): Promise<JsonObject>;
}

export function createTestOperations(db: Db): TestOperations {
  const kinds = new Map<string, OperationKind>();
  const queued: NewOperation[] = [];
  const withdrawn: string[] = [];
  const notes = new WeakMap<NewOperation, JsonObject>();
  const run: TestOperations["run"] = async (operation, how = {}) => {
    const { killed = 0, createdAt = new Date(), beforeStep } = how;
    const kind = kinds.get(operation.kind);
    if (!kind) throw new Error(`no kind ${operation.kind}`);
    let times = 0;
    return kind.run({
      operation: { ...started(operation), createdAt: createdAt.toISOString() },
      attempt: 1,
      signal: new AbortController().signal,
      async step(_note, work) {
        await beforeStep?.();
        return db.transaction().execute(work);
      },
      progress: async () => undefined,
      kept: notes.get(operation) ?? null,
      async keep(kept) {
        times += 1;
        if (times === killed) throw new Error("killed");
        notes.set(operation, kept);
      },
    });
  };
  const runAs: TestOperations["runAs"] = async (id, kind, subject, { crashAt = 0, input = {} } = {}) => {
    const found = kinds.get(kind);
    if (!found) throw new Error(`no kind ${kind}`);
    let steps = 0;
    return found.run({
      operation: { ...started({ kind, subject, actor: { accountId: null, label: "test" }, input }), id },
      attempt: 1,
      signal: new AbortController().signal,
      async step(_note, work) {
        steps += 1;
        if (steps === crashAt) throw new Error("killed");
        return db.transaction().execute(work);
      },
      progress: async () => undefined,
      kept: null,
      keep: async () => undefined,
    });
  };
  const absent = () => {
    throw new Error("not part of this stand-in");
  };
  return {
    queued,
    withdrawn,
    run,
    runAs,
    async runAll() {
      const results: JsonObject[] = [];
      for (const operation of queued.splice(0)) results.push(await run(operation));
      return results;
    },
    register: (kind) => void kinds.set(kind.kind, kind),
    schedule: () => undefined,
    async enqueue(_trx, operation) {
      queued.push(operation);
      return started(operation);
    },
    get: absent,
    requestCancel: absent,
    async withdraw(_trx, id) {
      withdrawn.push(id);
      return true;
    },
    retry: absent,
    wait: absent,
    start: async () => undefined,
    stop: async () => undefined,
  };
}

function started({ kind, subject, actor, input }: NewOperation): Operation {
  const at = new Date().toISOString();
  const none = { progress: null, message: null, result: null, error: null, startedAt: at, finishedAt: null };
  return {
    ...none,
    id: randomUUID(),
    kind,
    subject,
    actor,
    input,
    state: "running",
    attempt: 1,
    cancelRequested: false,
    createdAt: at,
  };
}
