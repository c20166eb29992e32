import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { isRunning, type ProcessIdentity, readStat } from "../../host/process-identity.ts";
import type { LaunchRequest, Observation, Resource } from "../contract.ts";
import { createOwnersGround, limits, type OwnersGround } from "./test-owners.ts";

let ground: OwnersGround;
let resource: Resource;
let cwd: string;
let lastId = 700;

const EARLY = "2020-01-01T00:00:00.000Z";
const EXIT = JSON.stringify({
  ...{ cause: "exited", code: 0, signal: null, message: null },
  ...{ startedAt: EARLY, readyAt: null, endedAt: EARLY, tree: "gone" },
});
/** Answers whatever is asked at the control socket, in its host's place. */
const ANSWER = `require("http").createServer((req, res) => res.end(process.argv[1])).listen(process.env.RUN + "/host.sock")`;
const answers = (status: object): string =>
  `rm $RUN/host.sock; "$NODE" -e '${ANSWER}' '${JSON.stringify(status)}' & while [ ! -S $RUN/host.sock ]; do sleep 0.02; done`;
/** In the place of a file: whole at once, as a host writes it. */
const writes = (name: string, text: string): string =>
  `printf '%s' '${text}' > $RUN/${name}.mine; mv $RUN/${name}.mine $RUN/${name}`;
/** Not before its start was noted: until then it is none that has started. */
const KILL_HOST = "while [ ! -e $RUN/child.json ]; do sleep 0.02; done; kill -9 $PPID";
/** Its own number, as its host's. */
const CLAIM = `printf '{"pid":%d,"startTime":"%s","bootId":"%s"}' $$ $(cut -d' ' -f22 /proc/$$/stat) $(cat /proc/sys/kernel/random/boot_id)`;

