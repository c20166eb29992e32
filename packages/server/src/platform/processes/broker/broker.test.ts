import { spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { Logger } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { socketPair } from "../socket-pair.ts";
import { createTestBroker, isRoot, type TestBroker } from "../testing-broker.ts";
import { createSystemAccounts } from "./accounts.ts";
import { lentNumbers, tellLent } from "./lent-numbers.ts";
import { runAs } from "./run-as.ts";
import { findUser } from "./system-users.ts";

const PERL = "/usr/bin/perl";
/** Becomes a person, and has the kernel take 400 MiB of untouched memory for its environment (mmap, PR_SET_MM_MAP). */
const GROWN = `$) = $( = $ARGV[0]; $< = $> = $ARGV[0];
my $bytes = 400 * 2 ** 20;
my $at = syscall(9, 0, $bytes, 3, 0x4022, -1, 0);
open(my $file, "<", "/proc/self/stat"); my $told = <$file>; $told =~ s/.*\\)//;
my @stat = (0, 0, 0, split(" ", $told)); # numbered as in proc(5)
my @places = (@stat[26, 27, 45, 46, 47], syscall(12, 0), @stat[28, 48, 49], $at, $at + $bytes, 0);
my $map = pack("Q12Ll", @places, 0, -1);
my $failed = syscall(157, 35, 14, $map, length($map), 0);
$| = 1; print $failed ? "not moved: $!" : "moved"; sleep 60;`;

let test: TestBroker;
let uid: number;

async function ask(message: unknown): Promise<unknown> {
  return test.broker.perform(message, undefined, () => undefined);
}
const refused = (code: string) => expect.objectContaining({ name: "BrokerRefusal", code });
const at = (...parts: string[]) => path.join(test.dataDir, ...parts);

/** Only root has a broker; CI runs as root. */
describe.runIf(isRoot)("the broker", () => {
  beforeEach(async () => {
    test = await createTestBroker();
    uid = test.range.first;
  });
  afterEach(() => test.close());

  it("makes a locked account with directories of its own, and again is nothing", async () => {
    const made = await ask({ verb: "ensure_account", account: 7, uid });
    expect(made).toEqual({ name: `stoa-${uid}`, home: at("homes/7") });
    expect(await ask({ verb: "ensure_account", account: 7, uid })).toEqual(made);
    expect(await findUser(uid)).toMatchObject({ name: `stoa-${uid}`, gid: uid, comment: expect.stringMatching(/ 7$/) });
    for (const [folder, mode] of Object.entries({ "workspaces/7": 0o711, "trash/7": 0o700, "homes/7": 0o700 })) {
      const stats = statSync(at(folder));
      expect([folder, stats.uid, stats.gid, stats.mode & 0o7777]).toEqual([folder, uid, uid, mode]);
    }
  });

  const host = { verb: "run_session", account: 1, uid: -1, job: 1, task: "host", input: "{}" };
  const end = { verb: "end_session", account: 1, uid: -1, job: 1, marker: null, how: "all" };
  it.each([
    ["an unknown verb", { verb: "run" }],
    ["no verb", null],
    ["root", { verb: "ensure_account", account: 1, uid: 0 }],
    ["a number beyond the range", { verb: "ensure_account", account: 1, uid: 999 }],
    ["a number as text", { verb: "ensure_account", account: 1, uid: "1000000000" }],
    ["a path for an account", { verb: "ensure_account", account: "../../etc", uid: -1 }],
    ["an account below one", { verb: "ensure_account", account: 0, uid: -1 }],
    ["a fraction", { verb: "ensure_account", account: 1.5, uid: -1 }],
    ["a task that is none", { verb: "run_session", account: 1, uid: -1, job: 1, task: "sh", input: "" }],
    ["a job's path", { verb: "run_session", account: 1, uid: -1, job: "1/..", task: "host", input: "" }],
    ["too much input", { verb: "run_session", account: 1, uid: -1, job: 1, task: "host", input: "x".repeat(3e5) }],
    ["no memory", { ...host, share: { cpus: 1, memoryBytes: 0, processes: 9 } }],
    ["processors below nothing", { ...host, share: { cpus: -1, memoryBytes: 9, processes: 9 } }],
    ["processors without end", { ...host, share: { cpus: Number.POSITIVE_INFINITY, memoryBytes: 9, processes: 9 } }],
    ["a share as text", { ...host, share: "max" }],
    ["a limit with another line in it", { ...host, share: { cpus: 1, memoryBytes: "1\nmax", processes: 9 } }],
    ["to end a session by its path", { ...end, job: "../1" }],
    ["to end a session by no mark", { ...end, marker: "" }],
    ["to end a session by part of an environment", { ...end, marker: "a\0PATH=/usr/bin:/bin" }],
    ["to end a session somehow", { ...end, how: "slowly" }],
    ["to end a session of somebody who was not made", end],
    ["root's group", { verb: "sync_groups", account: 1, uid: -1, gids: [0] }],
    ["an agent without a connection", { verb: "run_agent", account: 1, uid: -1 }],
    ["an account that was not made", { verb: "run_session", account: 1, uid: -1, job: 1, task: "host", input: "" }],
  ])("refuses %s", async (_what, message) => {
    const asked = message !== null && "uid" in message && message.uid === -1 ? { ...message, uid } : message;
    await expect(ask(asked)).rejects.toEqual(refused("refused"));
  });

  it("gives the server what an earlier one's sessions left, and nothing that runs, or is anybody else's", async () => {
    const folder = (job: number | string) => at("run/sessions", String(job));
    for (const job of [1, 2, 3, 4, ".stale-5-x"]) {
      mkdirSync(folder(job), { mode: 0o700 });
      if (job !== 4) writeFileSync(path.join(folder(job), "exit.json"), "{}", { mode: 0o600 });
    }
    writeFileSync(folder(".place"), '"mark"', { mode: 0o600 });
    writeFileSync(folder("6"), "", { mode: 0o600 });
    linkSync(folder("6"), at("elsewhere"));
    symlinkSync("/etc", folder("7"));
    chownSync(folder(3), uid, uid);
    const running = spawn("sleep", ["60"], { cwd: folder(2) });
    const server = uid + 50;
    try {
      await createTestBroker({ dataDir: test.dataDir, range: test.range, server });
    } finally {
      running.kill("SIGKILL");
    }
    const owner = (name: string) => lstatSync(folder(name)).uid;
    const owners = ["1", "1/exit.json", "2", "2/exit.json", "3", "4", ".stale-5-x/exit.json", ".place", "6", "7"].map(
      owner,
    );
    expect(owners).toEqual([server, server, 0, 0, uid, 0, server, server, 0, 0]);
    expect([statSync(folder(1)).gid, lstatSync(folder("1")).mode & 0o777]).toEqual([server, 0o700]);
    expect(statSync("/etc").uid).toBe(0);
  });

  it("gives a person's number to nobody else, whatever the server says", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    await expect(ask({ verb: "ensure_account", account: 8, uid })).rejects.toEqual(refused("taken"));
    await expect(ask({ verb: "run_agent", account: 8, uid })).rejects.toEqual(refused("refused"));
    const [mine, theirs] = await socketPair();
    await expect(test.broker.perform({ verb: "run_agent", account: 8, uid }, theirs, () => undefined)).rejects.toEqual(
      refused("taken"),
    );
    mine.destroy();
  });

  it("takes no number that another installation has", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    const other = await createTestBroker({ range: test.range });
    const asked = other.broker.perform({ verb: "ensure_account", account: 7, uid }, undefined, () => undefined);
    await expect(asked).rejects.toEqual(refused("taken"));
    await other.close();
  });

  it("makes nobody with a number that another account's containers may use", async () => {
    const lists = [at("subuid"), at("subgid"), at("absent")];
    writeFileSync(at("subuid"), `# of podman\ncarl:100000:65536\ncarl:${uid}:2\nbroken\n`);
    writeFileSync(at("subgid"), `dora:${uid + 4}:1\n`);
    const ground = { dataDir: test.dataDir, installation: "ab".repeat(9) };
    const accounts = createSystemAccounts(ground, () => lentNumbers(lists));
    for (const number of [uid, uid + 1, uid + 4]) {
      await expect(accounts.ensure({ account: 7, uid: number })).rejects.toEqual(refused("taken"));
      expect(await findUser(number)).toBeNull();
    }
    await accounts.ensure({ account: 7, uid: uid + 2 });
    await expect(accounts.setGroups({ account: 7, uid: uid + 2 }, [uid + 4])).rejects.toEqual(refused("taken"));
    const told: unknown[] = [];
    const note = (what: unknown) => void told.push(what);
    const log = { warn: note, error: note } as unknown as Logger;
    writeFileSync(at("subuid"), `carl:${uid}:10\n`);
    await tellLent({ ...ground, range: test.range, log }, await lentNumbers(lists.slice(0, 1)));
    expect(told).toEqual([{ lent: [{ to: "carl", first: uid, last: uid + 9 }] }, { people: [`stoa-${uid + 2}`] }]);
    expect(await accounts.ensure({ account: 7, uid: uid + 2 })).toMatchObject({ uid: uid + 2 });
  });

  it("puts nobody into a group that another installation has", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    await ask({ verb: "sync_groups", account: 7, uid, gids: [uid + 9] });
    const other = await createTestBroker({ range: test.range });
    const askOther = (message: unknown) => other.broker.perform(message, undefined, () => undefined);
    await askOther({ verb: "ensure_account", account: 7, uid: uid + 1 });
    const asked = askOther({ verb: "sync_groups", account: 7, uid: uid + 1, gids: [uid + 9] });
    await expect(asked).rejects.toEqual(refused("taken"));
    await other.close();
  });

  it("starts people's programs where nobody can have changed the name, and what they say is their own file", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    const account = await findUser(uid);
    if (account === null) throw new Error("it was just made");
    const script = "console.error(process.cwd(), fs.fstatSync(2).uid)";
    const command = [process.execPath, "-e", script] as const;
    const { ended } = await runAs(at("run"), { account, command, locked: true });
    expect(await ended).toEqual({ code: 0, said: `/ ${uid}` });
  });

  it("puts an account into exactly the groups it is told", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    const { execFileSync } = await import("node:child_process");
    const groups = () =>
      execFileSync("id", ["-G", `stoa-${uid}`], { encoding: "utf8" })
        .trim()
        .split(" ")
        .map(Number);
    await ask({ verb: "sync_groups", account: 7, uid, gids: [uid + 1, uid + 2] });
    expect(groups()).toEqual([uid, uid + 1, uid + 2]);
    await ask({ verb: "sync_groups", account: 7, uid, gids: [uid + 2] });
    expect(groups()).toEqual([uid, uid + 2]);
    await ask({ verb: "sync_groups", account: 7, uid, gids: [] });
    expect(groups()).toEqual([uid]);
  });

  it("takes over what an earlier server made, and nothing that is another's", async () => {
    mkdirSync(at("workspaces/7/1/deep"), { recursive: true });
    mkdirSync(at("vault"));
    for (const name of ["vault/secret", "vault/shared", "workspaces/7/1/own", "workspaces/7/1/deep/own"]) {
      writeFileSync(at(name), "x");
    }
    symlinkSync(at("vault/secret"), at("workspaces/7/1/link"));
    symlinkSync(at("vault"), at("workspaces/7/1/folder"));
    linkSync(at("vault/shared"), at("workspaces/7/1/linked"));
    linkSync(at("workspaces/7/1/own"), at("workspaces/7/1/twice"));
    writeFileSync(at("workspaces/7/1/foreign"), "x");
    chownSync(at("workspaces/7/1/foreign"), 65_534, 65_534);
    await ask({ verb: "ensure_account", account: 7, uid });
    const owner = (name: string) => lstatSync(at(name)).uid;
    const theirs = ["", "/1", "/1/deep", "/1/own", "/1/twice", "/1/deep/own", "/1/link", "/1/folder"];
    for (const name of theirs) expect([name, owner(`workspaces/7${name}`)]).toEqual([name, uid]);
    for (const name of ["vault", "vault/secret", "vault/shared", "workspaces/7/1/linked"]) {
      expect([name, owner(name)]).toEqual([name, 0]);
    }
    expect(owner("workspaces/7/1/foreign")).toBe(65_534);
  });

  it("sets aside what another person had under the same id", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    writeFileSync(at("workspaces/7/theirs"), "x");
    chownSync(at("workspaces/7/theirs"), uid, uid);
    await ask({ verb: "ensure_account", account: 7, uid: uid + 1 });
    expect(readdirSync(at("workspaces/7"))).toEqual([]);
    expect(statSync(at("workspaces/7")).uid).toBe(uid + 1);
    const aside = readdirSync(at("workspaces")).find((name) => name.startsWith(".unclaimed-7-"));
    expect(readdirSync(at("workspaces", String(aside)))).toEqual(["theirs"]);
  });

  it("follows no link that stands in a directory's place", async () => {
    mkdirSync(at("vault"));
    symlinkSync(at("vault"), at("trash/7"));
    symlinkSync(at("vault"), at("run/sessions/3"));
    await ask({ verb: "ensure_account", account: 7, uid });
    expect(lstatSync(at("trash/7")).isDirectory()).toBe(true);
    const start = { verb: "run_session", account: 7, uid, job: 3, task: "clear", input: "{}" };
    await expect(ask(start)).rejects.toEqual(refused("refused"));
    expect(statSync(at("vault")).uid).toBe(0);
  });

  it("starts nothing in a run folder that is another person's", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    await ask({ verb: "ensure_account", account: 8, uid: uid + 1 });
    await ask({ verb: "run_session", account: 7, uid, job: 3, task: "clear", input: "{}" });
    const start = { verb: "run_session", account: 8, uid: uid + 1, job: 3, task: "clear", input: "{}" };
    await expect(ask(start)).rejects.toEqual(refused("refused"));
  });

  it("ends nobody's session for another, and one that isn't there is ended", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    await ask({ verb: "ensure_account", account: 8, uid: uid + 1 });
    const asked = { ...end, uid, job: 3, account: 7 };
    await expect(ask({ ...asked, account: 8 })).rejects.toEqual(refused("taken"));
    expect(await ask(asked)).toEqual({ found: 0, left: 0 });
  });

  it("ends by a session's mark what is this person's, without any group, and nobody else's", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    const marker = "a-mark-that-two-carry";
    const begin = (as: number) => {
      const child = spawn("/bin/sh", ["-c", "trap '' TERM; setsid sleep 60 & echo begun; wait"], {
        uid: as,
        gid: as,
        env: { PATH: "/usr/bin:/bin", STOA_JOB: marker },
        cwd: "/",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const gone = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
      return { child, gone, begun: new Promise((resolve) => child.stdout.once("data", resolve)) };
    };
    const [theirs, other] = [begin(uid), begin(uid + 1)];
    await Promise.all([theirs.begun, other.begun]);
    const asked = { ...end, account: 7, uid, job: 3, marker };
    expect(await ask({ ...asked, how: "look" })).toEqual({ found: 2, left: 2 });
    expect(await ask({ ...asked, how: "rest", marker: "another-mark" })).toEqual({ found: 0, left: 0 });
    expect(await ask({ ...asked, how: "rest" })).toEqual({ found: 2, left: 0 });
    expect(await theirs.gone).toBe("SIGKILL");
    expect(other.child.exitCode).toBeNull();
    const killed = await test.broker.perform({ ...asked, how: "look" }, undefined, () => undefined);
    expect(killed).toEqual({ found: 0, left: 0 });
    process.kill(other.child.pid ?? 0, "SIGKILL");
    await other.gone;
  });

  it.skipIf(!existsSync(PERL) || process.arch !== "x64")(
    "outlives a process that has moved its environment to zeros without end, and finds the others",
    async (context) => {
      const marker = "a-mark-beside-zeros";
      await ask({ verb: "ensure_account", account: 7, uid });
      const env = { PATH: "/usr/bin:/bin", STOA_JOB: marker };
      const hostile = spawn(PERL, ["-e", GROWN, String(uid)], { env, stdio: ["ignore", "pipe", "inherit"] });
      const said = await new Promise((resolve) => hostile.stdout.once("data", (chunk) => resolve(String(chunk))));
      const usual = spawn("sleep", ["60"], { uid, gid: uid, env, cwd: "/", stdio: "ignore" });
      const gone = new Promise((resolve) => usual.once("exit", (_code, signal) => resolve(signal)));
      try {
        if (said !== "moved") context.skip(`its environment was ${said}`);
        const asked = { ...end, account: 7, uid, job: 3, marker };
        expect(await ask({ ...asked, how: "look" })).toEqual({ found: 1, left: 1 });
        expect(await ask(asked)).toEqual({ found: 1, left: 0 });
        expect(await gone).toBe("SIGKILL");
      } finally {
        hostile.kill("SIGKILL");
        usual.kill("SIGKILL");
      }
    },
  );

  it("kills what it has started, and nothing else", async () => {
    await ask({ verb: "ensure_account", account: 7, uid });
    expect(await ask({ verb: "end", process: process.pid })).toBeNull();
    expect(await ask({ verb: "end", process: 1 })).toBeNull();
  });
});
