import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testConfig } from "../../testing/test-platform.ts";
import { terminal } from "../job-types/terminal.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";
import { USE_SIGNALS } from "./idle-policy.ts";
import { signalOf } from "./use-signals.ts";

const program = { ...terminal, id: "lab", web: "program", polls: [/^\/api\/kernels\b/] } as const;

describe("what was seen of somebody", () => {
  it.each([
    [{ kind: "open" }, program, null],
    [{ kind: "http", method: "GET", path: "/lab" }, program, "http"],
    [{ kind: "http", method: "GET", path: "/api/kernels?1700" }, program, null],
    [{ kind: "http", method: "POST", path: "/api/kernels" }, program, "http"],
    [{ kind: "transfer" }, program, "http"],
    [{ kind: "message", binary: false }, program, "websocket"],
    [{ kind: "message", binary: true }, terminal, "terminal"],
    [{ kind: "message", binary: false }, terminal, null],
    [{ kind: "message", binary: false }, undefined, "websocket"],
    [{ kind: "keys" }, undefined, "terminal"],
  ] as const)("%j is use or not", (what, type, signal) => {
    expect(signalOf(what, type)).toBe(signal);
  });

  it("counts as the table says, unless an operator says otherwise", () => {
    const counting = Object.entries(USE_SIGNALS).flatMap(([signal, { counts }]) => (counts ? [signal] : []));
    expect(testConfig().sessions.idle.signals).toEqual(counting);
  });
});

describe("use through the passthrough", () => {
  let ground: Ground;
  let stoa: TestSessions;

  beforeAll(async () => {
    const { sessions } = testConfig();
    ground = await createGround();
    stoa = await startSessions(ground, {
      extraJobTypes: [{ ...terminal, id: "quick" }], // so that time is counted often
      sessions: {
        ...sessions,
        idle: { ...sessions.idle, stopSeconds: 4000, stopSecondsByType: [{ name: "quick", value: 2 }] },
      },
    });
  });
  afterAll(async () => {
    await stoa.stop();
    await ground.clear();
  });

  const idleMs = async (jobId: number): Promise<number> => {
    const { rows } = await ground.database.pool.query("select idle_ms from session_idle where job_id = $1", [jobId]);
    return (rows as { idle_ms: number }[])[0]?.idle_ms ?? -1;
  };

  it("is what a browser sends, not what a page says by itself", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running", 30_000);
    const at = `/passthrough/node-a/${jobId}`;
    const headers = { Authorization: "Bearer zpat_boss" };
    await expect.poll(() => idleMs(jobId), { timeout: 20_000 }).toBeGreaterThanOrEqual(0);
    // Warned: then what counts is written at once, so that what doesn't can be told from it.
    const idle = "update session_idle set idle_ms = 3600000, warned_at = now() where job_id = $1";
    await ground.database.pool.query(idle, [jobId]);
    const tab = stoa.socket(`${at}/tty`, headers);
    await expect.poll(() => tab.frames[0]).toMatchObject({ type: "hello" });
    tab.send(JSON.stringify({ type: "ping" }));
    await expect.poll(() => tab.frames.at(-1)).toMatchObject({ type: "pong" });
    await expect.poll(() => idleMs(jobId), { timeout: 20_000 }).toBeGreaterThan(3_600_000);
    tab.type("echo typed\n");
    await tab.until("typed");
    await expect.poll(() => idleMs(jobId), { timeout: 20_000 }).toBeLessThan(60_000);

    await ground.database.pool.query(idle, [jobId]);
    expect((await fetch(`${stoa.base}${at}/`, { headers })).status).toBe(200);
    await expect.poll(() => idleMs(jobId), { timeout: 20_000 }).toBeLessThan(60_000);
    tab.socket.close();
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });
});
