import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProcesses } from "../../../platform/processes/processes.ts";
import { createTestBroker, isRoot, type TestBroker } from "../../../platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import type { ControlGroup, JobFile } from "../../host/job-file.ts";
import { isRunning, readStat } from "../../host/process-identity.ts";
import type { LaunchRequest, Resource } from "../contract.ts";
import { createLocalResource } from "./local.ts";

const MIB = 2 ** 20;
const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2, processes: 60 };

/** Programs that take more than they may, under people's own accounts; only root has those. CI runs as root. */
describe.runIf(isRoot)("a session's share, kept by root", () => {
  let broker: TestBroker;
  let database: TestDatabase;
  let resource: Resource;
  let cwd: string;
  let uid: number;
  let lastId = 100;

  beforeAll(async () => {
    [broker, database] = await Promise.all([createTestBroker(), createTestDatabase()]);
    const log = pino({ level: "silent" });
    const audit = { record: async () => undefined };
    const people = createProcesses({ db: database.db, audit, link: broker.link, range: broker.range, log });
    resource = createLocalResource({ runDirectory: join(broker.dataDir, "run/sessions"), limits, people });
    cwd = mkdtempSync(join(tmpdir(), "stoa-share-"));
    ({ uid } = await people.accountOf(1));
    chownSync(cwd, uid, uid);
  });
  afterAll(async () => {
    resource.close();
    await broker.close();
    await database.drop();
    rmSync(cwd, { recursive: true, force: true });
  });

  async function start(script: string): Promise<LaunchRequest> {
    const request: LaunchRequest = {
      jobId: ++lastId,
      ownerId: 1,
      marker: randomUUID(),
      kind: "plain",
      command: ["/bin/sh", "-c", script],
      cwd,
      env: { PATH: "/usr/bin:/bin" },
      web: "none",
      listens: "socket",
      prepare: [],
      writable: [],
      cpus: 0.5,
      memoryBytes: 200 * MIB,
      timeLimitSeconds: null,
    };
    await resource.start(request);
    return request;
  }
  const inRun = (jobId: number, name: string): string =>
    readFileSync(join(broker.dataDir, "run/sessions", String(jobId), name), "utf8");
  function groupOf(jobId: number): ControlGroup {
    const { cgroup } = (JSON.parse(inRun(jobId, "job.json")) as JobFile).allowance ?? {};
    if (!cgroup) throw new Error("it has no control group");
    return cgroup;
  }
  const pidsIn = (folder: string): number[] =>
    existsSync(folder)
      ? readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number)
      : [];
  const output = async (jobId: number): Promise<string> => (await resource.output(jobId, 0, 10_000)).bytes.toString();
  async function ended(jobId: number) {
    await expect.poll(async () => (await resource.observe(jobId)).state, { timeout: 15_000 }).toBe("ended");
    const seen = await resource.observe(jobId);
    if (seen.state !== "ended") throw new Error("it runs again");
    return seen;
  }
  const theirs = (): string[] =>
    readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/status`, "utf8").includes(`\nUid:\t${uid}\t`);
      } catch {
        return false;
      }
    });

  it("is told: by what it is kept, and how it is ended", async () => {
    const { jobId } = await start("sleep 60");
    const seen = await resource.observe(jobId);
    const means = seen.state === "running" ? seen.means : null;
    expect(means?.limits).toMatch(/^cgroup-v[12]$/);
    expect(means?.ending).toMatch(/^cgroup-(kill|freezer)$/);
    await resource.stop(jobId, "enough");
    await expect.poll(() => existsSync(groupOf(jobId).processes)).toBe(false);
  });

  it("ends one that needs more memory, with the figures, and its host tells so", async () => {
    const { jobId } = await start("head -c 400M /dev/zero | tail");
    const end = await ended(jobId);
    expect(end).toMatchObject({ cause: "over_limit" });
    expect(end.message).toMatch(
      /^It needed more memory than it may have: it took (19\d|200) MiB, and 200 MiB are allowed\.$/,
    );
  }, 20_000);

  it("lets one that lost a process for want of memory go on", async () => {
    const { jobId } = await start("(head -c 400M /dev/zero | tail) ; echo lost $?; exec sleep 60");
    await expect.poll(() => output(jobId), { timeout: 15_000 }).toContain("lost 137");
    expect((await resource.observe(jobId)).state).toBe("running");
    await resource.stop(jobId, "enough");
  }, 20_000);

  it("stops a fork bomb at its number, and takes all of it away", async () => {
    const { jobId } = await start("(while :; do sleep 1000 & done) 2>/dev/null; exec sleep 1000");
    const group = groupOf(jobId);
    await expect.poll(() => pidsIn(group.processes).length, { timeout: 10_000 }).toBeGreaterThan(50);
    expect(pidsIn(group.processes).length).toBeLessThanOrEqual(60);
    await resource.stop(jobId, "enough");
    expect(pidsIn(group.processes)).toEqual([]);
  }, 20_000);

  it("keeps one to its processor time", async () => {
    const { jobId } = await start("timeout 2 sh -c 'while :; do :; done'; cat /proc/$$/stat; exec sleep 60");
    await expect.poll(() => output(jobId), { timeout: 15_000 }).toContain("(sh)");
    const ticks = (await output(jobId)).split(" ").slice(15, 17).map(Number);
    // Half a core for two seconds is a hundred ticks; unbounded it would be two hundred.
    expect((ticks[0] ?? 0) + (ticks[1] ?? 0)).toBeLessThan(150);
    expect((ticks[0] ?? 0) + (ticks[1] ?? 0)).toBeGreaterThan(10);
    await resource.stop(jobId, "enough");
  }, 20_000);

  /** As far as a person can get: out of the program's group, into what is above it. @returns what hides */
  function hide(group: ControlGroup): number {
    const hidden = pidsIn(group.processes).at(-1) ?? 0;
    try {
      writeFileSync(join(dirname(group.processes), "cgroup.procs"), String(hidden));
    } catch {
      // not even that far
    }
    return hidden;
  }
  function lives(pid: number): boolean {
    const stat = readStat(pid);
    return stat !== null && isRunning(stat);
  }

  const deaf = "trap '' TERM HUP INT; while :; do sleep 1; done";
  const hides = `(env -i PATH=/usr/bin:/bin setsid sh -c "(setsid sh -c \\"${deaf}\\" &)" &)`;

  it("leaves nothing of what forked away twice, cleaned its environment and ignores TERM", async () => {
    const { jobId } = await start(`${hides}; sleep 60`);
    const group = groupOf(jobId);
    await expect.poll(() => pidsIn(group.processes).length).toBeGreaterThanOrEqual(3);
    const hidden = hide(group);
    await resource.stop(jobId, "enough");
    expect([pidsIn(group.processes), pidsIn(dirname(group.processes))]).toEqual([[], []]);
    expect(lives(hidden)).toBe(false);
  }, 20_000);

  it("leaves nothing of it when the host was killed, nor when it hid beside its host", async () => {
    const { jobId } = await start(`${hides}; sleep 60`);
    const group = groupOf(jobId);
    await expect.poll(() => pidsIn(group.processes).length).toBeGreaterThanOrEqual(3);
    const hidden = hide(group);
    process.kill((JSON.parse(inRun(jobId, "host.json")) as { pid: number }).pid, "SIGKILL");
    expect(await ended(jobId)).toMatchObject({ cause: "vanished" });
    expect([pidsIn(group.processes), pidsIn(dirname(group.processes))]).toEqual([[], []]);
    expect(lives(hidden)).toBe(false);
  }, 20_000);

  it("can't be raised, nor left, by its person", async () => {
    const { jobId } = await start("echo begun; exec sleep 60");
    const group = groupOf(jobId);
    const tries = group.enter.flatMap((folder) => [
      ...["memory.max", "memory.limit_in_bytes", "pids.max", "cpu.max", "cpu.cfs_quota_us"].map(
        (name) => `[ ! -e ${folder}/${name} ] || ! echo 99999999999 > ${folder}/${name} || echo raised`,
      ),
      `! mkdir ${folder}/own || echo made`,
      `! echo 0 > ${dirname(dirname(folder))}/cgroup.procs || echo left`,
    ]);
    const other = await start(`(${tries.join("; ")}) 2>/dev/null; echo tried; exec sleep 60`);
    await expect.poll(() => output(other.jobId)).toContain("tried");
    expect(await output(other.jobId)).toBe("tried\n");
    for (const one of [jobId, other.jobId]) await resource.stop(one, "enough");
  }, 20_000);

  it("leaves no process of theirs behind, nor a group", async () => {
    await expect.poll(() => theirs().length, { timeout: 10_000 }).toBe(0);
  }, 15_000);
});
