import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { readOutputLog } from "./output-log.ts";
import { endHosts, eventually, startHost } from "./test-host.ts";

afterEach(endHosts);

describe("stopping a session", () => {
  it("ends an interactive shell at once", async () => {
    const host = await startHost({ command: ["/bin/bash", "--norc", "-i"], limits: { graceSeconds: 5 } });
    const tab = await host.attach();
    await tab.until("ready> ");
    const before = Date.now();
    await host.stop();
    expect(await host.exit()).toMatchObject({ cause: "stopped" });
    expect(Date.now() - before).toBeLessThan(4500);
    await eventually(() => tab.frames.some((frame) => frame.type === "exit" && frame.cause === "stopped"));
  });

  it("kills a program that ignores TERM and HUP", async () => {
    const host = await startHost({
      command: ["/bin/sh", "-c", "trap '' TERM HUP INT; echo up; while :; do sleep 1; done"],
    });
    await (await host.attach()).until("up");
    await host.stop();
    expect(await host.exit()).toMatchObject({ cause: "stopped", signal: "SIGKILL" });
    expect(host.tree()).toEqual([]);
  });

  it("finds what forked away, also into a session of its own", async () => {
    const script =
      "setsid sh -c 'trap \"\" TERM HUP; sleep 100 & wait' & (setsid nohup sleep 200 >/dev/null 2>&1 &); echo up; wait";
    const host = await startHost({ command: ["/bin/sh", "-c", script] });
    await (await host.attach()).until("up");
    await eventually(() => host.tree().length >= 4);
    await host.stop();
    await host.exit();
    expect(host.tree()).toEqual([]);
  });

  it("finds a descendant that cleaned its environment while its parents live", async () => {
    const host = await startHost({
      command: ["/bin/sh", "-c", "env -i /usr/bin/setsid /bin/sleep 321 & echo up; wait"],
    });
    await (await host.attach()).until("up");
    await eventually(() => sleepers("321").length === 1);
    await host.stop();
    await host.exit();
    expect(sleepers("321")).toEqual([]);
  });

  it("takes along what the program left behind when it ended by itself", async () => {
    const host = await startHost({ command: ["/bin/sh", "-c", "setsid sleep 100 & exit 0"], kind: "plain" });
    expect(await host.exit()).toMatchObject({ cause: "exited", code: 0 });
    expect(host.tree()).toEqual([]);
  });

  it("ends a program at its time limit, and says so", async () => {
    const host = await startHost({ command: ["/bin/sleep", "60"], limits: { wallSeconds: 0.3 } });
    expect(await host.exit()).toMatchObject({ cause: "time_limit" });
    expect((await host.exit()).message).toContain("time limit");
  });
});

describe("a host whose folder was removed", () => {
  it("ends its program and itself: nobody can reach it any more", async () => {
    const host = await startHost({ command: ["/bin/sleep", "60"], limits: { lingerSeconds: 0 } });
    rmSync(host.folder, { recursive: true });
    await eventually(() => host.process.exitCode === 0, 10_000);
    expect(host.tree()).toEqual([]);
  });
});

describe("a program that prints without end", () => {
  it("fills neither disk nor memory, and its terminal stays usable", async () => {
    const script = "head -c 300000000 /dev/zero | tr '\\0' x; echo; echo the-end; cat";
    const host = await startHost({ command: ["/bin/sh", "-c", script] });
    const slow = await host.attach();
    slow.socket.pause();
    const quick = await host.attach();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentBytes(host.process.pid ?? 0));
    }, 50);
    await quick.until("the-end", 90_000).finally(() => clearInterval(watch));
    quick.type("still here\n");
    await quick.until("still here");
    expect(peak).toBeLessThan(200_000_000);
    expect(logBytes(host.folder)).toBeLessThanOrEqual(1_000_000);
    expect(readOutputLog(host.folder, -100, 100).bytes.toString()).toContain("the-end");
    expect(readOutputLog(host.folder, 0, 10).offset).toBeGreaterThan(299_000_000);
    slow.socket.resume();
    await slow.until("the-end", 5000);
    expect(slow.frames.some((frame) => frame.type === "resync")).toBe(true);
  }, 120_000);

  it("sends a client that acknowledges no more than it can show", async () => {
    const host = await startHost({
      command: ["/bin/sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' x; echo the-end; cat"],
    });
    const tab = await host.attach();
    tab.socket.send(JSON.stringify({ type: "ack", bytes: 0 }));
    await eventually(async () => (await host.status()).printed > 20_000_000, 10_000);
    await sleep(200);
    // A mebibyte, and what was sent before its first word arrived.
    expect(tab.received()).toBeLessThan(4_000_000);
    tab.socket.send(JSON.stringify({ type: "ack", bytes: tab.received() }));
    await tab.until("the-end");
  }, 15_000);
});

describe("a program that does not read", () => {
  it("can be typed at without end and still be stopped", async () => {
    const host = await startHost({ command: ["/bin/sh", "-c", "stty raw -echo; echo up; sleep 100"] });
    const tab = await host.attach();
    await tab.until("up");
    for (let i = 0; i < 40; i++) tab.type("x".repeat(100_000));
    await sleep(300);
    expect((await host.status()).state).toBe("running");
    await host.stop();
    expect(await host.exit()).toMatchObject({ cause: "stopped" });
  });
});

function logBytes(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.startsWith("output-"));
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return pages * 4096;
}

function sleepers(seconds: string): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, "latin1").startsWith(`/bin/sleep\0${seconds}\0`);
    } catch {
      return false;
    }
  });
}
