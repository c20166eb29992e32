import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { readProcess } from "../../database/process-identity.ts";
import { isRoot } from "../testing-broker.ts";
import { findHierarchies } from "./hierarchies.ts";
import { type IdleGroup, openIdleGroup } from "./idle-group.ts";

/** Of a process, as the kernel tells it: all its groups. */
const groupsOf = (pid: number | "self"): string => readFileSync(`/proc/${pid}/cgroup`, "utf8");
const comm = (pid: number): string => readFileSync(`/proc/${pid}/comm`, "utf8").trim();
/** The first that we may run on: `0` of `0-1,4`. */
const firstProcessor = (): string =>
  /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
const isIdle = (pid: number): boolean => /\/stoa-idle$/m.test(groupsOf(pid));

it("is none where no processor can be shared out, and where it can't be made", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "stoa-hierarchy-"));
  try {
    expect(openIdleGroup(() => ({ v2: { parent: folder, controllers: new Set(["memory"]) }, v1: {} }))).toBeNull();
    expect(openIdleGroup(() => ({ v2: null, v1: {} }))).toBeNull();
    // An older kernel's: it has groups, but no cpu.idle in them.
    expect(openIdleGroup(() => ({ v2: null, v1: { cpu: folder } }))).toBeNull();
    expect(openIdleGroup(() => ({ v2: null, v1: { cpu: path.join(folder, "gone", "\0") } }))).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe.runIf(isRoot && findHierarchies().v1.cpu !== undefined)("the idle group", () => {
  const started: ChildProcess[] = [];
  const unwatch: (() => void)[] = [];

  afterEach(() => {
    for (const end of unwatch.splice(0)) end();
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  const open = (): IdleGroup => {
    const group = openIdleGroup();
    if (group === null) throw new Error("it could not be made");
    return group;
  };

  function run(command: readonly [string, ...string[]]): number {
    const [program, ...args] = command;
    // As commands of storage run: in a session of its own.
    const child = spawn(program, args, { stdio: "ignore", detached: true });
    started.push(child);
    return child.pid as number;
  }

  const COUNTING = ["/bin/sh", "-c", "while :; do :; done"] as const;

  it("has a command enter it before it begins", async () => {
    const pid = run(open().enter(["sleep", "60"]));
    await expect.poll(() => isIdle(pid)).toBe(true);
    await expect.poll(() => comm(pid)).toBe("sleep");
  });

  it("sets the group's class anew before each command", () => {
    const group = open();
    const file = path.join(findHierarchies().v1.cpu as string, "stoa-idle", "cpu.idle");
    writeFileSync(file, "0");
    group.enter(["true"]);
    expect(readFileSync(file, "utf8")).toBe("1\n");
  });

  it("lets nothing outlive whoever started it", async () => {
    const command = JSON.stringify(open().enter(["sleep", "60"]));
    const script = `const [program, ...args] = ${command};
      console.log(require("node:child_process").spawn(program, args, { stdio: "ignore", detached: true }).pid);`;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    started.push(parent);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await expect.poll(() => [comm(pid), isIdle(pid)]).toEqual(["sleep", true]);
    parent.kill("SIGKILL");
    // Who takes orphans over may leave it uncollected.
    await expect.poll(() => readProcess(pid)?.state ?? "Z").toBe("Z");
  });

  it("moves nothing back that waits for anything but the processor", async () => {
    const group = open();
    const pid = run(group.enter(["sleep", "60"]));
    // What starts it wants the processor, and may wait for it here.
    await expect.poll(() => [comm(pid), readProcess(pid)?.state]).toEqual(["sleep", "S"]);
    unwatch.push(group.watch(pid));
    await sleep(2_000);
    expect(isIdle(pid)).toBe(true);
  });

  it("waits for what starves before it has entered", async () => {
    const group = open();
    for (let one = 0; one < 2 * availableParallelism(); one += 1) run(COUNTING);
    const folder = mkdtempSync(path.join(tmpdir(), "stoa-idle-"));
    try {
      // It counts among the others, and enters late.
      const enter = group.enter(COUNTING);
      const pid = run(["/bin/sh", "-c", 'until [ -e "$0/go" ]; do :; done; exec "$@"', folder, ...enter]);
      unwatch.push(group.watch(pid));
      await sleep(1_500);
      writeFileSync(path.join(folder, "go"), "");
      await expect.poll(() => isIdle(pid), { interval: 5 }).toBe(true);
      await expect.poll(() => isIdle(pid)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("moves back what does not get the processor, into its server's own group, and nothing else", async () => {
    const group = open();
    const [watched, other] = [run(group.enter(COUNTING)), run(group.enter(COUNTING))];
    await expect.poll(() => [watched, other].map(isIdle)).toEqual([true, true]);
    for (let one = 0; one < availableParallelism(); one += 1) run(COUNTING);
    unwatch.push(group.watch(watched));
    await expect.poll(() => isIdle(watched)).toBe(false);
    expect(groupsOf(watched)).toBe(groupsOf("self"));
    expect(isIdle(other)).toBe(true);
  });

  it("gives way: what is in it gets next to nothing beside what is not", async () => {
    const group = open();
    // On one processor: on several the kernel may leave both others on one of them for a while.
    const pin = ["taskset", "--cpu-list", firstProcessor()] as const;
    const idle = run([...pin, ...group.enter(COUNTING)]);
    await expect.poll(() => isIdle(idle)).toBe(true);
    const other = run([...pin, ...COUNTING]);
    await expect.poll(() => comm(other)).toBe("sh");
    const ran = (pid: number): number => Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
    const before = [ran(idle), ran(other)] as const;
    await sleep(1_500);
    const [theirs, ours] = [ran(idle) - before[0], ran(other) - before[1]];
    expect(ours).toBeGreaterThan(0);
    expect(theirs / ours).toBeLessThan(0.2);
  });
});
