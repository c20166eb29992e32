import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { loseWorkers } from "../testing/lose-workers.ts";
import { runs, useRestarts } from "./test-restarts.ts";

const restarts = useRestarts();
const { start, runFile } = restarts;

describe("kill -9 of the server", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  const spawnServer = async (env: Record<string, string> = {}): Promise<{ child: ChildProcess; base: string }> => {
    const script = fileURLToPath(new URL("./test-server-process.ts", import.meta.url));
    const child = spawn(process.execPath, [script, restarts.ground.database.url, restarts.ground.dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    children.push(child);
    const [line] = await once(createInterface(child.stdout as NonNullable<typeof child.stdout>), "line");
    return { child, base: String(line) };
  };
  const put = async (base: string, path: string, body?: object) => {
    const answer = await fetch(base + path, {
      method: "PUT",
      headers: { Authorization: "Bearer zpat_boss", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as { data: { job: { id: number } } };
  };

  it("around a start loses no session and starts none twice", async () => {
    const shell = join(restarts.ground.dataDir, "counting-shell");
    const started = join(restarts.ground.dataDir, "started.txt");
    writeFileSync(shell, `#!/bin/sh\necho "$STOA_JOB_ID" >> ${started}\nexec sleep 60\n`, { mode: 0o755 });
    const jobs: number[] = [];
    for (const delay of [0, 25, 60, 110]) {
      const { child, base } = await spawnServer({ SHELL: shell });
      const workspaceId = await restarts.ground.workspace(1);
      const answer = await put(base, `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
      jobs.push(answer.data.job.id);
      await sleep(delay);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    process.env.SHELL = shell;
    await loseWorkers(restarts.ground.database.pool);
    const server = await start();
    for (const jobId of jobs) await server.until(jobId, "running", 30_000);
    const counted = (): number[] =>
      readFileSync(started, "utf8")
        .trim()
        .split("\n")
        .map(Number)
        .sort((a, b) => a - b);
    await expect.poll(counted).toEqual(jobs);
    // None of them is started a second time.
    await sleep(300);
    expect(counted()).toEqual(jobs);
    for (const jobId of jobs) await server.call("PUT", `/jobs/${jobId}/stop/`);
    process.env.SHELL = "/bin/sh";
  }, 120_000);

  it("around a stop leaves nothing running", async () => {
    const { child, base } = await spawnServer();
    const workspaceId = await restarts.ground.workspace(1);
    const { id: jobId } = (await put(base, `/workspaces/${workspaceId}/start/`, { job_type: "terminal" })).data.job;
    await expect.poll(() => existsSync(runFile(jobId, "child.json")), { timeout: 20_000 }).toBe(true);
    const { pid } = JSON.parse(readFileSync(runFile(jobId, "child.json"), "utf8"));
    await put(base, `/jobs/${jobId}/stop/`);
    child.kill("SIGKILL");
    await once(child, "exit");
    await loseWorkers(restarts.ground.database.pool);
    const server = await start();
    expect((await server.until(jobId, "complete")).job_details.current_job_details.message).toBe("Stopped by boss.");
    expect(runs(pid)).toBe(false);
  });
});

describe("while the database is away", () => {
  it("an open terminal goes on, and its end is written down afterwards", async () => {
    const server = await start();
    const { jobId } = await server.begin("terminal");
    const tab = server.terminal(jobId);
    // The shell's prompt, as root and as anybody else.
    await tab.until(process.getuid?.() === 0 ? "# " : "$ ");
    await server.until(jobId, "running");
    const name = new URL(restarts.ground.database.url).pathname.slice(1);
    const gate = async (open: boolean): Promise<void> => {
      const admin = await adminClient();
      await admin.query(`alter database ${name} connection limit ${open ? -1 : 0}`);
      if (!open) await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
      await admin.end();
    };
    await gate(false);
    try {
      tab.type("echo without-$((20 + 3))-database\n");
      await tab.until("without-23-database");
      expect((await server.call("PUT", `/jobs/${jobId}/stop/`)).status).toBe(503);
      tab.type("exit 0\n");
      await expect.poll(() => tab.frames.at(-1)?.type, { timeout: 20_000 }).toBe("exit");
    } finally {
      await gate(true);
    }
    await server.until(jobId, "complete", 15_000);
  }, 40_000);
});

async function adminClient() {
  const { default: pg } = await import("pg");
  const url = new URL(restarts.ground.database.url);
  url.pathname = "/stoa";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}
