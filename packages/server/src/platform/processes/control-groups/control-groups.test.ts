import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isRoot } from "../testing-broker.ts";
import { type ControlGroups, openControlGroups } from "./control-groups.ts";
import { inGroups } from "./enter.ts";
import { findHierarchies, type Hierarchies, readMounts } from "./hierarchies.ts";
import type { JobGroup } from "./job-group.ts";

const log = pino({ level: "silent" });
const share = { cpus: 0.5, memoryBytes: 64 * 2 ** 20, processes: 40 };
const NOBODY = 65_534;

it("reads where hierarchies are mounted", () => {
  const text = [
    "25 30 0:23 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw,mode=755",
    "26 25 0:24 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw",
    "27 25 0:25 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
    "damaged",
  ].join("\n");
  expect(readMounts(text).filter(({ type }) => type.startsWith("cgroup"))).toEqual([
    { root: "/", point: "/sys/fs/cgroup/unified", type: "cgroup2", options: ["rw"] },
    { root: "/docker/abc", point: "/sys/fs/cgroup/cpu,cpuacct", type: "cgroup", options: ["rw", "cpu", "cpuacct"] },
  ]);
});

const here = findHierarchies();
const has = { v1: here.v1.memory !== undefined && here.v1.pids !== undefined, freezer: here.v1.freezer !== undefined };

/** Each way that a machine may be made, as far as this one can show it. */
const ways: readonly [string, boolean, () => Hierarchies][] = [
  ["all that this machine has", here.v2 !== null || has.v1, () => here],
  ["v1 alone, with its freezer", has.v1 && has.freezer, () => ({ ...here, v2: null })],
  ["v2 without controllers", here.v2 !== null, () => ({ ...here, v1: {} })],
];

