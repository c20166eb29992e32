import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionsContext, SessionWorkspaces } from "../context.ts";
import type { SessionTables } from "../tables.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";
import { createOverdueSweep } from "./overdue.ts";

let ground: Ground;
let stoa: TestSessions;
let context: SessionsContext;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground);
  const [{ place }] = (await rows("select place from session_places")) as [{ place: string }];
  // As much of it as the sweep touches; the server beside it ends what it stops.
  const workspaces: Pick<SessionWorkspaces, "lockForStart" | "names"> = {
    lockForStart: async () => null,
    names: async () => new Map(),
  };
  const parts = {
    platform: stoa.platform,
    db: stoa.platform.db.withTables<SessionTables>(),
    local: { place },
    workspaces,
  };
  context = parts as unknown as SessionsContext;
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
/** One of ten minutes whose host has been told of more, which its row knows nothing of. */
async function late(seconds: number): Promise<number> {
  const { jobId } = await stoa.begin("terminal", { resource_options: { time_limit_min: 10, num_cpus: 2 } });
  await stoa.until(jobId, "running", 30_000);
  await sleep(300); // its host has been seen, and nothing is written of it any more
  await rows("update jobs set started_at = now() - make_interval(secs => 600 + $2) where id = $1", [jobId, seconds]);
  return jobId;
}

describe("a session whose host does not keep to its limit", () => {
  it("is ended by the server, and pays for what it may have taken at most", async () => {
    const [late1, within] = [await late(9000), await late(200)];
    await createOverdueSweep(context).sweep();
    const ended = await stoa.until(late1, "complete");
    expect(ended.job_details.current_job_details.message).toBe("It reached its time limit of 10 minutes.");
    expect(ended.core_hours).toBe("0.50000"); // 2 CPUs for ten minutes, and five that its host may be late
    expect((await stoa.job(within)).status).toBe("running");
    await stoa.call("PUT", `/jobs/${within}/stop/`);
  }, 60_000);

  it.each([
    ["is about to end", "status = 'stopping', ready = false"],
    ["is being prepared", "status = 'pending', started_at = null, launched_at = now() - make_interval(secs => 8200)"],
  ])(
    "is ended by the server though its host tells that it %s",
    async (_what, change) => {
      const jobId = await late(400);
      // As the host of its owner's own making would have had it written.
      await rows(`update jobs set ${change} where id = $1`, [jobId]);
      await createOverdueSweep(context).sweep();
      const ended = await stoa.until(jobId, "complete");
      expect(ended.job_details.current_job_details.message).toBe("It reached its time limit of 10 minutes.");
    },
    60_000,
  );

  it("is left to its host after the clock was set", async () => {
    const jobId = await late(9000);
    await createOverdueSweep(context, { setAt: () => new Date() }).sweep();
    expect((await stoa.job(jobId)).status).toBe("running");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
  }, 60_000);
});
