import { afterAll, beforeAll, expect, it } from "vitest";
import type { SessionsContext } from "./context.ts";
import type { SessionTables } from "./tables.ts";
import { createGround, type Ground } from "./test-ground.ts";
import { recordPreparing } from "./transitions.ts";

let ground: Ground;
let jobId: number;

beforeAll(async () => {
  ground = await createGround();
  const workspaceId = await ground.workspace(1);
  const { rows } = await ground.database.pool.query(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus)
     values (1, $1, 'terminal', 'local', 'node', gen_random_uuid(), 1) returning id`,
    [workspaceId],
  );
  jobId = Number(rows[0].id);
});
afterAll(() => ground.clear());

it("lets a host that tells something new at each look fill no timeline", async () => {
  const events: string[] = [];
  const platform = { events: { publish: async (_trx: unknown, { type }: { type: string }) => void events.push(type) } };
  const context = { platform } as unknown as SessionsContext;
  const db = ground.database.db.withTables<SessionTables>();
  for (let round = 0; round < 120; round += 1) {
    await db.transaction().execute((trx) => recordPreparing(context, trx, jobId, `Something else: ${round}.`));
  }
  const job = await db.selectFrom("jobs").selectAll().where("id", "=", jobId).executeTakeFirstOrThrow();
  expect([job.steps.length, events.length]).toEqual([100, 100]);
});
