import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground } from "./test-ground.ts";
import { startSessions, type TestSessions } from "./test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;

beforeAll(async () => {
  process.env.SHELL = "/bin/sh";
  ground = await createGround();
  stoa = await startSessions(ground);
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;

describe("a terminal session", () => {
  it("is asked for, opened at once, worked in, stopped, and its files are there", async () => {
    const { jobId, workspaceId } = await stoa.begin("terminal");
    const tab = stoa.terminal(jobId); // while it is still pending
    tab.type("echo work > result.txt; echo typed-$((6 * 7))\n");
    await tab.until("typed-42");
    const job = await stoa.until(jobId, "running");
    expect(job.job_details.current_job_details).toMatchObject({
      message: "Webserver ready.",
      time_left: expect.any(Number),
      connection_details: {
        url_domain: expect.stringMatching(new RegExp(`^http://s-${jobId}\\.localhost:\\d+$`)),
        url_path: expect.stringMatching(/^\/.*ticket=/),
      },
    });
    expect(await rows("select status from workspaces where id = $1", [workspaceId])).toEqual([{ status: "active" }]);

    const answer = await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: "Job queued to stop." } });
    const ended = await stoa.until(jobId, "complete");
    expect(ended.core_hours).toMatch(/^0\.00\d{3}$/);
    expect(ended.datetime_end).toMatch(/^\d{4}-.*\.\d{3}Z$/);
    expect(ended.job_details.current_job_details.message).toBe("Stopped by boss.");
    expect(existsSync(join(ground.dataDir, "workspaces", "1", String(workspaceId), "result.txt"))).toBe(true);
    await expect.poll(() => tab.closed()?.code).toBe(1000);
    expect(tab.frames.at(-1)).toMatchObject({ type: "exit", cause: "stopped" });
    expect(
      await rows("select status, scan_wanted > 0 as looked_at from workspaces where id = $1", [workspaceId]),
    ).toEqual([{ status: "idle", looked_at: true }]);
    const audited = await rows("select action from audit_entries where subject_id = $1 and subject_kind = 'session'", [
      String(jobId),
    ]);
    expect(audited.map((row) => row.action)).toEqual(
      expect.arrayContaining(["session.start", "session.stop", "session.end"]),
    );
  });

  it("gives its program nothing of our environment", async () => {
    process.env.DATABASE_URL = "postgres://secret@nowhere/none";
    const { jobId } = await stoa.begin("terminal");
    delete process.env.DATABASE_URL;
    const tab = stoa.terminal(jobId);
    tab.type("env; tr '\\0' '\\n' < /proc/$PPID/environ; echo that-was-$((1 + 1))\n");
    await tab.until("that-was-2");
    expect(tab.text()).toContain(`STOA_JOB_ID=${jobId}`);
    expect(tab.text()).not.toContain("secret@nowhere");
    expect(tab.text()).not.toContain("node_modules");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("shows its last output and its status to who comes after the end", async () => {
    const { jobId } = await stoa.begin("terminal");
    const tab = stoa.terminal(jobId);
    tab.type("echo good-$((40 + 2))-bye; exit 3\n");
    await stoa.until(jobId, "complete");
    const late = stoa.terminal(jobId);
    await late.until("good-42-bye");
    await expect.poll(() => late.frames.at(-1)).toMatchObject({ type: "exit", status: 3 });
    const log = await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}/log?offset=-2000`);
    expect(log.body).toContain("good-42-bye");
    expect(Number(log.headers["stoa-log-total"])).toBe(Number(log.headers["stoa-log-next-offset"]));
    const own = await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`);
    expect(own.body).toMatchObject({
      id: jobId,
      status: "complete",
      exit_status: 3,
      workspace: { name: "work" },
      has_terminal: true,
    });
    expect(own.body.steps.length).toBeGreaterThan(2);
  });

  it("ends at its time limit, and says so", async () => {
    const { jobId } = await stoa.begin("terminal", { resource_options: { time_limit_min: 1 } });
    await stoa.until(jobId, "running");
    expect((await stoa.job(jobId)).job_details.current_job_details.time_left).toBeGreaterThan(50);
    expect(await rows("select time_limit_seconds from jobs where id = $1", [jobId])).toEqual([
      { time_limit_seconds: 60 },
    ]);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });
});

