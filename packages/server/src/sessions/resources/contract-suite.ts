import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Means } from "../host/job-file.ts";
import { type Ended, type LaunchRequest, type Observation, type Resource, ResourceError } from "./contract.ts";
import { describeSeparation } from "./testing-separation.ts";

export interface Driver {
  readonly resource: Resource;
  /** The same resource as another server process (or this one after a restart) sees it. */
  reopen(): Resource;
  /** Makes the job's host go away without a word. Absent where that can't be done. */
  kill?(jobId: number): Promise<void>;
  /** Lets the jobs' owner (account 1) work in a folder of the test's. Absent where they run as the test itself. */
  lend?(folder: string): Promise<void>;
  /** By what its jobs are kept apart. Absent: the driver can't tell. */
  readonly expected?: Pick<Means, "isolation" | "network">;
  /** A folder that enclosed jobs don't see. Absent: there is none. */
  readonly hidden?: string;
  close(): Promise<void>;
}

/** Holds a driver to every sentence of `contract.ts`. */
export function describeResource(name: string, open: () => Promise<Driver>): void {
  describe(`resource ${name}`, () => {
    let driver: Driver;
    let cwd: string;
    let lastId = 100;
    const used: number[] = [];

    beforeAll(async () => {
      driver = await open();
      cwd = mkdtempSync(join(tmpdir(), "stoa-resource-"));
      await driver.lend?.(cwd);
    });
    afterEach(async () => {
      for (const jobId of used.splice(0)) await driver.resource.stop(jobId, "The test is over.");
    });
    afterAll(async () => {
      await driver.close();
      rmSync(cwd, { recursive: true, force: true });
    });

    const newJob = (script: string, more: Partial<LaunchRequest> = {}): LaunchRequest => {
      const jobId = ++lastId;
      used.push(jobId);
      return {
        jobId,
        ownerId: 1,
        marker: randomUUID(),
        kind: "plain",
        command: ["/bin/sh", "-c", script],
        cwd,
        env: { PATH: "/usr/bin:/bin", SPECIAL: "given" },
        web: "none",
        listens: "socket",
        prepare: [],
        writable: [],
        cpus: 1,
        memoryBytes: 2 ** 30,
        timeLimitSeconds: null,
        ...more,
      };
    };
    const started = async (script: string, more: Partial<LaunchRequest> = {}): Promise<number> => {
      const job = newJob(script, more);
      await driver.resource.start(job);
      return job.jobId;
    };
    const until = async (jobId: number, state: Observation["state"], resource = driver.resource) => {
      for (const limit = Date.now() + 30_000; ; await sleep(20)) {
        const seen = await resource.observe(jobId);
        if (seen.state === state) return seen;
        if (Date.now() > limit) throw new Error(`job ${jobId} is ${JSON.stringify(seen)}, not ${state}`);
      }
    };
    const ended = async (jobId: number): Promise<Ended> => (await until(jobId, "ended")) as Ended;
    const runs = (file: string): number => readFileSync(join(cwd, file), "utf8").split("\n").length - 1;

    it("knows nothing of a job that was never started", async () => {
      expect(await driver.resource.observe(1)).toEqual({ state: "absent" });
      expect((await driver.resource.output(1, 0, 100)).bytes.length).toBe(0);
      await driver.resource.forget(1);
    });

    it("runs a program in its folder, with its environment and nothing else of ours", async () => {
      process.env.STOA_TEST_SECRET = "not for programs";
      const jobId = await started("pwd; env");
      const end = await ended(jobId);
      expect(end).toMatchObject({ cause: "exited", code: 0, signal: null });
      expect(Date.parse(end.endedAt)).toBeGreaterThanOrEqual(Date.parse(end.startedAt ?? ""));
      const text = (await driver.resource.output(jobId, 0, 10_000)).bytes.toString();
      expect(text.split("\n")[0]).toBe(cwd);
      expect(text).toContain("SPECIAL=given");
      expect(text).not.toContain("not for programs");
      delete process.env.STOA_TEST_SECRET;
    });

    it("tells when it runs, and by which number", async () => {
      const seen = await until(await started("sleep 30"), "running");
      expect(seen).toMatchObject({ ready: true, resourceJobId: expect.any(Number) });
      expect(Math.abs(Date.now() - Date.parse((seen as { startedAt: string }).startedAt))).toBeLessThan(10_000);
    });

    it("keeps the exit status and the last output of a program that dies at once", async () => {
      const jobId = await started("echo last words; exit 7");
      expect(await ended(jobId)).toMatchObject({ cause: "exited", code: 7 });
      expect((await driver.resource.output(jobId, 0, 100)).bytes.toString()).toBe("last words\n");
      expect((await driver.resource.output(jobId, 5, 3)).bytes.toString()).toBe("wor");
      expect((await driver.resource.output(jobId, -6, 100)).bytes.toString()).toBe("words\n");
      expect(await driver.resource.output(jobId, 999, 100)).toMatchObject({ total: 11 });
    });

    it("says so when a program kills itself, or isn't there", async () => {
      expect(await ended(await started("kill -SEGV $$"))).toMatchObject({ code: null, signal: "SIGSEGV" });
      const end = await ended(await started("", { command: ["/no/such/program"] }));
      expect(end).toMatchObject({ cause: "spawn_failed", startedAt: null });
      expect(end.message).toContain("/no/such/program");
    });

    it("starts nothing twice, whoever asks and however often", async () => {
      const job = newJob("echo run >> twice; sleep 30");
      await Promise.all([driver.resource, driver.reopen(), driver.reopen()].map((resource) => resource.start(job)));
      await driver.resource.start(job);
      await until(job.jobId, "running");
      await sleep(300);
      expect(runs("twice")).toBe(1);
    });

    it("does not start again what has ended", async () => {
      const job = newJob("echo run >> ended");
      await driver.resource.start(job);
      await ended(job.jobId);
      await driver.resource.start(job);
      await sleep(300);
      expect(runs("ended")).toBe(1);
    });

    it("never starts what was stopped before", async () => {
      const job = newJob("echo run > never");
      await driver.resource.stop(job.jobId, "Changed my mind.");
      await driver.resource.start(job);
      expect(await ended(job.jobId)).toMatchObject({ cause: "never_started", message: "Changed my mind." });
      expect(() => runs("never")).toThrow();
    });

    it("ends the whole tree and only then resolves; again is nothing", async () => {
      const jobId = await started(
        "trap '' TERM; setsid sh -c 'trap \"\" TERM HUP; while :; do date > alive; sleep 0.05; done' & wait",
      );
      await until(jobId, "running");
      await sleep(200);
      await driver.resource.stop(jobId, "Enough.");
      expect(await driver.resource.observe(jobId)).toMatchObject({
        state: "ended",
        cause: "stopped",
        message: "Enough.",
      });
      rmSync(join(cwd, "alive"), { force: true });
      await sleep(200);
      expect(() => runs("alive")).toThrow();
      await driver.resource.stop(jobId, "Again.");
      expect(await driver.resource.observe(jobId)).toMatchObject({ message: "Enough." });
    });

    it("leaves other jobs alone when it stops one", async () => {
      const [one, other] = [await started("sleep 30"), await started("sleep 30")];
      await driver.resource.stop(one, "This one.");
      expect(await driver.resource.observe(other)).toMatchObject({ state: "running" });
    });

    it("ends a job at its time limit by itself", async () => {
      expect(await ended(await started("sleep 30", { timeLimitSeconds: 1 }))).toMatchObject({ cause: "time_limit" });
    });

    it("takes another time limit while it runs, counted from its start, and tells of it", async () => {
      const jobId = await started("sleep 30", { timeLimitSeconds: 2 });
      const seen = await until(jobId, "running");
      if (!("timeLimitSeconds" in seen)) return; // a driver that can't says so by leaving it out
      expect(seen.timeLimitSeconds).toBe(2);
      const heard = Promise.withResolvers<void>();
      const unwatch = driver.resource.watch(jobId, heard.resolve);
      expect(await driver.resource.limit(jobId, 600)).toBe(true);
      expect(await driver.resource.limit(jobId, 600)).toBe(true);
      await heard.promise;
      unwatch();
      expect(await driver.reopen().observe(jobId)).toMatchObject({ state: "running", timeLimitSeconds: 600 });
      await sleep(2200);
      expect(await driver.resource.observe(jobId)).toMatchObject({ state: "running" });
      // One that is over by now ends it.
      await driver.resource.limit(jobId, 1);
      expect(await ended(jobId)).toMatchObject({ cause: "time_limit" });
      expect(await driver.resource.limit(jobId, 600)).toBe(false);
      expect(await driver.resource.limit(987_654, 600)).toBe(false);
    });

    it("tells whoever begins to watch once at the beginning", async () => {
      const jobId = await started("sleep 30");
      await until(jobId, "running");
      const heard = Promise.withResolvers<void>();
      const unwatch = driver.resource.watch(jobId, heard.resolve);
      await heard.promise;
      unwatch();
      await driver.resource.stop(jobId, "over");
    });

    it("tells watchers at once of readiness and of the end", async () => {
      const jobId = await started("sleep 0.4");
      const seen: string[] = [];
      let endedAfter = 0;
      const unwatch = driver.resource.watch(jobId, async () => {
        const { state } = await driver.resource.observe(jobId);
        seen.push(state);
        if (state === "ended") endedAfter ||= Date.now();
      });
      const end = await ended(jobId);
      await sleep(200);
      unwatch();
      expect(seen).toContain("ended");
      expect(endedAfter - Date.parse(end.endedAt)).toBeLessThan(1000);
    });

    it("is the same for a server that comes later", async () => {
      const jobId = await started("echo before; sleep 30");
      await until(jobId, "running");
      const later = driver.reopen();
      expect(later.place).toBe(driver.resource.place);
      expect(await later.observe(jobId)).toEqual(await driver.resource.observe(jobId));
      expect(await later.list()).toContain(jobId);
      await later.stop(jobId, "By the later one.");
      expect(await driver.resource.observe(jobId)).toMatchObject({ message: "By the later one." });
    });

    it("forgets what has ended, and refuses while it runs", async () => {
      const jobId = await started("sleep 30");
      await expect(driver.resource.forget(jobId)).rejects.toThrow(ResourceError);
      await driver.resource.stop(jobId, "Done.");
      await driver.resource.forget(jobId);
      expect(await driver.resource.list()).not.toContain(jobId);
      expect(await driver.resource.observe(jobId)).toEqual({ state: "absent" });
    });

    it("ends what is left of a job whose host went away without a word", async () => {
      if (driver.kill === undefined) return;
      const jobId = await started("while :; do date > orphan; sleep 0.05; done");
      await until(jobId, "running");
      await driver.kill(jobId);
      expect(await ended(jobId)).toMatchObject({ cause: "vanished", code: null });
      rmSync(join(cwd, "orphan"), { force: true });
      await sleep(200);
      expect(() => runs("orphan")).toThrow();
    });

    it("is sure of an end that was told as it was, and of a job that never was", async () => {
      const jobId = await started("exit 3");
      const end = await ended(jobId);
      expect(await driver.resource.makeSure(jobId)).toBe(false);
      expect(await driver.resource.stop(jobId, "Late.")).toBe(false);
      expect(await driver.resource.observe(jobId)).toEqual(end);
      expect(await driver.resource.makeSure(2)).toBe(false);
    });

    it("has a terminal where it says so", async () => {
      expect(driver.resource.terminalSocket !== undefined).toBe(driver.resource.capabilities.terminals);
      if (!driver.resource.capabilities.terminals) return;
      const jobId = await started("test -t 0 && echo on a terminal", { kind: "pty", web: "terminal" });
      await ended(jobId);
      expect((await driver.resource.output(jobId, 0, 100)).bytes.toString()).toContain("on a terminal");
    });

    describeSeparation({ driver: () => driver, cwd: () => cwd, newJob, ended });
  });
}
