import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Resource } from "../resources/contract.ts";
import { createLocalResource } from "../resources/local/local.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, { sessions: { longestSeconds: 4 * 3600, extendSeconds: 3600 } });
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
const own = async (jobId: number) => (await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`)).body;
const extend = (jobId: number, body: object = {}, as: "boss" | "ann" = "boss", headers = {}) =>
  stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/extend`, { as, body, headers });
const running = async (minutes: number) => {
  const { jobId } = await stoa.begin("terminal", { resource_options: { time_limit_min: minutes, num_cpus: 2 } });
  await stoa.until(jobId, "running", 30_000);
  await expect.poll(async () => (await own(jobId)).extend).not.toBeNull();
  return jobId;
};
async function onHost<T>(work: (local: Resource) => Promise<T>): Promise<T> {
  const limits = { scrollbackBytes: 4096, logBytes: 4096, graceSeconds: 0, lingerSeconds: 0 };
  const local = createLocalResource({ runDirectory: join(ground.dataDir, "run", "sessions"), limits });
  const answer = await work(local);
  local.close();
  return answer;
}

/** What its host keeps to. */
const kept = (jobId: number): Promise<number | null | undefined> =>
  onHost(async (local) => {
    const seen = await local.observe(jobId);
    return seen.state === "running" ? seen.timeLimitSeconds : undefined;
  });

