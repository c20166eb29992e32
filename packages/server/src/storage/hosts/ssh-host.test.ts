import { execFile, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StartError } from "../../platform/errors/start-error.ts";
import { HostUnreachable } from "./contract.ts";
import { createLane } from "./lanes.ts";
import { createSshRunner, type SshRunnerOptions } from "./ssh-host.ts";
import { hasSshd, startTestSshd, type TestSshd } from "./testing-sshd.ts";

const LIMITS = { time: 30_000, signal: undefined };
const log = pino({ level: "silent" });

const hasBash = userInfo().shell?.endsWith("/bash") === true || process.env.STOA_PEERS === "required";

/** What a plain client prints that runs a line there. */
async function execSsh({ options }: TestSshd, line: string): Promise<string> {
  const [, port = ""] = /:(\d+)$/.exec(options.target) ?? [];
  const settings = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes"];
  const own = ["IdentitiesOnly=yes", "IdentityAgent=none", "ConnectTimeout=15"];
  const to = [
    "-F",
    "none",
    "-i",
    options.keyFile,
    ...[...settings, ...own].flatMap((each) => ["-o", each]),
    "-p",
    port,
    options.target.replace(/:\d+$/, ""),
  ];
  return (await promisify(execFile)("ssh", [...to, line])).stdout;
}

/** Seconds to sleep that no other test sleeps: found by them in the list of processes. */
let lastSleep = 50_000 + (process.pid % 10_000);
function markedSleep() {
  lastSleep += 10_000;
  const seconds = String(lastSleep);
  const count = () => {
    const list = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    return list.split("\n").filter((line) => line === `sleep ${seconds}`).length;
  };
  return { seconds, count };
}