describe.runIf(isRoot).each(ways.filter(([, is]) => is))("control groups, with %s", (_way, _is, find) => {
  const { v1, v2 } = find();
  const limiting = ["memory", "pids"] as const;
  const hasLimits = limiting.every((one) => v1[one] !== undefined) || limiting.every((one) => v2?.controllers.has(one));
  let mark: string;
  let groups: ControlGroups;
  const started: ChildProcess[] = [];
  const open = (): ControlGroups => {
    const opened = openControlGroups(mark, log, find);
    if (opened === null) throw new Error("there are none");
    return opened;
  };
  beforeEach(() => {
    mark = randomBytes(9).toString("hex");
    groups = open();
  });
  afterEach(async () => {
    for (const one of started.splice(0)) one.kill("SIGKILL");
    await groups.removeAll();
    groups.close();
  });

  function make(name = "1-7"): JobGroup {
    const made = groups.make(name, share, NOBODY);
    if (made === null) throw new Error("it was not made");
    return made;
  }
  /** As the broker starts a host, and a host its program. */
  function run(group: Pick<JobGroup, "host" | "enter">, script: string): ChildProcess {
    const drop = ["/usr/bin/setpriv", "--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups"] as const;
    const [program, ...args] = inGroups(group.host, [...drop, ...inGroups(group.enter, ["/bin/sh", "-c", script])]);
    const child = spawn(program, args, { stdio: "ignore", cwd: "/" });
    started.push(child);
    return child;
  }
  const procs = (folder: string): string[] =>
    existsSync(folder) ? readFileSync(path.join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean) : [];

  it("has the person's processes enter, and gives them nothing else", async () => {
    const group = make();
    const child = run(group, "exec sleep 60");
    for (const folder of group.enter) await expect.poll(() => procs(folder)).toEqual([String(child.pid)]);
    const theirs = new Set(["cgroup.procs", "cgroup.kill", "cgroup.freeze", "freezer.state"]);
    for (const folder of group.enter) {
      for (const name of ["memory.limit_in_bytes", "memory.max", "pids.max", "cpu.max", "cpu.cfs_quota_us", "tasks"]) {
        expect(theirs.has(name)).toBe(false);
        if (existsSync(path.join(folder, name))) expect(statSync(path.join(folder, name)).uid).toBe(0);
      }
      expect(statSync(folder).uid).toBe(0);
    }
  });

  it.skipIf(!hasLimits)("holds its host to a share, too, of which the person can set nothing", async () => {
    const group = make();
    const host = run({ host: group.host, enter: [] }, "exec sleep 60");
    for (const folder of group.host) await expect.poll(() => procs(folder)).toEqual([String(host.pid)]);
    expect(groups.programOf("1-7")).toEqual([]);
    const limits = group.host.flatMap((folder) =>
      [folder, path.dirname(folder)]
        .map((one) => path.join(one, group.limits === "v1" ? "memory.limit_in_bytes" : "memory.max"))
        .filter((file) => existsSync(file)),
    );
    const least = Math.min(...limits.map((file) => Number(readFileSync(file, "utf8"))));
    expect(least).toBeLessThanOrEqual(share.memoryBytes + 256 * 2 ** 20);
    for (const folder of group.host) expect(statSync(path.join(folder, "cgroup.procs")).uid).toBe(0);
  });

  it("ends what forked away, cleaned its environment and ignores TERM", async () => {
    const group = make();
    run(group, "trap '' TERM; (env -i setsid sh -c 'trap \"\" TERM; sleep 100; sleep 100' &) ; sleep 100");
    await expect.poll(() => procs(group.processes).length).toBeGreaterThanOrEqual(3);
    expect(await groups.end("1-7")).toBe(0);
    expect(procs(group.processes)).toEqual([]);
  });

  it("ends what its owner froze", async () => {
    const group = make();
    const child = run(group, "exec sleep 60");
    await expect.poll(() => procs(group.processes)).toEqual([String(child.pid)]);
    for (const [name, state] of [
      ["freezer.state", "FROZEN"],
      ["cgroup.freeze", "1"],
    ] as const) {
      const file = path.join(group.processes, name);
      if (existsSync(file)) writeFileSync(file, state);
    }
    expect(groups.programOf("1-7")).toEqual([child.pid]);
    expect(await groups.end("1-7")).toBe(0);
    expect(groups.programOf("1-7")).toEqual([]);
  });

  it.skipIf(!hasLimits)("ends a fork bomb", async () => {
    const group = make();
    run(group, "(while :; do sleep 100 & done); sleep 100");
    await expect.poll(() => procs(group.processes).length).toBeGreaterThan(20);
    expect(procs(group.processes).length).toBeLessThanOrEqual(share.processes);
    expect(await groups.end("1-7")).toBe(0);
  });

  it("has nothing to do when somebody has taken all of it away", async () => {
    make();
    await groups.removeAll();
    await groups.sweep();
    expect(await groups.end("1-7")).toBe(0);
    groups.hostEnded("1-7");
  });

  it("ends one session and no other", async () => {
    const [mine, other] = [make("1-7"), make("1-8")];
    for (const one of [mine, other]) run(one, "exec sleep 60");
    await expect.poll(() => procs(mine.processes).length + procs(other.processes).length).toBe(2);
    await groups.end("1-7");
    expect(procs(other.processes).length).toBe(1);
  });

  it("removes a group once its host is gone, at the next start too, and none that is in use", async () => {
    const [left, used] = [make("1-7"), make("1-8")];
    run(left, "exec sleep 60");
    const host = run({ host: used.host, enter: [] }, "exec sleep 60");
    for (const folder of [left.processes, used.host[0] ?? ""]) await expect.poll(() => procs(folder).length).toBe(1);
    groups.close();
    groups = open();
    await groups.sweep();
    // A moment old: its host may be about to come.
    expect(existsSync(left.processes)).toBe(true);
    const old = new Date(Date.now() - 60_000);
    for (const one of [left, used]) utimesSync(path.dirname(one.processes), old, old);
    await groups.sweep();
    expect([existsSync(left.processes), existsSync(used.processes)]).toEqual([false, true]);
    groups.hostEnded("1-8");
    expect(existsSync(used.processes)).toBe(true);
    host.kill("SIGKILL");
    await expect.poll(() => procs(used.host[0] ?? "").length).toBe(0);
    groups.hostEnded("1-8");
    expect(existsSync(used.processes)).toBe(false);
  });

  describe("a minute after its host told of its end", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });
    const inHost = (group: JobGroup): string[] => procs(group.host[0] ?? "");
    async function hostOf(group: JobGroup): Promise<void> {
      const host = run({ host: group.host, enter: [] }, "exec sleep 60");
      // By the clock's own time: that of timers stands still.
      for (const until = Date.now() + 10_000; !inHost(group).includes(String(host.pid)); ) {
        if (Date.now() > until) throw new Error("it did not begin");
        await new Promise(setImmediate);
      }
    }

    it("ends one that stays", async () => {
      const group = make();
      await hostOf(group);
      groups.hostEnds("1-7");
      vi.advanceTimersByTime(60_000);
      vi.useRealTimers();
      await expect.poll(() => inHost(group)).toEqual([]);
    });

    it("leaves a session alone that got the same number meanwhile", async () => {
      await hostOf(make());
      groups.hostEnds("1-7");
      expect(vi.getTimerCount()).toBe(1);
      const again = make();
      await hostOf(again);
      expect(vi.getTimerCount()).toBe(0);
      groups.hostEnds("1-7");
      expect(vi.getTimerCount()).toBe(1);
    });
  });
});