describe("extending a session", () => {
  it("adds what one click gives: to its host, its page, its core hours, the audit log", async () => {
    const jobId = await running(60);
    const before = await own(jobId);
    expect(before).toMatchObject({ core_hours_reserved: "2.00000", extend: { minutes: 60 } });
    expect(Date.parse(before.ends_at) - Date.parse(before.started_at)).toBe(3_600_000);
    expect(Date.parse(before.extend.until) - Date.parse(before.ends_at)).toBe(3_600_000);

    const { status, body } = await extend(jobId);
    expect(status).toBe(200);
    expect(body).toMatchObject({ core_hours_reserved: "4.00000", resource: { time_limit_seconds: 7200 } });
    expect(body.ends_at).toBe(before.extend.until);
    expect(body.steps.at(-1)).toMatchObject({ code: "extended", params: { actor: "boss", minutes: "60" } });
    expect(await kept(jobId)).toBe(7200);
    const { time_left: left } = (await stoa.job(jobId)).job_details.current_job_details;
    expect(left).toBeGreaterThan(7100);
    const audited = await rows("select details from audit_entries where action = 'session.extend'");
    expect(JSON.parse(audited.at(-1)?.details)).toMatchObject({ minutes: 60, time_limit_seconds: 7200 });
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    expect(await stoa.until(jobId, "complete")).toMatchObject({ core_hours: expect.stringMatching(/^0\.0/) });
    expect(await own(jobId)).toMatchObject({ ends_at: null, extend: null, time_left: null });
  });

  it("gives as much as the longest total leaves, and says so when that is nothing", async () => {
    const jobId = await running(210);
    expect((await own(jobId)).extend.minutes).toBe(30);
    expect(await extend(jobId, { minutes: 31 })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("210 min already, and 240 min are the most") },
    });
    expect((await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/extend`)).body.extend).toBeNull();
    const refused = await extend(jobId, {}, "boss", { "accept-language": "fa" });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("STOA_SESSION_LONGEST") } });
    expect(refused.body.detail).toContain("۲۴۰ دقیقه");
    expect(await kept(jobId)).toBe(240 * 60);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("is for its owner, while it runs", async () => {
    const jobId = await running(10);
    expect((await extend(jobId, {}, "ann")).status).toBe(404);
    expect((await extend(jobId, { minutes: 0 })).status).toBe(400);
    expect((await extend(999_999)).status).toBe(404);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
    expect((await extend(jobId)).status).toBe(409);
    expect((await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/keep`)).status).toBe(409);
  });

  it("is refused for a session whose host knows no such call", async () => {
    const jobId = await running(10);
    await rows("update jobs set extendable = false where id = $1", [jobId]);
    // Its host says that it can; an older one would not.
    expect(await extend(jobId)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("earlier version") },
    });
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("of two clicks at once each counts", async () => {
    const jobId = await running(10);
    const answers = await Promise.all([extend(jobId, { minutes: 5 }), extend(jobId, { minutes: 5 })]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(await rows("select time_limit_seconds from jobs where id = $1", [jobId])).toEqual([
      { time_limit_seconds: 1200 },
    ]);
    await expect.poll(() => kept(jobId)).toBe(1200);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("of two clicks on the same page one counts, also when a request is repeated", async () => {
    const jobId = await running(10);
    const body = { minutes: 5, seen_limit_seconds: 600 };
    const answers = [...(await Promise.all([extend(jobId, body), extend(jobId, body)])), await extend(jobId, body)];
    expect(answers.map((answer) => [answer.status, answer.body.resource.time_limit_seconds])).toEqual(
      Array(3).fill([200, 900]),
    );
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("of the same Idempotency-Key counts once, and is refused for another wish", async () => {
    const jobId = await running(10);
    const headers = { "idempotency-key": "k-1" };
    const once = () => extend(jobId, { minutes: 5 }, "boss", headers);
    const answers = [...(await Promise.all([once(), once()])), await once()];
    expect(answers.map((answer) => [answer.status, answer.body.resource.time_limit_seconds])).toEqual(
      Array(3).fill([200, 900]),
    );
    expect((await extend(jobId, { minutes: 6 }, "boss", headers)).status).toBe(422);
    const other = await extend(jobId, { minutes: 5 }, "boss", { "idempotency-key": "k-2" });
    expect(other.body.resource.time_limit_seconds).toBe(1200);
    // What it was asked by is nobody's to read.
    expect(other.body.steps.at(-1)).not.toHaveProperty("by");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
    expect((await once()).status).toBe(200);
  });

  it("by somebody who tells the host alone is taken back: the row counts", async () => {
    const jobId = await running(10);
    expect(await onHost((local) => local.limit(jobId, 90_000))).toBe(true);
    await expect.poll(() => kept(jobId), { timeout: 20_000 }).toBe(600);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("is possible on another server than the session's", async () => {
    const jobId = await running(10);
    const elsewhere = await startSessions(
      { ...ground, dataDir: mkdtempSync(join(ground.dataDir, "node-b-")) },
      { nodeId: "node-b", sessions: { longestSeconds: 4 * 3600, extendSeconds: 3600 } },
    );
    const answer = await elsewhere.call("POST", `/api/stoa/v1/sessions/${jobId}/extend`, { body: { minutes: 50 } });
    expect(answer.status).toBe(200);
    await expect.poll(() => kept(jobId), { timeout: 20_000 }).toBe(3600);
    await elsewhere.stop();
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("reaches a host that was silent for a moment", async () => {
    const jobId = await running(10);
    const { pid } = JSON.parse(
      readFileSync(join(ground.dataDir, "run", "sessions", String(jobId), "host.json"), "utf8"),
    );
    process.kill(pid, "SIGSTOP");
    const { status, body } = await extend(jobId, { minutes: 20 });
    // Longer than anybody waits for an answer: it has to be told anew.
    await sleep(2500);
    process.kill(pid, "SIGCONT");
    expect([status, body.resource.time_limit_seconds]).toEqual([200, 1800]);
    await expect.poll(() => kept(jobId), { timeout: 15_000 }).toBe(1800);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  }, 30_000);

  it("reaches one that a later server finds", async () => {
    const jobId = await running(10);
    await stoa.stop();
    // Committed, and then everything ended before its host was told.
    await rows("update jobs set time_limit_seconds = 1800 where id = $1", [jobId]);
    expect(await kept(jobId)).toBe(600);
    stoa = await startSessions(ground, { sessions: { longestSeconds: 4 * 3600, extendSeconds: 3600 } });
    await expect.poll(() => kept(jobId), { timeout: 20_000 }).toBe(1800);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });
});