/** Only root can work as somebody else; CI runs as root. Nothing encloses these sessions. */
describe.runIf(isRoot)("a person who has an end told that is none", () => {
  beforeAll(async () => {
    ground = await createOwnersGround();
    resource = ground.open(undefined, { limits: { ...limits, lingerSeconds: 3 }, patienceMs: 1000 });
    cwd = mkdtempSync(join(tmpdir(), "stoa-forged-"));
    const { uid } = await ground.processes.accountOf(1);
    chownSync(cwd, uid, uid);
  });
  afterAll(async () => {
    await ground.close();
    rmSync(cwd, { recursive: true, force: true });
  });

  const file = (jobId: number, name: string): string => join(ground.runDirectory, String(jobId), name);
  const pidIn = (jobId: number, name: string): number =>
    (JSON.parse(readFileSync(file(jobId, name), "utf8")) as ProcessIdentity).pid;
  function lives(pid: number): boolean {
    const stat = readStat(pid);
    return stat !== null && isRunning(stat);
  }
  /** Runs a program of theirs; `$RUN` is the job's folder. Waits until it has done its worst. */
  async function start(script: string, goesOn = "while :; do sleep 0.1; done") {
    const jobId = ++lastId;
    const job: LaunchRequest = {
      jobId,
      ownerId: 1,
      marker: randomUUID(),
      kind: "plain",
      command: ["/bin/sh", "-c", `echo $$ > "$RUN/own"; ${script}; touch "$RUN/done"; trap '' TERM HUP; ${goesOn}`],
      cwd,
      env: { PATH: "/usr/bin:/bin", RUN: join(ground.runDirectory, String(jobId)), NODE: process.execPath },
      web: "none",
      listens: "socket",
      prepare: [],
      writable: [],
      cpus: 1,
      memoryBytes: 2 ** 30,
      timeLimitSeconds: null,
    };
    await resource.start(job);
    await expect.poll(() => existsSync(file(jobId, "done")), { timeout: 10_000 }).toBe(true);
    return { id: jobId, marker: job.marker, own: Number(readFileSync(file(jobId, "own"), "utf8")) };
  }

  const gone = { state: "ended", cause: "exited", endedAt: EARLY } as const;
  const lies: readonly [string, string, Partial<Observation>][] = [
    ["in exit.json", writes("exit.json", EXIT), gone],
    ["in exit.json, its host killed", `${KILL_HOST}; ${writes("exit.json", EXIT)}`, gone],
    [
      "in host.json: it was never started",
      writes("host.json", `{"neverStarted":"no","at":"${EARLY}"}`),
      { state: "ended", cause: "never_started" },
    ],
    [
      "at the control socket",
      answers({ state: "ended", startedAt: EARLY, readyAt: null, exit: JSON.parse(EXIT) }),
      gone,
    ],
    ["by no claim at all", "rm $RUN/host.json", { state: "absent" }],
    ["by another session's mark", writes("job.json", '{"marker":"another-session"}'), { state: "absent" }],
  ];
  it.each(lies)("%s does not go on after it", async (_where, script, told) => {
    const job = await start(script);
    expect(await resource.observe(job)).toMatchObject(told);
    expect(lives(job.own)).toBe(true);
    expect(await resource.makeSure(job)).toBe(true);
    expect(lives(job.own)).toBe(false);
    expect(await resource.makeSure(job)).toBe(false);
  });

  it.each(lies.slice(2))("%s is stopped all the same", async (_where, script) => {
    const job = await start(script);
    await resource.stop(job, "enough");
    expect(lives(job.own)).toBe(false);
    expect((await resource.observe(job)).state).toBe("ended");
    expect(await resource.stop(job, "enough")).toBe(false);
  });

  it("in host.json, of a machine that was restarted, has it end now, and nothing goes on", async () => {
    const job = await start(`${CLAIM} | sed 's/bootId":"./bootId":"x/' > $RUN/mine; mv $RUN/mine $RUN/host.json`);
    const before = Date.now();
    const seen = await resource.observe(job);
    expect(seen).toMatchObject({ state: "ended", cause: "vanished" });
    expect(seen.state === "ended" && Date.parse(seen.endedAt)).toBeGreaterThanOrEqual(before);
    expect(lives(job.own)).toBe(false);
  });

  it("by a host of their own that takes a stop and does nothing is killed with it", async () => {
    const status = { state: "running", startedAt: EARLY, readyAt: null, exit: null };
    const job = await start(`${KILL_HOST}; ${CLAIM} > $RUN/mine; mv $RUN/mine $RUN/host.json; ${answers(status)}`);
    expect(await resource.observe(job)).toMatchObject({ state: "running" });
    await resource.stop(job, "enough");
    expect(lives(job.own)).toBe(false);
    expect((await resource.observe(job)).state).toBe("ended");
  });

  /** What puts its folder in order runs as its owner, who finds it by its arguments. */
  const holds = `(while :; do for p in /proc/[0-9]*; do grep -qz '^settle$' $p/cmdline && kill -STOP \${p#/proc/}; done; done) 2>/dev/null & sleep 0.2`;
  it.each([
    ["a folder where its end is to be written", "rm $RUN/job.json; mkdir $RUN/exit.json"],
    ["a process that stops who would write it", `rm $RUN/job.json; ${holds}`],
  ])("by %s does not go on after its host was killed", async (_what, script) => {
    const job = await start(`${script}; ${KILL_HOST}`);
    await expect.poll(() => lives(pidIn(job.id, "host.json")), { timeout: 20_000 }).toBe(false);
    expect(await resource.observe(job)).toMatchObject({ state: "ended", cause: "vanished" });
    expect(lives(job.own)).toBe(false);
    expect(await resource.makeSure(job)).toBe(false);
  });

  it("is no honest one: that is told with its time, and its host may stay for who comes late", async () => {
    const job = await start("true", "exit 3");
    await expect.poll(async () => (await resource.observe(job)).state, { timeout: 10_000 }).toBe("ended");
    const host = pidIn(job.id, "host.json");
    expect(await resource.makeSure(job)).toBe(false);
    expect(lives(host)).toBe(true);
    const told = JSON.parse(readFileSync(file(job.id, "exit.json"), "utf8")).endedAt as string;
    expect(await resource.observe(job)).toMatchObject({ state: "ended", code: 3, endedAt: told });
  });
});
