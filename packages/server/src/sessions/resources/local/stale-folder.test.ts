import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LaunchRequest, Resource } from "../contract.ts";
import { createLocalResource } from "./local.ts";

/** Ids that the database gives a second time, after an older backup was restored. */
let root: string;
let local: Resource;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "stoa-stale-"));
  const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2 };
  local = createLocalResource({ runDirectory: join(root, "run"), limits });
});
afterEach(async () => {
  for (const id of await local.list()) await local.stop(id, "The test is over.");
});
afterAll(() => {
  local.close();
  rmSync(root, { recursive: true, force: true });
});

const request = (jobId: number, script: string): LaunchRequest => ({
  jobId,
  ownerId: 1,
  marker: randomUUID(),
  kind: "pty",
  command: ["/bin/sh", "-c", script],
  cwd: root,
  env: { PATH: "/usr/bin:/bin" },
  web: "terminal",
  listens: "socket",
  prepare: [],
  writable: [],
  cpus: 1,
  memoryBytes: 2 ** 30,
  timeLimitSeconds: null,
});
const refOf = ({ jobId, marker }: LaunchRequest) => ({ id: jobId, marker });
const until = async (job: LaunchRequest, state: string) => {
  for (const limit = Date.now() + 8_000; (await local.observe(refOf(job))).state !== state; await sleep(20)) {
    if (Date.now() > limit) throw new Error(`${JSON.stringify(await local.observe(refOf(job)))}, not ${state}`);
  }
};
const outputOf = async (job: LaunchRequest) => (await local.output(refOf(job), 0, 1_000)).bytes.toString();

describe("an id that is given again", () => {
  it("shows nothing of the job that had it", async () => {
    const [old, next] = [request(1, "echo secret; sleep 60"), request(1, "echo mine")];
    await local.start(old);
    await until(old, "running");
    expect(await local.observe(refOf(next))).toEqual({ state: "absent" });
    expect(await outputOf(next)).toBe("");
    expect(local.connect(refOf(next), "terminal")).toBeNull();
    expect(local.terminalSocket?.(refOf(next))).toBeNull();
    await local.forget(refOf(next));
    expect(await local.observe(refOf(old))).toMatchObject({ state: "running" });
    expect(local.connect(refOf(old), "terminal")).not.toBeNull();
  });

  it("starts the new job, and ends and keeps the old one", async () => {
    const ticks = join(root, "ticks");
    const old = request(2, `echo secret; while :; do date > ${ticks}; sleep 0.05; done`);
    const next = request(2, "echo mine; exit 3");
    await local.start(old);
    await until(old, "running");
    await local.start(next);
    await until(next, "ended");
    expect(await local.observe(refOf(next))).toMatchObject({ cause: "exited", code: 3 });
    expect((await outputOf(next)).trim()).toBe("mine");
    rmSync(ticks, { force: true });
    await sleep(200);
    expect(() => readFileSync(ticks)).toThrow();
    const aside = readdirSync(join(root, "run")).filter((name) => name.startsWith(".stale-2-"));
    expect(aside).toHaveLength(1);
    expect(await local.list()).toContain(2);
    await local.start(next);
    expect(readdirSync(join(root, "run")).filter((name) => name.startsWith(".stale-2-"))).toEqual(aside);
  });

  it("starts the new job where the old one had ended, or was stopped before its start", async () => {
    const [ended, next] = [request(3, "exit 0"), request(3, "exit 4")];
    await local.start(ended);
    await until(ended, "ended");
    await local.start(next);
    await until(next, "ended");
    expect(await local.observe(refOf(next))).toMatchObject({ code: 4 });

    const [stopped, after] = [request(4, "exit 0"), request(4, "exit 5")];
    await local.stop(refOf(stopped), "Changed my mind.");
    await local.start(stopped);
    expect(await local.observe(refOf(stopped))).toMatchObject({ cause: "never_started" });
    await local.start(after);
    await until(after, "ended");
    expect(await local.observe(refOf(after))).toMatchObject({ code: 5 });
  });

  it("never starts the new job when it is stopped first", async () => {
    const [old, next] = [request(5, "exit 0"), request(5, `echo ran > ${root}/ran`)];
    await local.start(old);
    await until(old, "ended");
    await local.stop(refOf(next), "Not now.");
    await local.start(next);
    expect(await local.observe(refOf(next))).toMatchObject({ cause: "never_started", message: "Not now." });
    expect(readdirSync(root)).not.toContain("ran");
  });

  it("is not mistaken for one whose tombstone had no room for words", async () => {
    const job = request(6, "exit 0");
    await local.stop(refOf(job), "Stopped.");
    writeFileSync(join(root, "run", "6", "host.json"), "");
    expect(await local.observe(refOf(job))).toMatchObject({ cause: "never_started" });
  });
});
