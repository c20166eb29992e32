import { setTimeout as sleep } from "node:timers/promises";
import { describe, it, type TestContext } from "vitest";
import { testConfig } from "../../testing/test-platform.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

const { idle } = testConfig().sessions;
/** Seconds: stopped after 5 without use, warned half of that before: a busy machine can keep one in it. */
const SHORT = { stopSeconds: 5, warnSeconds: 2.5 };

/** A test's own, for they run at once: what they do is to wait. A server stops all sessions of its node that it finds idle. */
async function useGround(onTestFinished: TestContext["onTestFinished"]) {
  const ground: Ground = await createGround();
  const servers = new Set<TestSessions>();
  onTestFinished(async () => {
    for (const server of servers) await server.stop();
    await ground.clear();
  }, 60_000);
  return {
    rows: async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows,
    async server(changes: Partial<typeof idle> = {}): Promise<TestSessions> {
      const made = await startSessions(ground, {
        sessions: { ...testConfig().sessions, idle: { ...idle, ...SHORT, ...changes } },
      });
      servers.add(made);
      return made;
    },
    async stop(server: TestSessions): Promise<void> {
      servers.delete(server);
      await server.stop();
    },
  };
}

const own = async (stoa: TestSessions, jobId: number) =>
  (await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`)).body;
/** @param expect the test's: of those that run at once each has its own */
const warned = (expect: TestContext["expect"], stoa: TestSessions, jobId: number) =>
  expect.poll(async () => (await own(stoa, jobId)).idle?.warned, { interval: 50 }).toBe(true);
const begun = async (stoa: TestSessions, type = "terminal"): Promise<number> => {
  const { jobId } = await stoa.begin(type);
  await stoa.until(jobId, "running", 30_000);
  return jobId;
};

describe.concurrent("a session that nobody uses", () => {
  it("is warned of, then stopped, and says why", async ({ expect, onTestFinished }) => {
    const { rows, server } = await useGround(onTestFinished);
    const stoa = await server();
    const jobId = await begun(stoa);
    const { idle: first } = await own(stoa, jobId);
    expect(first).toMatchObject({ after_seconds: 5, warned: false });
    await warned(expect, stoa, jobId);
    const { idle: later, steps } = await own(stoa, jobId);
    expect(Math.abs(Date.parse(later.stops_at) - Date.parse(first.stops_at))).toBeLessThan(4000);
    expect(steps.at(-1)).toMatchObject({ code: "idle_warning" });
    await stoa.until(jobId, "complete", 30_000);
    expect(await own(stoa, jobId)).toMatchObject({
      status: "complete",
      reason: "Stopped because idle for 0.1 min.",
      reason_told: { code: "stopped_idle", params: { minutes: "0.1" } },
      idle: null,
    });
    const events = await rows("select type from events where subject_id = $1 and type = 'session.idle'", [jobId]);
    expect(events).toHaveLength(1);
    const stops = await rows(
      "select actor_label from audit_entries where subject_id = $1 and action = 'session.stop'",
      [jobId],
    );
    expect(stops).toEqual([{ actor_label: "system" }]);
    expect(await rows("select 1 from session_idle where job_id = $1", [jobId])).toEqual([]);
    const told = await rows("select kind, said from notices where subject_id = $1 order by id", [String(jobId)]);
    expect(told).toEqual([
      { kind: "session.idle", said: { name: expect.any(String), at: expect.stringMatching(/Z$/) } },
      { kind: "session.ended", said: { name: expect.any(String), why: "idle" } },
    ]);
  });

  it("goes on when its owner says so, or types; not for a tab that is only open", async ({
    expect,
    onTestFinished,
  }) => {
    const { server } = await useGround(onTestFinished);
    const stoa = await server();
    // One after the other: each of them has only so long, however busy the machine is.
    const kept = await begun(stoa);
    await warned(expect, stoa, kept);
    const keep = () => stoa.call("POST", `/api/stoa/v1/sessions/${kept}/keep`);
    const { body } = await keep();
    expect(body).toMatchObject({ idle: { warned: false } });
    expect(body.steps.at(-1)).toMatchObject({ code: "kept", params: { actor: "boss" } });
    const again = [setInterval(() => void keep(), 500)];
    const typed = await begun(stoa);
    const tab = stoa.terminal(typed);
    await warned(expect, stoa, typed);
    tab.type("echo here\n");
    // Written at once, as there is a warning to take back: before it would be stopped.
    await expect.poll(async () => (await own(stoa, typed)).idle?.warned, { interval: 30 }).toBe(false);
    again.push(setInterval(() => tab.type(" "), 500));
    const left = await begun(stoa);
    const forgotten = stoa.terminal(left);
    // A tab shows what comes and tells its size; nobody has touched it.
    again.push(setInterval(() => forgotten.send(JSON.stringify({ type: "ping" })), 100));
    await stoa.until(left, "complete", 30_000);
    for (const timer of again) clearInterval(timer);
    expect(await own(stoa, kept)).toMatchObject({ status: "running" });
    expect(await own(stoa, typed)).toMatchObject({ status: "running" });
    await stoa.call("PUT", `/jobs/${kept}/stop/`);
    await stoa.call("PUT", `/jobs/${typed}/stop/`);
  });

  it("is not blamed for the time in which its server was away, nor for a clock that was set", async ({
    expect,
    onTestFinished,
  }) => {
    const { rows, server, stop } = await useGround(onTestFinished);
    // Counts every two seconds, and warns after seven.
    const patient = { stopSeconds: 8, warnSeconds: 1 };
    const stoa = await server(patient);
    const jobId = await begun(stoa);
    await expect.poll(() => rows("select 1 from session_idle where job_id = $1", [jobId])).toHaveLength(1);
    await stop(stoa);
    // Away for a day, as the database's clock has it; and a clock that went back.
    for (const back of ["interval '1 day'", "interval '-1 day'"]) {
      await rows(`update session_idle set counted_at = now() - ${back} where job_id = $1`, [jobId]);
      const again = await server(patient);
      const countedNow = () =>
        rows("select 1 from session_idle where job_id = $1 and now() - counted_at between '0' and '1 minute'", [jobId]);
      await expect.poll(countedNow, { interval: 50 }).toHaveLength(1);
      const [{ idle_ms: idleMs }] = (await rows("select idle_ms from session_idle where job_id = $1", [jobId])) as [
        { idle_ms: number },
      ];
      expect(idleMs).toBeLessThan(7_000);
      expect(await own(again, jobId)).toMatchObject({ status: "running", idle: { warned: false } });
      await stop(again);
    }
    const last = await server({ stopSeconds: 0 });
    await last.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("is counted once where two servers look after its node", async ({ expect, onTestFinished }) => {
    const { rows, server } = await useGround(onTestFinished);
    const [one, two] = [await server({ stopSeconds: 8 }), await server({ stopSeconds: 8 })];
    const jobId = await begun(one);
    const began = performance.now();
    await sleep(3000);
    const [{ idle_ms: idleMs }] = (await rows("select idle_ms from session_idle where job_id = $1", [jobId])) as [
      { idle_ms: number },
    ];
    expect(idleMs).toBeLessThan(performance.now() - began + 1500);
    // What one has seen keeps the other from stopping it.
    const tab = two.terminal(jobId);
    const typing = setInterval(() => tab.type(" "), 200);
    await sleep(4500);
    const [after] = (await rows("select idle_ms from session_idle where job_id = $1", [jobId])) as [
      { idle_ms: number },
    ];
    clearInterval(typing);
    expect(after.idle_ms).toBeLessThan(5000);
    expect(await own(one, jobId)).toMatchObject({ status: "running" });
    await one.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("by job type: another limit, or none; and none for what has no page", async ({ expect, onTestFinished }) => {
    const { server } = await useGround(onTestFinished);
    const stoa = await server({
      stopSeconds: 60,
      stopSecondsByType: [
        { name: "terminal", value: 0 },
        { name: "local_test_job", value: 1 },
      ],
    });
    const [shell, batch] = [await begun(stoa), await begun(stoa, "local_test_job")];
    expect(await own(stoa, shell)).toMatchObject({ idle: null });
    expect(await own(stoa, batch)).toMatchObject({ idle: null });
    for (const jobId of [shell, batch]) await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("goes on while its program prints, where that is to count", async ({ expect, onTestFinished }) => {
    const { server } = await useGround(onTestFinished);
    const stoa = await server({ signals: ["output"], stopSeconds: 3 });
    const jobId = await begun(stoa);
    stoa.terminal(jobId).type("while sleep 0.3; do echo tick; done\n");
    await sleep(5000);
    expect(await own(stoa, jobId)).toMatchObject({ status: "running" });
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });
});
