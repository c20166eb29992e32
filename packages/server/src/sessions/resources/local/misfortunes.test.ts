import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identify, isRunning, readStat } from "../../host/process-identity.ts";
import { findTree } from "../../host/process-tree.ts";
import type { LaunchRequest, Resource } from "../contract.ts";
import { createLocalResource } from "./local.ts";

const limits = { scrollbackBytes: 64_000, logBytes: 200_000, graceSeconds: 0.3, lingerSeconds: 0 };
const isRoot = process.getuid?.() === 0;

let root: string;
let resource: Resource;
let jobs: LaunchRequest[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stoa-misfortune-"));
  mkdirSync(join(root, "work"));
  resource = createLocalResource({ runDirectory: join(root, "run"), limits });
});
afterEach(async () => {
  for (const { jobId } of jobs) await resource.stop(jobId, "The test is over.");
  jobs = [];
  resource.close();
  rmSync(root, { recursive: true, force: true });
});

async function start(script: string, changes: Partial<LaunchRequest> = {}): Promise<LaunchRequest> {
  const request: LaunchRequest = {
    jobId: jobs.length + 1,
    ownerId: 1,
    marker: randomUUID(),
    kind: "plain",
    command: ["/bin/sh", "-c", script],
    cwd: join(root, "work"),
    env: { PATH: "/usr/bin:/bin" },
    web: "none",
    listens: "socket",
    prepare: [],
    writable: [],
    cpus: 1,
    memoryBytes: 2 ** 30,
    timeLimitSeconds: null,
    ...changes,
  };
  jobs.push(request);
  await resource.start(request);
  return request;
}
const file = (jobId: number, name: string): string => join(root, "run", String(jobId), name);
const read = (jobId: number, name: string) => JSON.parse(readFileSync(file(jobId, name), "utf8"));
const tree = (job: LaunchRequest): number =>
  findTree({ marker: job.marker, root: null, spare: [read(job.jobId, "host.json").pid as number] }).length;
function lives(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && isRunning(stat);
}
async function ended(jobId: number) {
  await expect.poll(async () => (await resource.observe(jobId)).state, { timeout: 10_000 }).toBe("ended");
  return resource.observe(jobId);
}

describe("a machine that was restarted while a session ran", () => {
  it("ends it with that as the reason, at the time of its last sign, and touches nothing that has its numbers now", async () => {
    // Without the mark that its processes carry: what has its numbers after a boot carries none.
    const job = await start("exec env -i sleep 60");
    const host = read(job.jobId, "host.json");
    const child = read(job.jobId, "child.json");
    await expect.poll(() => tree(job)).toBe(0);
    // After a boot these numbers may be anybody's: here they are, those of the very processes, under another boot.
    writeFileSync(file(job.jobId, "host.json"), JSON.stringify({ ...host, bootId: randomUUID() }));
    const now = Date.now();
    const end = await ended(job.jobId);
    expect(end).toMatchObject({ cause: "vanished", message: "The machine was restarted while it ran." });
    if (end.state === "ended") expect(Date.parse(end.endedAt)).toBeLessThanOrEqual(now + 50);
    expect([lives(host.pid), lives(child.pid)]).toEqual([true, true]);
    for (const pid of [host.pid, child.pid]) process.kill(pid, "SIGKILL");
  });
});

describe("a number that another process has now", () => {
  it("is not taken for the host's, nor the program's, and its process is left alone", async () => {
    const job = await start("sleep 60");
    const real = read(job.jobId, "host.json");
    const child = read(job.jobId, "child.json");
    for (const pid of [real.pid, child.pid]) process.kill(pid, "SIGKILL");
    const other = spawn("sleep", ["60"], { detached: true });
    const { pid = 0 } = other;
    const mine = identify(pid);
    // Begun an hour earlier than the process that has the number.
    const startTime = String(Number(mine?.startTime) - 360_000);
    writeFileSync(file(job.jobId, "host.json"), JSON.stringify({ ...mine, startTime }));
    writeFileSync(file(job.jobId, "child.json"), JSON.stringify({ ...child, pid, startTime }));
    expect(await ended(job.jobId)).toMatchObject({ cause: "vanished" });
    await resource.stop(job.jobId, "again");
    expect(lives(pid)).toBe(true);
    other.kill("SIGKILL");
  });
});

describe("a program that never listens", () => {
  it("runs, is never ready, and can be stopped", async () => {
    const job = await start("sleep 60", { web: "program" });
    await sleep(700);
    expect(await resource.observe(job.jobId)).toMatchObject({ state: "running", ready: false, readyAt: null });
    await resource.stop(job.jobId, "enough");
    expect(await ended(job.jobId)).toMatchObject({ cause: "stopped", readyAt: null });
  });
});

describe("a host that was killed", () => {
  it("takes what it began with it, also what forked away", async () => {
    const job = await start("trap '' TERM HUP; (setsid sh -c 'trap \"\" TERM HUP; sleep 60; sleep 60' &); sleep 60");
    await expect.poll(() => tree(job)).toBeGreaterThanOrEqual(3);
    process.kill(read(job.jobId, "host.json").pid, "SIGKILL");
    expect(await ended(job.jobId)).toMatchObject({
      cause: "vanished",
      message: "The process that kept the session was ended from outside.",
    });
    expect(tree(job)).toBe(0);
  });
});

/** A disk of its own, of one MiB; only root can mount one. */
describe.runIf(isRoot)("a session that fills its disk", () => {
  it("goes on, is stopped all the same, and its end is written once there is room", async () => {
    const small = join(root, "run");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    // The folder was opened before the disk was put over it.
    resource.close();
    resource = createLocalResource({ runDirectory: small, limits });
    try {
      // Not before its start has been written down: one that finds no room for that has not begun.
      const job = await start(
        `until [ -e ${small}/go ]; do sleep 0.05; done; cat /dev/zero > ${small}/big; echo full; exec sleep 60`,
      );
      writeFileSync(`${small}/go`, "");
      await expect.poll(() => existsSync(`${small}/big`)).toBe(true);
      await sleep(300);
      expect(await resource.observe(job.jobId)).toMatchObject({ state: "running" });
      const stopped = resource.stop(job.jobId, "It filled the disk.");
      await expect.poll(() => tree(job), { timeout: 20_000 }).toBe(0);
      rmSync(`${small}/big`);
      await stopped;
      expect(await ended(job.jobId)).toMatchObject({ cause: "stopped", message: "It filled the disk." });
    } finally {
      await resource.stop(1, "The test is over.");
      resource.close();
      execFileSync("umount", ["-l", small]);
      resource = createLocalResource({ runDirectory: small, limits });
    }
  }, 20_000);
});