describe.skipIf(!hasSshd)("a storage host over a real sshd", () => {
  let sshd: TestSshd;
  let runner: ReturnType<typeof createSshRunner>;
  const runnerWith = (changes: Partial<SshRunnerOptions> = {}) => createSshRunner({ ...sshd.options, log, ...changes });
  const reasonOf = (work: Promise<unknown>) =>
    work.then(
      () => "it worked",
      (error: unknown) => (error instanceof HostUnreachable ? error.reason : String(error)),
    );

  beforeEach(async () => {
    sshd = await startTestSshd();
    runner = runnerWith();
  });
  afterEach(async () => {
    await runner.close();
    await sshd.close();
  });

  test("arguments, input, output, errors and exit codes come through as they are", async () => {
    const odd = [
      "a b",
      "it's",
      '"',
      "$(id)",
      "`id`",
      "*",
      "~",
      "two\nlines",
      "žšé\u{1F600}",
      "",
      "-n",
      "\\0",
      "%s",
      "!x",
    ];
    expect(await runner.run({ program: "printf", args: ["%s|", ...odd] }, LIMITS)).toEqual({
      code: 0,
      out: odd.map((arg) => `${arg}|`).join(""),
      err: "",
    });
    const input = `a\0b\n${"'%\\".repeat(1000)}é\n`;
    expect(await runner.run({ program: "cat", args: [], input }, LIMITS)).toEqual({ code: 0, out: input, err: "" });
    expect(await runner.run({ program: "cat", args: [] }, LIMITS)).toEqual({ code: 0, out: "", err: "" });
    const script = "pwd; env | sort; echo told >&2; exit 255";
    const answer = await runner.run({ program: "sh", args: ["-c", script] }, LIMITS);
    expect({ ...answer, out: answer.out.split("\n").map((line) => line.split("=")[0]) }).toEqual({
      code: 255,
      out: ["/", "LC_ALL", "PATH", "PWD", ""],
      err: "told\n",
    });
    expect(await runner.run({ program: "no-such-program", args: [] }, LIMITS)).toMatchObject({ code: 127 });
    expect(await runner.run({ program: "sh", args: ["-c", "kill -9 $$"] }, LIMITS)).toMatchObject({ code: null });
  });

  test("what looks like our own last line, or lacks a line's end, is output", async () => {
    const out = "x\nstoa-end-0000000000000000:0\nno end";
    expect(await runner.run({ program: "printf", args: ["%s", out] }, LIMITS)).toEqual({ code: 0, out, err: "" });
  });

  test.runIf(hasBash)("what the account's start-up files print is no output", async () => {
    const noisy = await startTestSshd([], "echo welcome; echo welcome >&2; export HEARD=1");
    const other = createSshRunner({ ...noisy.options, log });
    expect(await other.run({ program: "echo", args: ["out"] }, LIMITS)).toMatchObject({ code: 0, out: "out\n" });
    // They were run.
    expect((await execSsh(noisy, "echo $HEARD")).split("\n")).toEqual(["welcome", "1", ""]);
    await other.close();
    await noisy.close();
  });

  test.runIf(hasBash)("an account whose shell does not start is told of as such", async () => {
    const silent = await startTestSshd([], "echo welcome; echo Permission denied >&2; exec sleep 5");
    const other = createSshRunner({ ...silent.options, log, readyMs: 2_000 });
    const failed = await other.run({ program: "true", args: [] }, LIMITS).catch((error: unknown) => error);
    const message = expect.stringMatching(/no session within 2 s, as when .* does not start there: Permission denied/);
    expect(failed).toMatchObject({ reason: "down", message });
    await other.close();
    await silent.close();
  });

  test("an sshd that takes few sessions is told of, and no other connection made", async () => {
    const narrow = await startTestSshd(["MaxSessions 2"]);
    const other = createSshRunner({ ...narrow.options, log });
    const run = () => other.run({ program: "sleep", args: ["1"] }, LIMITS);
    const ended = await Promise.allSettled([run(), run()]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({
      reason: expect.objectContaining({ reason: "down", message: expect.stringContaining("MaxSessions") }),
    });
    expect(narrow.accepted()).toBe(1);
    await other.close();
    await narrow.close();
  });

  test("half a megabyte of arguments and of input", async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `/srv/storage/a-directory-with-a-name-like-${n}`);
    const { code, out } = await runner.run({ program: "printf", args: ["%s\n", ...many] }, LIMITS);
    expect({ code, lines: out.split("\n").length }).toEqual({ code: 0, lines: 10_001 });
    const fed = await runner.run({ program: "wc", args: ["-l"], input: out }, LIMITS);
    expect(fed.out.trim()).toBe("10000");
  });

  test("20 requests at once go over one connection", async () => {
    // As many at a time as a host lets through.
    const lane = createLane(7);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        lane.enter(() => runner.run({ program: "echo", args: [String(n)] }, LIMITS)),
      ),
    );
    expect(answers.map(({ out }) => Number(out))).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(sshd.accepted()).toBe(1);
  });

  test("another host key than the pinned one is not spoken to", async () => {
    await sshd.stop();
    sshd.changeHostKey();
    await sshd.start();
    const asked = runner.run({ program: "true", args: [] }, LIMITS);
    await expect(asked).rejects.toThrow(/STORAGE_SSH_HOST_KEY/);
    expect([await reasonOf(asked), sshd.accepted()]).toEqual(["host_key", 0]);
  });

  test("a key that the host doesn't know is denied; a host that is down is down, and up again when it is", async () => {
    const stranger = path.join(path.dirname(sshd.options.keyFile), "host");
    const denied = runnerWith({ keyFile: stranger });
    expect(await reasonOf(denied.run({ program: "true", args: [] }, LIMITS))).toBe("denied");
    await sshd.stop();
    expect(await reasonOf(runner.run({ program: "true", args: [] }, LIMITS))).toBe("down");
    await sshd.start();
    expect(await runner.run({ program: "echo", args: ["back"] }, LIMITS)).toMatchObject({ out: "back\n" });
  });

  test("a connection that is cut in mid-command: unreachable, the command ended, the next one connects anew", async () => {
    const { seconds, count } = markedSleep();
    const running = runner.run({ program: "sleep", args: [seconds] }, LIMITS);
    await expect.poll(count).toBe(1);
    sshd.cut();
    expect(await reasonOf(running)).toBe("down");
    await expect.poll(count).toBe(0);
    expect(await runner.run({ program: "echo", args: ["again"] }, LIMITS)).toMatchObject({ code: 0, out: "again\n" });
    expect(sshd.accepted()).toBe(2);
  });

  test("an abort, and the end of its time, end the command there with what it started; others go on", async () => {
    const [aborted, late] = [markedSleep(), markedSleep()];
    const abort = new AbortController();
    const script = (seconds: string) => ["-c", `sleep ${seconds} & sleep ${seconds}`];
    const other = runner.run({ program: "sh", args: ["-c", "sleep 2; echo whole"] }, LIMITS);
    const first = runner.run({ program: "sh", args: script(aborted.seconds) }, { time: null, signal: abort.signal });
    const second = runner.run({ program: "sh", args: script(late.seconds) }, { time: 1500, signal: undefined });
    await expect.poll(aborted.count).toBe(2);
    abort.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await expect.poll(aborted.count).toBe(0);
    expect(await second).toMatchObject({
      code: null,
      out: "",
      err: expect.stringContaining("longer than 1.5 seconds"),
    });
    await expect.poll(late.count).toBe(0);
    expect(await other).toMatchObject({ code: 0, out: "whole\n" });
    expect(sshd.accepted()).toBe(1);
  });

  test("our own death ends what runs there, and the connection", async () => {
    const { seconds, count } = markedSleep();
    const host = JSON.stringify(path.join(import.meta.dirname, "ssh-host.ts"));
    const options = JSON.stringify(sshd.options);
    const program = `import { createSshRunner } from ${host};
      const log = { info() {}, debug() {} };
      await createSshRunner({ ...${options}, log }).run({ program: "sleep", args: ["${seconds}"] }, { time: null });`;
    const ours = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
    await expect.poll(count).toBe(1);
    const connections = sshd.connections();
    ours.kill("SIGKILL");
    await expect.poll(count).toBe(0);
    await expect.poll(() => sshd.connections()).toBe(0);
    expect(connections).toBe(1);
  });

  test("a socket that was taken away costs one new connection; closing leaves nothing", async () => {
    await runner.run({ program: "true", args: [] }, LIMITS);
    const { stateDir } = sshd.options;
    for (const name of readdirSync(stateDir)) rmSync(path.join(stateDir, name, "c"));
    expect(await runner.run({ program: "echo", args: ["there"] }, LIMITS)).toMatchObject({ out: "there\n" });
    expect(sshd.accepted()).toBe(2);
    await runner.close();
    expect(readdirSync(stateDir)).toEqual([]);
  });
});

