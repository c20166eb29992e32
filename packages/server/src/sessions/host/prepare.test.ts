import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { tell } from "../sentences.ts";
import type { PrepareStep } from "./job-file.ts";
import { readOutputLog } from "./output-log.ts";
import { endHosts, eventually, startHost } from "./test-host.ts";

afterEach(endHosts);

const SAYING = "A Python environment is being made.";
const step = (script: string, more: Partial<PrepareStep> = {}): PrepareStep => ({
  saying: SAYING,
  command: ["/bin/sh", "-c", script],
  timeoutSeconds: 20,
  ...more,
});
const begin = (...prepare: PrepareStep[]) =>
  startHost({ command: ["/bin/sh", "-c", "echo program; ls"], kind: "plain", prepare });

describe("preparing", () => {
  it("takes steps one after the other, leaves out what is there, and logs what they print", async () => {
    const host = await begin(
      step("echo first; sleep 0.3; touch made"),
      step("echo never", { unless: "/bin/sh" }),
      step("ls"),
    );
    expect((await host.status()).preparing).toBe(SAYING);
    expect(await host.exit()).toMatchObject({ cause: "exited", code: 0 });
    const log = readOutputLog(host.folder, 0, 10_000).bytes.toString();
    expect(log).toMatch(/first\n.*made.*program/s);
    expect(log).not.toContain("never");
  });

  it("ends the session with the step and its last lines when one fails", async () => {
    const host = await begin(step("echo one; echo two >&2; exit 7"), step("touch second"));
    const exit = await host.exit();
    expect(exit).toMatchObject({ cause: "prepare_failed", startedAt: null });
    expect(tell(exit.message ?? "")).toMatchObject({
      code: "prepare_failed",
      params: { status: "7", lines: "one | two" },
      because: { code: "preparing_python" },
    });
    expect(existsSync(join(host.folder, "second"))).toBe(false);
  });

  it("tells no halves of characters", async () => {
    const host = await begin(step(`printf '%s' "${"😀".repeat(400)}y"; exit 7`));
    const { message } = await host.exit();
    expect(message).toMatch(/😀y$/u);
    expect(message?.isWellFormed()).toBe(true);
  });

  it("gives a step no longer than its time, with all that it started", async () => {
    const host = await begin(step("sleep 100 & sleep 100", { timeoutSeconds: 0.3 }));
    const exit = await host.exit();
    expect(tell(exit.message ?? "").code).toBe("prepare_late");
    expect(host.tree()).toEqual([]);
  });

  it("holds a step to the session's memory where nobody but its host does, with the figures", async () => {
    const fill = `b=Buffer.alloc(${300 * 2 ** 20},1);setInterval(()=>b,1e5)`;
    const host = await startHost({
      command: ["/bin/true"],
      kind: "plain",
      prepare: [step(`setsid ${process.execPath} -e '${fill}' & sleep 100`, { timeoutSeconds: 60 })],
      allowance: { cpus: 1, memoryBytes: 200 * 2 ** 20, processes: 60, cgroup: null },
    });
    const exit = await host.exit(30_000);
    expect(exit).toMatchObject({ cause: "over_limit", startedAt: null });
    expect(tell(exit.message ?? "")).toMatchObject({ code: "over_memory", params: { allowed: "200" } });
    expect(host.tree()).toEqual([]);
  }, 40_000);

  it("ends within a step when it is stopped, also one that doesn't listen", async () => {
    const host = await begin(step("trap '' TERM HUP; echo up; sleep 100; sleep 100"), step("touch second"));
    await eventually(() => readOutputLog(host.folder, 0, 100).bytes.toString().includes("up"));
    await host.stop();
    expect(await host.exit()).toMatchObject({ cause: "stopped" });
    expect(host.tree()).toEqual([]);
    expect(existsSync(join(host.folder, "second"))).toBe(false);
  });

  it("does not count as the session's time", async () => {
    const host = await startHost({
      command: ["/bin/sh", "-c", "sleep 0.1"],
      kind: "plain",
      prepare: [step("sleep 0.6")],
      limits: { wallSeconds: 0.5 },
    });
    expect(await host.exit()).toMatchObject({ cause: "exited" });
  });
});
