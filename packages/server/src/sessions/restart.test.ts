import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runs, useRestarts } from "./test-restarts.ts";

const restarts = useRestarts();
const { start, stop, rows, runFile } = restarts;
const identity = (jobId: number): { pid: number } => JSON.parse(readFileSync(runFile(jobId, "host.json"), "utf8"));

describe("a session outlives the server", () => {
  it("and shows what was printed meanwhile to the next one", async () => {
    const first = await start();
    const { jobId } = await first.begin("terminal");
    const tab = first.terminal(jobId);
    tab.type("(sleep 0.6; echo while-$((40 + 2))-away) &\n");
    await tab.until("&");
    await sleep(100);
    await stop(first);
    await sleep(700);

    const second = await start();
    expect((await second.job(jobId)).status).toBe("running");
    const again = second.terminal(jobId);
    await again.until("while-42-away");
    again.type("echo still-$((1 + 1))-here\n");
    await again.until("still-2-here");
    await second.call("PUT", `/jobs/${jobId}/stop/`);
    expect((await second.until(jobId, "complete")).job_details.current_job_details.message).toBe("Stopped by boss.");
  });

  it("and is settled by the next one when it ended in between, for the time it really ran", async () => {
    const first = await start();
    const { jobId } = await first.begin("terminal");
    const tab = first.terminal(jobId);
    tab.type("sleep 0.5; exit 4\n");
    await tab.until("exit 4");
    await stop(first);
    await expect.poll(() => existsSync(runFile(jobId, "exit.json")), { timeout: 20_000 }).toBe(true);
    await sleep(1500);
    const second = await start();
    const job = await second.until(jobId, "complete");
    const { endedAt } = JSON.parse(readFileSync(runFile(jobId, "exit.json"), "utf8"));
    expect(job.datetime_end).toBe(endedAt);
    expect(await rows("select exit_code from jobs where id = $1", [jobId])).toEqual([{ exit_code: 4 }]);
    const audited = await rows("select 1 from audit_entries where action = 'session.end' and subject_id = $1", [
      String(jobId),
    ]);
    expect(audited).toHaveLength(1);
  });
});

describe("a session whose host is killed", () => {
  it("has failed, at once and with the reason, and nothing of it is left", async () => {
    const server = await start();
    const { jobId } = await server.begin("terminal");
    const job = await server.until(jobId, "running");
    process.kill(identity(jobId).pid, "SIGKILL");
    const failed = await server.until(jobId, "failed", 10_000);
    expect(failed.job_details.current_job_details.message).toContain("This job has failed.");
    const own = await server.call("GET", `/api/stoa/v1/sessions/${jobId}`);
    expect(own.body.reason).toBe("The process that kept the session was ended from outside.");
    expect(runs(job.resource_job_id)).toBe(false);
  });

  it("before a restart is found by the next server", async () => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    await first.until(jobId, "running");
    await stop(first);
    const { pid } = identity(jobId);
    process.kill(pid, "SIGKILL");
    // The kernel takes its time: a server that looks sooner rightly sees it run.
    await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
    const second = await start();
    expect((await second.job(jobId)).status).toBe("failed");
  });

  it("or whose folder was cleared away has failed too", async () => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    await first.until(jobId, "running");
    await stop(first);
    process.kill(identity(jobId).pid, "SIGKILL");
    rmSync(runFile(jobId, ""), { recursive: true });
    const second = await start();
    expect((await second.job(jobId)).status).toBe("failed");
  });
});