describe("settings that can't be used", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "stoa-key-"));
  const keyFile = path.join(directory, "key");
  const OPTIONS = { target: "root@h", keyFile, hostKey: `ssh-ed25519 ${"A".repeat(68)}`, stateDir: directory, log };

  test.each<[string, Partial<SshRunnerOptions>, number]>([
    ["a key file that is missing", { keyFile: path.join(directory, "none") }, 0o600],
    ["a key that the group reads", {}, 0o640],
    ["a key that all read", {}, 0o604],
    ["an option as host", { target: "root@-oProxyCommand=id" }, 0o600],
    ["an option as user", { target: "-lroot@h" }, 0o600],
    ["a port that is none", { target: "root@h:70000" }, 0o600],
    ["two lines as host key", { hostKey: `${OPTIONS.hostKey}\n* ssh-ed25519 ${"B".repeat(68)}` }, 0o600],
    ["a host key that is none", { hostKey: "SHA256:abc" }, 0o600],
  ])("%s: told at the start", (_what, changes, mode) => {
    writeFileSync(keyFile, "");
    chmodSync(keyFile, mode);
    expect(() => createSshRunner({ ...OPTIONS, ...changes })).toThrow(StartError);
  });

  test("an IPv6 address, and a comment behind the host key, can be used", () => {
    writeFileSync(keyFile, "");
    chmodSync(keyFile, 0o600);
    createSshRunner({ ...OPTIONS, target: "root@[::1]:2222", hostKey: `${OPTIONS.hostKey} root@files` });
  });
});
