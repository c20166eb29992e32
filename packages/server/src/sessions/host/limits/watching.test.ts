import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import type { Allowance } from "../job-file.ts";
import { endHosts, eventually, startHost } from "../test-host.ts";

afterEach(endHosts);

const MIB = 2 ** 20;
const allowance = (changes: Partial<Allowance> = {}): Allowance => ({
  cpus: 1,
  memoryBytes: 200 * MIB,
  processes: 60,
  cgroup: null,
  ...changes,
});
const sh = (script: string): readonly [string, ...string[]] => ["/bin/sh", "-c", script];
/** Fills so much memory and keeps it. */
const fills = (mib: number): string =>
  `exec ${process.execPath} -e "b=Buffer.alloc(${mib * MIB},1);setInterval(()=>b,1e5)"`;

describe("a session that its host watches", () => {
  it("is ended when it takes more memory than it may, with the figures", async () => {
    const host = await startHost({ command: sh(`${fills(300)} & wait`), kind: "plain", allowance: allowance() });
    const exit = await host.exit(15_000);
    expect(exit).toMatchObject({ cause: "over_limit" });
    // It may be looked at while it fills.
    expect(exit.message).toMatch(/^It took (2|3)\d\d MiB of memory, and 200 MiB are allowed\.$/);
    expect(host.tree()).toEqual([]);
  }, 20_000);

  it("is ended when it has more processes than it may, with the figures", async () => {
    const script = "for i in $(seq 80); do sleep 60 & done; wait";
    const host = await startHost({ command: sh(script), kind: "plain", allowance: allowance() });
    const exit = await host.exit(15_000);
    expect(exit).toMatchObject({ cause: "over_limit" });
    // It may be looked at before all have begun.
    expect(exit.message).toMatch(/^It had (6[1-9]|7\d|8[01]) processes and threads, and 60 are allowed\.$/);
    expect(host.tree()).toEqual([]);
  }, 20_000);

  it("finds what slipped away from its parents, and counts it", async () => {
    const hides = `(setsid ${process.execPath} -e "setTimeout(()=>{b=Buffer.alloc(${300 * MIB},1)},1500);setInterval(()=>0,1e5)" &)`;
    const host = await startHost({ command: sh(`${hides}; sleep 60`), kind: "plain", allowance: allowance() });
    expect(await host.exit(40_000)).toMatchObject({ cause: "over_limit" });
  }, 45_000);

  it("goes on while it keeps within them, and tells what it takes", async () => {
    const host = await startHost({ command: sh(fills(80)), kind: "plain", allowance: allowance() });
    await eventually(async () => ((await host.status()).used?.memoryBytes ?? 0) > 80 * MIB);
    const status = await host.status();
    expect(status).toMatchObject({ state: "running", means: { limits: "watching", ending: "proc-scan" } });
    expect(status.used?.memoryBytes).toBeLessThan(200 * MIB);
    expect(status.used?.processes).toBeGreaterThanOrEqual(1);
  });

  it("leaves no core file by itself, has a usual number of open files, and goes first when memory is short", async () => {
    const script = "ulimit -c; ulimit -n; cat /proc/self/oom_score_adj; exec cat";
    const host = await startHost({ command: sh(script), allowance: allowance() });
    const tab = await host.attach();
    await tab.until("500");
    expect(tab.text().split("\r\n").slice(0, 2)).toEqual(["0", "4096"]);
  });

  it("runs on as many cores as it may use", async () => {
    const cores = Number(spawnSync("nproc", { encoding: "utf8" }).stdout);
    const host = await startHost({ command: sh("nproc; exec cat"), allowance: allowance() });
    const tab = await host.attach();
    await eventually(() => /\d/.test(tab.text()));
    expect(tab.text().trim()).toBe(String(Math.min(1, cores)));
  });

  it("says that a program is missing as before", async () => {
    const host = await startHost({ command: ["/no/such/program"], allowance: allowance() });
    expect(await host.exit()).toMatchObject({ cause: "spawn_failed", message: expect.stringContaining("/no/such") });
  });

  it("starts nothing outside its control group", async () => {
    const gone = "/sys/fs/cgroup/no-such-group";
    const cgroup = { limits: "v2", ending: "kill", enter: [gone], processes: gone, memory: gone, count: gone } as const;
    const host = await startHost({ command: sh("echo ran"), allowance: allowance({ cgroup }) });
    expect(await host.exit()).toMatchObject({ cause: "spawn_failed", message: "Its control group is not there." });
  });
});
