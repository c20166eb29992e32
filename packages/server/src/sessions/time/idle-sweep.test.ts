import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import type { SessionsContext } from "../context.ts";
import { terminal } from "../job-types/terminal.ts";
import type { SessionTables } from "../tables.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { createIdleSweep } from "./idle-sweep.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await createGround();
});
afterAll(() => ground?.clear());

it("looks at the others when one session's output can't be read", async () => {
  const base = testConfig();
  const idle = { ...base.sessions.idle, stopSeconds: 3600, signals: ["output"] } as const;
  const platform = createTestPlatform({ config: { ...base, sessions: { ...base.sessions, idle } } });
  const insert =
    "insert into jobs (owner_id, workspace_id, job_type, resource, node_id, place, marker, cpus, status) select 1, $1, 'terminal', 'local', $2, 'here', gen_random_uuid(), 1, 'running' from generate_series(1, 2) returning id";
  const values = [await ground.workspace(1), platform.config.nodeId];
  const [broken, other] = (await ground.database.pool.query(insert, values)).rows.map(({ id }) => Number(id));
  let total = 0;
  const context = {
    platform,
    db: ground.database.db.withTables<SessionTables>(),
    jobTypes: new Map([[terminal.id, terminal]]),
    local: {
      place: "here",
      async output({ id }: { id: number }) {
        if (id === broken) throw new Error("Its owner has closed it.");
        total += 1;
        return { total };
      },
    },
  } as unknown as SessionsContext;
  const printed: number[] = [];
  const use = { flush: async () => {}, warned: () => {}, notePrinted: (id: number) => void printed.push(id) };
  const sweep = createIdleSweep(context, use as unknown as Parameters<typeof createIdleSweep>[1]);
  await sweep.sweep();
  await sweep.sweep();
  expect(printed).toEqual([other]);
  const counted = await ground.database.pool.query("select job_id from session_idle order by job_id");
  expect(counted.rows.map((row) => Number(row.job_id))).toEqual([broken, other]);
});