describe("the local test job", () => {
  it("writes its file, and stopping it spares us its ten seconds", async () => {
    const { jobId, workspaceId } = await stoa.begin("local_test_job", { job_details: { why: "test" } });
    const job = await stoa.until(jobId, "running");
    expect(job.job_details).toMatchObject({
      request_job_details: { why: "test" },
      current_job_details: { message: "No url found.", connection_details: { url_path: "", url_domain: "" } },
    });
    const file = join(ground.dataDir, "workspaces", "1", String(workspaceId), `LocalTest_${jobId}_output.log`);
    await expect.poll(() => existsSync(file) && readFileSync(file, "utf8")).toBe("Hello World\n");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
  });
});

describe("a start", () => {
  it("answers with the contract's job", async () => {
    const workspaceId = await ground.workspace(1);
    const { status, body } = await stoa.call("PUT", `/workspaces/${workspaceId}/start`, {
      body: { job_type: "terminal" },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, message: "Successful start." });
    expect(body.data.job).toEqual({
      id: expect.any(Number),
      workspace_id: workspaceId,
      resource_job_id: -1,
      job_type: "terminal",
      status: "pending",
      datetime_created: expect.stringMatching(/\.\d{3}Z$/),
      datetime_start: null,
      datetime_end: null,
      core_hours: 0,
      job_details: {
        metrics: { time_pending: null, time_init: null },
        request_job_details: {},
        current_job_details: {
          message: "Webserver not ready.",
          time_left: 180 * 60,
          proxy_details: { hostname: "node-a", port: 0, path: "" },
          connection_details: { url_path: "", url_domain: "" },
        },
      },
    });
    await stoa.until(body.data.job.id, "running");
    await stoa.call("PUT", `/jobs/${body.data.job.id}/stop/`);
  });

  it("of the same key is the same session, once; of another request it is refused", async () => {
    const workspaceId = await ground.workspace(1);
    const start = (body: object) =>
      stoa.call("PUT", `/workspaces/${workspaceId}/start/`, { body, headers: { "idempotency-key": "k1" } });
    const answers = await Promise.all([1, 2, 3].map(() => start({ job_type: "local_test_job" })));
    expect(new Set(answers.map((answer) => answer.body.data.job.id)).size).toBe(1);
    expect((await start({ job_type: "terminal" })).status).toBe(422);
    const jobId = answers[0]?.body.data.job.id;
    await stoa.until(jobId, "running");
    expect(await rows("select id from jobs where workspace_id = $1", [workspaceId])).toHaveLength(1);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it.each([
    [{}, 400, "Missing job_type and no default job type set on workspace."],
    [{ job_type: "nope" }, 400, "nope is not in the list of available job types."],
    [{ job_type: "terminal", job_details: "x" }, 400, "Job details not JSON."],
    [{ job_type: "terminal", resource_options: [1] }, 400, "Resource options not JSON."],
    [
      { job_type: "terminal", resource_options: { memory_mb: 1 } },
      422,
      `Invalid resource options found: ["memory_mb: Value '1' not above minimum of 1024."]`,
    ],
  ])("of %j is refused in the contract's words", async (body, status, message) => {
    const workspaceId = await ground.workspace(1);
    const answer = await stoa.call("PUT", `/workspaces/${workspaceId}/start/`, { body });
    expect(answer).toMatchObject({ status, body: { success: false, message } });
    expect(await rows("select id from jobs where workspace_id = $1", [workspaceId])).toEqual([]);
  });

  it.each(["0", "99999999999999999999", "abc", "%00"])("in workspace %s finds none", async (id) => {
    const answer = await stoa.call("PUT", `/workspaces/${id}/start/`, { body: { job_type: "terminal" } });
    expect(answer.status).toBe(404);
    expect(answer.body.message).toMatch(/^Workspace .* not found for user\.$/);
  });

  it("in a workspace that is being deleted finds none", async () => {
    const workspaceId = await ground.workspace(1);
    await rows("update workspaces set status = 'deleting' where id = $1", [workspaceId]);
    expect(
      (await stoa.call("PUT", `/workspaces/${workspaceId}/start/`, { body: { job_type: "terminal" } })).status,
    ).toBe(404);
  });

  it("by others than admins is refused, with the reason, until sessions are kept apart", async () => {
    const workspaceId = await ground.workspace(2);
    const answer = await stoa.call("PUT", `/workspaces/${workspaceId}/start/`, {
      as: "ann",
      body: { job_type: "terminal" },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({ success: false, message: expect.stringContaining("STOA_LOCAL_ISOLATION=none") });
    const headers = { "accept-language": "fa" };
    const body = { workspace_id: workspaceId, job_type: "terminal" };
    const persian = await stoa.call("POST", "/api/stoa/v1/sessions", { as: "ann", body, headers });
    expect(persian).toMatchObject({
      status: 403,
      body: { code: "forbidden", detail: expect.stringContaining("نشست") },
    });
    const types = await stoa.call("GET", "/api/stoa/v1/session-types", { as: "ann" });
    expect(types.body.items[0].refused).toBe(answer.body.message);
    expect((await stoa.call("GET", "/api/stoa/v1/session-types")).body.items[0].refused).toBeNull();
  });
});

describe("a session", () => {
  it("is shown, opened and stopped by nobody else", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running");
    const as = "ann";
    expect((await stoa.call("GET", `/jobs/${jobId}/`, { as })).body).toEqual({
      success: true,
      message: "Job matching given parameters could not be found.",
      data: { jobs: [] },
    });
    expect(await stoa.call("PUT", `/jobs/${jobId}/stop/`, { as })).toMatchObject({
      status: 404,
      body: { message: `Job ${jobId} not found for user.` },
    });
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/log"],
      ["POST", "/ticket"],
      ["POST", "/stop"],
    ] as const) {
      expect((await stoa.call(method, `/api/stoa/v1/sessions/${jobId}${path}`, { as })).status).toBe(404);
    }
    expect((await stoa.call("GET", "/api/stoa/v1/sessions?all=true", { as })).status).toBe(403);
    const theirs = stoa.terminal(jobId, "zpat_ann");
    await expect.poll(() => theirs.closed()?.code).toBe(4404);
    const nobodys = stoa.terminal(jobId, "");
    await expect.poll(() => nobodys.closed()?.code).toBe(401);
    expect((await stoa.job(jobId)).status).toBe("running");
    const own = await stoa.call("GET", "/api/stoa/v1/sessions?all=true&limit=1");
    expect(own.body.items[0]).toMatchObject({ id: jobId, owner: { id: own.body.items[0].owner_id, username: "boss" } });
    expect((await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`)).body.url).toMatch(/^http:\/\/s-/);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });

  it("is refused to who brings no credential, in the contract's words", async () => {
    for (const path of ["/jobs/", "/jobs/1/"]) {
      expect((await stoa.call("GET", path, { as: "nobody" })).status).toBe(401);
    }
    const wrong = await stoa.call("GET", "/jobs/", { as: "nobody", headers: { "uws-authorization": "Token nope" } });
    expect(wrong).toMatchObject({ status: 401, body: { success: false, message: "Invalid token provided." } });
  });

  it("can't be stopped twice, nor otherwise changed", async () => {
    const { jobId } = await stoa.begin("local_test_job");
    await stoa.until(jobId, "running");
    expect((await stoa.call("PUT", `/jobs/${jobId}/pause/`)).body.message).toBe("Invalid PUT type passed.");
    expect((await stoa.call("PUT", `/jobs/${jobId}/stop/`)).status).toBe(200);
    const again = await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    expect(again).toMatchObject({ status: 400, body: { message: "This job is not running or pending." } });
  });

  it("is found by exact filters", async () => {
    const { jobId, workspaceId } = await stoa.begin("local_test_job");
    const job = await stoa.until(jobId, "running");
    const found = async (query: string) =>
      (await stoa.call("GET", `/jobs/?${query}`)).body.data.jobs.map((j: { id: number }) => j.id);
    expect(await found(`workspace_id=${workspaceId}`)).toEqual([jobId]);
    expect(await found(`resource_job_id=${job.resource_job_id}`)).toEqual([jobId]);
    expect(await found(`workspace_id=${workspaceId}&status=complete`)).toEqual([]);
    expect(await found("workspace_id=abc")).toEqual([]);
    expect(await found("status=%00")).toEqual([]);
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
  });
});

describe("the catalogue", () => {
  it("is public", async () => {
    const types = await stoa.call("GET", "/job_types/", { as: "nobody" });
    expect(types.body.data.job_types).toEqual({
      code: { id: "code", name: "VS Code" },
      jupyter_lab: { id: "jupyter_lab", name: expect.stringMatching(/^Jupyter/) },
      local_test_job: { id: "local_test_job", name: "Local Test Job" },
      terminal: { id: "terminal", name: "Terminal" },
    });
    const { parameters } = (await stoa.call("GET", "/parameters", { as: "nobody" })).body.data;
    expect(
      parameters.map((p: { variable_name: string; default_value: unknown }) => [p.variable_name, p.default_value]),
    ).toEqual([
      ["num_cpus", 1],
      ["memory_mb", 1024],
      ["time_limit_min", 180],
      ["gpu_enabled", false],
    ]);
  });
});

describe("the status socket", () => {
  it("tells the status at first and at each change; the token may come by any of its ways", async () => {
    const { jobId } = await stoa.begin("local_test_job");
    await stoa.until(jobId, "running");
    const ways = [
      stoa.socket(`/jobs/${jobId}/`, { "UWS-Authorization": "Token uws_boss" }),
      stoa.socket(`/jobs/${jobId}/?token=uws_boss`),
      stoa.socket(`/jobs/${jobId}`),
    ];
    ways[2]?.send(JSON.stringify({ token: "uws_boss" }));
    for (const way of ways) await expect.poll(() => way.frames[0]).toMatchObject({ status: "running" });
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    for (const way of ways) {
      await expect
        .poll(() => way.frames.at(-1), { timeout: 20_000 })
        .toMatchObject({
          status: "complete",
          current_job_details: { message: "Stopped by boss." },
        });
      expect(way.frames.map((frame) => frame.status)).toEqual(["running", "stopping", "complete"]);
      way.socket.close();
    }
  });

  it("is closed to others, and to nobody in particular", async () => {
    const { jobId } = await stoa.begin("local_test_job");
    const others = stoa.socket(`/jobs/${jobId}/?token=uws_ann`);
    const wrong = stoa.socket(`/jobs/${jobId}/?token=wrong`);
    await expect.poll(() => others.closed()?.code).toBe(4404);
    await expect.poll(() => wrong.closed()?.code).toBe(401);
    expect([...others.frames, ...wrong.frames]).toEqual([]);
    await stoa.until(jobId, "running");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await sleep(0);
  });
});

describe("a session that nothing was started for yet", () => {
  it("ends with its stop, and is never started", async () => {
    const workspaceId = await ground.workspace(1);
    // As the row is before its operation comes to it; there is none here, so none will.
    const [row] = await rows(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus)
       values (1, $1, 'terminal', 'local', 'node-a', gen_random_uuid(), 1) returning id`,
      [workspaceId],
    );
    const answer = await stoa.call("PUT", `/jobs/${row.id}/stop/`);
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: "Successful stop." } });
    expect(await stoa.job(row.id)).toMatchObject({ status: "complete", core_hours: "0.00000", datetime_start: null });
  });
});
