/** A worker in a process of its own, to be killed or stalled: `node test-worker.ts <database url> <kind> <behaviour>`. */
import { readSync } from "node:fs";
import { Kysely, PostgresDialect, sql } from "kysely";
import type { PlatformTables } from "../database/database.ts";
import { createPool } from "../database/pool.ts";
import type { OperationRun } from "./contract.ts";
import { kindOf, openInstance } from "./test-instance.ts";

const [url = "", kind = "", behaviour = ""] = process.argv.slice(2);
const pool = createPool({ url, size: 5, applicationName: "stoa-test-worker", onIdleError: () => undefined });
const db = new Kysely<PlatformTables>({ dialect: new PostgresDialect({ pool }) });

const effect = (text: string) => (run: OperationRun) =>
  run.step(text, async (trx) => {
    await sql`insert into effects (operation_id, what) values (${run.operation.id}, ${text})`.execute(trx);
  });

/** No timers, no heartbeats, no answers, until the test writes a byte. */
const standStill = () => readSync(0, Buffer.alloc(1));

const behaviours: Readonly<Record<string, (run: OperationRun) => Promise<never>>> = {
  /** Does half, then waits to be killed. */
  async hang(run) {
    await effect("half")(run);
    process.stdout.write("half\n");
    return new Promise(() => undefined);
  },
  /** Does half, then stands still. */
  async stall(run) {
    await effect("half")(run);
    process.stdout.write("half\n");
    standStill();
    // What a sleeping laptop or a paused container does on waking: goes on as if nothing had been.
    const failure = await effect("late")(run).then(
      () => "wrote",
      (error: Error & { reason?: string }) => error.reason ?? error.message,
    );
    process.stdout.write(`${failure}\n`);
    throw new Error("over");
  },
  /** Stands still in the middle of a step, its transaction open. */
  async stallInStep(run) {
    const failure = await run
      .step("half", async (trx) => {
        await sql`insert into effects (operation_id, what) values (${run.operation.id}, 'late')`.execute(trx);
        process.stdout.write("half\n");
        standStill();
      })
      .then(
        () => "wrote",
        () => "refused",
      );
    process.stdout.write(`${failure}\n`);
    throw new Error("over");
  },
};

const work = behaviours[behaviour];
if (!work) throw new Error(`no behaviour ${behaviour}`);
const instance = openInstance(
  { url, db, pool, drop: async () => undefined },
  { nodeId: "doomed", kinds: [kindOf(kind, { heartbeatSeconds: 1, attempts: 2, run: work })] },
);
await instance.start();
process.stdout.write("ready\n");
