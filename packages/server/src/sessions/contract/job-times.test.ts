import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobType } from "../job-types/contract.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { type Answer, startSessions, type TestSessions } from "../test-sessions-server.ts";

/** Runs, and never listens. */
const mute: JobType = {
  id: "mute",
  name: "Mute",
  icon: "flask",
  parameters: [],
  program: "plain",
  web: "program",
  readiness: "listening",
  protection: "unix-socket",
  fails: "on-error-status",
  command: () => ["/bin/sleep", "60"],
};
const missing: JobType = { ...mute, id: "missing", command: () => ["/no/such/program"] };
const brief: JobType = { ...mute, id: "brief", command: () => ["/bin/sleep", "0.3"] };

let ground: Ground;
let stoa: TestSessions;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, { extraJobTypes: [mute, missing, brief] });
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
const stop = (jobId: number): Promise<Answer> => stoa.call("PUT", `/jobs/${jobId}/stop/`);
const workspaceStatus = async (id: number) =>
  (await stoa.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0].status;

/** A row as it would be, on a node that nobody looks after. */
async function row(columns: Readonly<Record<string, string>>) {
  const names = Object.keys(columns);
  const [made] = await rows(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, time_limit_seconds,
       ${names.join(", ")})
     values (1, $1, 'terminal', 'local', 'elsewhere', gen_random_uuid(), 3, 600,
       ${Object.values(columns).join(", ")}) returning id`,
    [await ground.workspace(1)],
  );
  return stoa.job(made.id);
}

describe("the times of contract 3", () => {
  it("are those of a job that waits", async () => {
    const job = await row({ status: "'pending'" });
    expect(job).toMatchObject({ core_hours: "0.00000", datetime_start: null, datetime_end: null });
    expect(job.job_details.metrics).toEqual({ time_pending: null, time_init: null });
    expect(job.job_details.current_job_details.time_left).toBe(600);
  });

  it("are those of a job that runs and is not ready yet", async () => {
    const job = await row({
      status: "'running'",
      created_at: "now() - interval '62.5 s'",
      started_at: "now() - interval '60 s'",
    });
    expect(job.job_details.metrics).toEqual({ time_pending: 2.5, time_init: null });
    expect(job.job_details.current_job_details.time_left).toBeGreaterThan(537);
    expect(job.job_details.current_job_details.time_left).toBeLessThanOrEqual(540);
  });

  it("are those of a job that is over its limit, and of one that was ready and has ended", async () => {
    const late = await row({ status: "'running'", started_at: "now() - interval '700 s'" });
    expect(late.job_details.current_job_details.time_left).toBe(0);
    const ended = await row({
      status: "'complete'",
      created_at: "now() - interval '20 s'",
      started_at: "now() - interval '19 s'",
      ready_at: "now() - interval '15.75 s'",
      ended_at: "now() - interval '10 s'",
      core_hours: "0.0075",
    });
    expect(ended).toMatchObject({ core_hours: "0.00750", datetime_end: expect.stringMatching(/\.\d{3}Z$/) });
    expect(ended.job_details).toMatchObject({
      metrics: { time_pending: 1, time_init: 3.25 },
      current_job_details: { time_left: null },
    });
  });

  it("are never negative, whatever the clocks say", async () => {
    const job = await row({
      status: "'running'",
      started_at: "now() - interval '1 h'",
      ready_at: "now() - interval '2 h'",
    });
    expect(job.job_details.metrics).toEqual({ time_pending: 0, time_init: 0 });
  });

  it("follow an extension, on the status socket too", async () => {
    const { jobId } = await stoa.begin("terminal", { resource_options: { time_limit_min: 10 } });
    await stoa.until(jobId, "running");
    const at = `/api/stoa/v1/sessions/${jobId}`;
    await expect.poll(async () => (await stoa.call("GET", at)).body.extend).not.toBeNull();
    const socket = stoa.socket(`/jobs/${jobId}/?token=uws_boss`);
    const left = () => (socket.frames.at(-1)?.current_job_details as { time_left: number } | undefined)?.time_left;
    await expect.poll(left).toBeLessThanOrEqual(600);
    await stoa.call("POST", `${at}/extend`, { body: { minutes: 20 } });
    await expect.poll(left).toBeGreaterThan(1700);
    expect((await stoa.job(jobId)).job_details.current_job_details.time_left).toBeGreaterThan(1700);
    socket.socket.close();
    await stop(jobId);
  });
});

describe("two starts at once in one workspace", () => {
  it("are two sessions; the workspace is active until both have ended", async () => {
    const workspaceId = await ground.workspace(1);
    const start = () => stoa.call("PUT", `/workspaces/${workspaceId}/start/`, { body: { job_type: "terminal" } });
    const ids = (await Promise.all([start(), start()])).map((answer) => answer.body.data.job.id as number);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) await stoa.until(id, "running");
    expect(await workspaceStatus(workspaceId)).toBe("active");
    await stop(ids[0] ?? 0);
    await stoa.until(ids[0] ?? 0, "complete");
    expect(await workspaceStatus(workspaceId)).toBe("active");
    await stop(ids[1] ?? 0);
    await stoa.until(ids[1] ?? 0, "complete");
    expect(await workspaceStatus(workspaceId)).toBe("idle");
  });
});

describe("a stop", () => {
  it("of a session that never came up ends it", async () => {
    const { jobId, workspaceId } = await stoa.begin("mute");
    const job = await stoa.until(jobId, "running");
    expect(job.job_details).toMatchObject({
      metrics: { time_init: null },
      current_job_details: { message: "Webserver not ready.", connection_details: { url_path: "", url_domain: "" } },
    });
    expect((await stop(jobId)).body.message).toBe("Job queued to stop.");
    expect((await stoa.until(jobId, "complete")).job_details.metrics.time_init).toBeNull();
    expect(await workspaceStatus(workspaceId)).toBe("idle");
  });

  it("of one that could not be started is refused, in the contract's words", async () => {
    const { jobId, workspaceId } = await stoa.begin("missing");
    const failed = await stoa.until(jobId, "failed");
    expect(failed).toMatchObject({ core_hours: "0.00000", datetime_start: null });
    expect(await stop(jobId)).toMatchObject({
      status: 400,
      body: { success: false, message: "This job is not running or pending." },
    });
    expect(await workspaceStatus(workspaceId)).toBe("idle");
  });

  it("of one that ends just then is told one or the other, and it ends once", async () => {
    for (const wait of [0, 150, 300, 450]) {
      const { jobId } = await stoa.begin("brief");
      await stoa.until(jobId, "running");
      await sleep(wait);
      const { status, body } = await stop(jobId);
      expect([
        [200, "Job queued to stop."],
        [400, "This job is not running or pending."],
      ]).toContainEqual([status, body.message]);
      await stoa.until(jobId, "complete");
      const ends = await rows(
        "select 1 from audit_entries where action = 'session.end' and subject_kind = 'session' and subject_id = $1",
        [String(jobId)],
      );
      expect(ends).toHaveLength(1);
    }
  });
});

describe("an end that two servers see", () => {
  it("is settled once", async () => {
    const other = await startSessions(ground, { extraJobTypes: [mute, missing, brief] });
    const { jobId } = await stoa.begin("brief");
    await stoa.until(jobId, "complete");
    const { core_hours: settled } = await stoa.job(jobId);
    await sleep(500);
    await other.stop();
    expect((await stoa.job(jobId)).core_hours).toBe(settled);
    expect(Number(settled)).toBeGreaterThan(0.00005);
    const ends = await rows("select 1 from audit_entries where action = 'session.end' and subject_id = $1", [
      String(jobId),
    ]);
    expect(ends).toHaveLength(1);
  });
});
