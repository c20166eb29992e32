import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { IdleGroup } from "../../platform/processes/control-groups/idle-group.ts";
import { LONGEST_ANSWER } from "./command.ts";
import { runCommand } from "./run-command.ts";

const LIMITS = { time: 20_000, signal: undefined };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("arguments arrive as they are, input on stdin, and of the environment nothing but PATH and LC_ALL", async () => {
  const odd = ["a b", "'", '"', "$(id)", "`id`", "*", "\n", "ž", "", "-n"];
  expect(await runCommand({ program: "printf", args: ["%s|", ...odd] }, LIMITS)).toEqual({
    code: 0,
    out: odd.map((arg) => `${arg}|`).join(""),
    err: "",
    stopped: false,
  });
  expect(await runCommand({ program: "cat", args: [], input: "in\0put" }, LIMITS)).toMatchObject({ out: "in\0put" });
  const { out } = await runCommand({ program: "env", args: [] }, LIMITS);
  expect(out.split("\n").map((line) => line.split("=")[0])).toEqual(["PATH", "LC_ALL", ""]);
});

test("a failure is an answer, with the end of what was said", async () => {
  const script = "head -c 100000 /dev/zero | tr '\\0' x >&2; echo the end >&2; echo out; exit 3";
  const { code, out, err } = await runCommand({ program: "sh", args: ["-c", script] }, LIMITS);
  expect({ code, out, length: err.length, end: err.slice(-8) }).toEqual({
    code: 3,
    out: "out\n",
    length: 4096,
    end: "the end\n",
  });
});

test("a program that isn't there answers 127; one that can't be started, 126", async () => {
  const missing = await runCommand({ program: "no-such-program", args: [] }, LIMITS);
  expect(missing).toEqual({ code: 127, out: "", err: "no-such-program: not found", stopped: false });
  const many = { program: "true", args: [`/${"x".repeat(200_000)}`] };
  expect(await runCommand(many, LIMITS)).toMatchObject({ code: 126, err: expect.stringContaining("E2BIG") });
});

test("input that nobody reads harms nothing", async () => {
  const answer = await runCommand({ program: "true", args: [], input: "x".repeat(1_000_000) }, LIMITS);
  expect(answer).toEqual({ code: 0, out: "", err: "", stopped: false });
});

test("what takes too long is killed with all that it started", async () => {
  const script = "sleep 60 & echo $! >&2; wait";
  const command = { program: "sh", args: ["-c", script] };
  const { code, out, err, stopped } = await runCommand(command, { ...LIMITS, time: 300 });
  expect({ code, out, stopped }).toEqual({ code: null, out: "", stopped: true });
  expect(err).toContain("sh: it took longer than 0.3 seconds");
  await expect.poll(() => isAlive(Number.parseInt(err, 10))).toBe(false);
});

test("what says one line after another is heard in full, in fewer turns, and not later", async () => {
  const script =
    "for i in $(seq 1 300); do echo $i; done; sleep 0.1; for i in $(seq 301 600); do echo $i; done; echo end";
  const lines = Array.from({ length: 600 }, (_, n) => `${n + 1}\n`).join("");
  const begun = performance.now();
  expect(await runCommand({ program: "sh", args: ["-c", script] }, LIMITS)).toMatchObject({
    ...{ code: 0, out: `${lines}end\n` },
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
  const large = await runCommand({ program: "sh", args: ["-c", `${script}; head -c 5000000 /dev/zero`] }, LIMITS);
  expect(large.out.length).toBe(lines.length + 4 + 5_000_000);
});

test("what says too much is killed, and no part of it is an answer", async () => {
  const endless = await runCommand({ program: "yes", args: [] }, LIMITS);
  const err = `yes: it said more than ${LONGEST_ANSWER} bytes`;
  expect(endless).toEqual({ code: null, out: "", err, stopped: true });
});

test("an abort rejects at once, and kills all of it", async () => {
  const abort = new AbortController();
  const marker = String(60_000 + process.pid / 1e7);
  const running = runCommand(
    { program: "sh", args: ["-c", `sleep ${marker} & wait`] },
    { time: null, signal: abort.signal },
  );
  const sleeping = async () => (await runCommand({ program: "pgrep", args: ["-fx", `sleep ${marker}`] }, LIMITS)).out;
  await expect.poll(sleeping).not.toBe("");
  abort.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  await expect.poll(sleeping).toBe("");
  await sleep(1);
  await expect(runCommand({ program: "true", args: [] }, { time: null, signal: abort.signal })).rejects.toThrow(
    "enough",
  );
});

test("what can wait goes where that is done, and is watched there until it ends; all else runs as it is", async () => {
  const seen: string[] = [];
  const idle: IdleGroup = {
    enter: (command) => ["env", "ENTERED=1", ...command],
    watch: (pid) => {
      seen.push(isAlive(pid) ? "watched" : "gone");
      return () => seen.push("ended");
    },
  };
  const sh = { program: "sh", args: ["-c", 'echo "$ENTERED"; exit 3'] };
  expect(await runCommand({ ...sh, canWait: true }, LIMITS, idle)).toMatchObject({ code: 3, out: "1\n" });
  expect(seen).toEqual(["watched", "ended"]);
  expect(await runCommand(sh, LIMITS, idle)).toMatchObject({ code: 3, out: "\n" });
  expect(await runCommand({ ...sh, canWait: true }, LIMITS)).toMatchObject({ code: 3, out: "\n" });
  expect(seen).toHaveLength(2);
});