describe("a session that takes long to be put in order", () => {
  it("holds up neither the start nor the others", async () => {
    const first = await start();
    const [slow, other] = [await first.begin("terminal"), await first.begin("terminal")];
    const { resource_job_id: pid } = await first.until(slow.jobId, "running");
    await first.until(other.jobId, "running");
    const tab = first.terminal(slow.jobId);
    tab.type(`exec sh -c 'trap "" TERM HUP; echo ignores-$((1 + 1)); while :; do sleep 0.2; done'\n`);
    await tab.until("ignores-2");
    await stop(first);
    const job = JSON.parse(readFileSync(runFile(slow.jobId, "job.json"), "utf8"));
    job.limits.graceSeconds = 60;
    writeFileSync(runFile(slow.jobId, "job.json"), JSON.stringify(job));
    process.kill(identity(slow.jobId).pid, "SIGKILL");
    const second = await start();
    expect(runs(pid)).toBe(true);
    await second.call("PUT", `/jobs/${other.jobId}/stop/`);
    await second.until(other.jobId, "complete");
    expect(runs(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
    await second.until(slow.jobId, "failed", 15_000);
  }, 60_000);
});

describe("an end that a session's owner has made up", () => {
  const exit = (startedAt: Date, endedAt: Date) =>
    JSON.stringify({
      ...{ cause: "exited", code: 0, signal: null, message: null, readyAt: null, tree: "gone" },
      ...{ startedAt, endedAt },
    });
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const bookOf = async (jobId: number): Promise<{ ended_at: Date; core_hours: string }> =>
    (await rows("select ended_at, core_hours from jobs where id = $1", [jobId]))[0];

  it("ends what goes on after it, which has run until now", async () => {
    const first = await start();
    const { jobId } = await first.begin("terminal");
    const { resource_job_id: pid } = await first.until(jobId, "running");
    const forged = exit(minutesAgo(60), minutesAgo(59));
    const tab = first.terminal(jobId);
    tab.type(`trap '' HUP; cd ${runFile(jobId, "")}; echo '${forged}' >x; mv x exit.json; echo is-$((1 + 1))-done\n`);
    await tab.until("is-2-done");
    await stop(first);
    expect(runs(pid)).toBe(true);
    const before = new Date();
    const second = await start();
    await second.until(jobId, "complete");
    expect(runs(pid)).toBe(false);
    expect((await bookOf(jobId)).ended_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it.each([
    ["before it was last looked after is one at that moment", minutesAgo(59), 10],
    ["in times to come is one now", new Date("2999-01-01"), 0],
  ])("%s", async (_what, told, minutes) => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    const { resource_job_id: pid } = await first.until(jobId, "running");
    await stop(first);
    const host = identity(jobId).pid;
    for (const one of [host, -pid]) process.kill(one, "SIGKILL");
    await expect.poll(() => runs(host) || runs(pid), { timeout: 20_000 }).toBe(false);
    writeFileSync(runFile(jobId, "exit.json"), exit(minutesAgo(60), told));
    await rows("update jobs set started_at = now() - interval '1 hour' where id = $1", [jobId]);
    await rows("update session_places set seen_at = now() - interval '10 minutes'");
    const second = await start();
    await second.until(jobId, "complete");
    const ago = (Date.now() - (await bookOf(jobId)).ended_at.getTime()) / 60_000;
    expect(ago).toBeGreaterThanOrEqual(minutes);
    expect(ago).toBeLessThan(minutes + 2);
  });
});

it("a session that tells that it is about to end can be stopped all the same, once", async () => {
  const server = await start();
  const { jobId } = await server.begin("terminal");
  const { resource_job_id: pid } = await server.until(jobId, "running");
  await rows("update jobs set status = 'stopping', ready = false where id = $1", [jobId]);
  expect((await server.call("PUT", `/jobs/${jobId}/stop/`)).status).toBe(200);
  expect((await server.call("PUT", `/jobs/${jobId}/stop/`)).status).toBe(400);
  await server.until(jobId, "complete");
  // A process that was killed is gone a moment later.
  await expect.poll(() => runs(pid)).toBe(false);
});

describe("a program that should not run", () => {
  it("is ended at the start: the database knows nothing of it", async () => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    const { resource_job_id: pid } = await first.until(jobId, "running");
    await stop(first);
    await rows("delete from jobs where id = $1", [jobId]);
    await start();
    await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
  });

  it("is ended at the start when its number is another session's now, which shows nothing of it", async () => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    const { resource_job_id: pid } = await first.until(jobId, "running");
    await stop(first);
    await rows("update jobs set marker = gen_random_uuid() where id = $1", [jobId]);
    const second = await start();
    expect((await second.job(jobId)).status).toBe("failed");
    await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
    const log = await second.call("GET", `/api/stoa/v1/sessions/${jobId}/log`);
    expect(log).toMatchObject({ status: 200, body: "" });
  });
});

describe("two servers on one node", () => {
  it("start a session once; a stop through one reaches the socket of the other", async () => {
    const [one, other] = [await start(), await start()];
    const { jobId } = await one.begin("local_test_job");
    await other.until(jobId, "running");
    const socket = other.socket(`/jobs/${jobId}/?token=uws_boss`);
    await expect.poll(() => socket.frames.length).toBe(1);
    await one.call("PUT", `/jobs/${jobId}/stop/`);
    await expect.poll(() => socket.frames.at(-1)?.status, { timeout: 20_000 }).toBe("complete");
    const ends = await rows("select 1 from audit_entries where action = 'session.end' and subject_id = $1", [
      String(jobId),
    ]);
    expect(ends).toHaveLength(1);
  });
});

describe("the name of the node", () => {
  it("may change: its sessions stay its own", async () => {
    const first = await start();
    const { jobId } = await first.begin("terminal");
    await first.until(jobId, "running");
    await stop(first);
    const renamed = await start({ nodeId: "node-b" });
    const tab = renamed.terminal(jobId);
    tab.type("echo also-$((3 * 3))-here\n");
    await tab.until("also-9-here");
    await renamed.call("PUT", `/jobs/${jobId}/stop/`);
    await renamed.until(jobId, "complete");
  });

  it("may be another server's too, which then leaves these sessions alone", async () => {
    const first = await start();
    const { jobId } = await first.begin("terminal");
    await first.until(jobId, "running");
    const dataDir = join(restarts.ground.dataDir, "elsewhere");
    mkdirSync(dataDir);
    const stranger = await start({ dataDir });
    await sleep(200);
    expect((await stranger.job(jobId)).status).toBe("running");
    const tab = stranger.terminal(jobId);
    await expect.poll(() => tab.closed()?.code).toBe(4409);
    await first.call("PUT", `/jobs/${jobId}/stop/`);
    await first.until(jobId, "complete");
  });

  it("with a new data directory says of what ran from the old one that it is lost", async () => {
    const first = await start();
    const { jobId } = await first.begin("local_test_job");
    await first.until(jobId, "running");
    await stop(first);
    await rows("update session_places set seen_at = now() - interval '1 minute'");
    const dataDir = join(restarts.ground.dataDir, "replaced");
    mkdirSync(dataDir);
    const next = await start({ dataDir });
    expect((await next.job(jobId)).status).toBe("failed");
    const own = await next.call("GET", `/api/stoa/v1/sessions/${jobId}`);
    expect(own.body.reason).toBe("The data directory that it ran from is gone.");
    const log = await next.call("GET", `/api/stoa/v1/sessions/${jobId}/log`);
    expect(log.status).toBe(409);
    expect(JSON.stringify(log.body)).toContain("Its output was not kept: it stayed with the data directory");
    await rows("delete from session_places");
  });
});
