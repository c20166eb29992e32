import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobType } from "./job-types/contract.ts";
import { jobTypesWith } from "./job-types/registry.ts";
import type { SessionTarget } from "./passthrough/contract.ts";
import { createGround, type Ground } from "./test-ground.ts";
import { startSessions, type TestSessions } from "./test-sessions-server.ts";

const SCRIPT = `
setTimeout(() => {
  require("node:http").createServer((req, res) => res.end("program at " + req.url)).listen(process.env.STOA_SESSION_SOCKET);
}, 600);`;

const web: JobType = {
  id: "test_web",
  name: "Test web",
  icon: "flask",
  parameters: [],
  program: "plain",
  web: "program",
  readiness: "listening",
  protection: "unix-socket",
  fails: "on-error-status",
  command: () => [process.execPath, "-e", SCRIPT],
};
const failing: JobType = { ...web, id: "failing", web: "none", readiness: "started", command: () => ["/bin/false"] };
const missing: JobType = { ...failing, id: "missing", command: () => ["/no/such/program"] };

let ground: Ground;
let stoa: TestSessions;

beforeAll(async () => {
  ground = await createGround();
  const limits = { sessionsPerPerson: 2 };
  stoa = await startSessions(ground, { extraJobTypes: [web, failing, missing], localIsolation: "none", limits });
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, path, agent: false }, async (res) => {
      let text = "";
      for await (const part of res) text += String(part);
      resolve(text);
    });
    req.on("error", reject).end();
  });
}

function socketOf(target: SessionTarget | null): string {
  if (!target?.connect || !("socketPath" in target.connect)) throw new Error("It listens on no socket.");
  return target.connect.socketPath;
}

describe("a session with a web program", () => {
  it("is ready when the program listens, and is found where it does", async () => {
    const { jobId } = await stoa.begin("test_web");
    const job = await stoa.until(jobId, "running");
    expect(job.job_details.current_job_details).toMatchObject({
      message: "Webserver not ready.",
      connection_details: { url_path: "", url_domain: "" },
    });
    expect((await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`)).body.opens).toBe("program");
    await expect
      .poll(async () => (await stoa.job(jobId)).job_details.current_job_details.message, { timeout: 20_000 })
      .toBe("Webserver ready.");
    const { metrics } = (await stoa.job(jobId)).job_details;
    expect(metrics.time_init).toBeGreaterThan(0.3);
    const target = await stoa.sessions.targets.find(jobId);
    // What is known is told at once: each request of a page asks for it.
    await expect.poll(() => stoa.sessions.targets.find(jobId) instanceof Promise).toBe(false);
    expect(target).toMatchObject({ jobId, ownerId: 1, nodeId: "node-a", state: "running", ready: true });
    const socketPath = socketOf(target);
    expect(Buffer.byteLength(socketPath)).toBeLessThan(107);
    expect(await get(socketPath, "/x?y=1")).toBe("program at /x?y=1");

    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
    expect(await stoa.sessions.targets.find(jobId)).toMatchObject({ state: "complete", ready: false, connect: null });
    expect((await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`)).status).toBe(409);
  });

  it("can be the terminal's own page", async () => {
    const { jobId } = await stoa.begin("terminal");
    await stoa.until(jobId, "running");
    const target = await stoa.sessions.targets.find(jobId);
    const socketPath = socketOf(target);
    expect(await get(socketPath, "/")).toContain("terminal.js");
    // What a host obeys the server in is not to be had there.
    expect(await get(socketPath, "/status")).not.toContain("hostPid");
    await stoa.call("PUT", `/jobs/${jobId}/stop/`);
    await stoa.until(jobId, "complete");
  });

  it("that nobody started is found nowhere", async () => {
    expect(await stoa.sessions.targets.find(999_999)).toBeNull();
  });
});

describe("a program that goes wrong", () => {
  it("fails with its status when it ends with one", async () => {
    const { jobId } = await stoa.begin("failing");
    const job = await stoa.until(jobId, "failed");
    expect(job.job_details.current_job_details.message).toContain("This job has failed.");
    const own = await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`);
    expect(own.body).toMatchObject({ exit_status: 1, reason: "Its program ended with status 1." });
  });

  it("fails with the reason when it isn't there", async () => {
    const { jobId } = await stoa.begin("missing");
    await stoa.until(jobId, "failed");
    const own = await stoa.call("GET", `/api/stoa/v1/sessions/${jobId}`);
    expect(own.body).toMatchObject({ exit_status: null, started_at: null, core_hours: "0.00000" });
    expect(own.body.reason).toContain("/no/such/program is not installed");
  });
});

describe("where everybody trusts everybody", () => {
  it("other people may start sessions, up to their number, also all at once", async () => {
    const workspaces = await Promise.all([1, 2, 3, 4].map(() => ground.workspace(2)));
    const body = { job_type: "local_test_job" };
    const answers = await Promise.all(
      workspaces.map((id) => stoa.call("PUT", `/workspaces/${id}/start/`, { as: "ann", body })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 409, 409]);
    const refusal = answers.find((answer) => answer.status === 409);
    expect(refusal?.body.message).toBe(
      "You have 2 sessions, and 2 at once are allowed (STOA_SESSIONS_PER_PERSON). Stop one first.",
    );
    for (const answer of answers.filter((one) => one.status === 200)) {
      const path = `/jobs/${answer.body.data.job.id}/stop/`;
      expect((await stoa.call("PUT", path, { as: "ann" })).status).toBe(200);
    }
  });
});

describe("a job type", () => {
  it("that contradicts itself or protects nothing stops the start", () => {
    expect(() => jobTypesWith([{ ...web, readiness: "started" }])).toThrow("test_web");
    expect(() => jobTypesWith([{ ...web, protection: "no-port" }])).toThrow("kept from others");
  });
});
