import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { identify, type ProcessIdentity } from "../../host/process-identity.ts";
import type { LaunchRequest, Resource } from "../contract.ts";
import { type Driver, describeResource } from "../contract-suite.ts";
import { accountMeans, chooseMeans, type LocalMeans } from "./means/local-means.ts";
import { findMachine } from "./means/machine.ts";
import { createOwnersGround, type OwnersGround } from "./test-owners.ts";

async function openAsOwner(isolation: "account" | "account-and-sandbox"): Promise<Driver> {
  const ground = await createOwnersGround();
  const means = isolation === "account" ? accountMeans : await sandboxes();
  return {
    resource: ground.open(means),
    reopen: () => ground.open(means),
    async kill(jobId) {
      const file = join(ground.runDirectory, String(jobId), "host.json");
      process.kill((JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity).pid, "SIGKILL");
    },
    async lend(folder) {
      const { uid } = await ground.processes.accountOf(1);
      chownSync(folder, uid, uid);
    },
    expected: { isolation, network: "shared" },
    hidden: ground.broker.dataDir,
    close: ground.close,
  };
}

/** What a broker's server gets where bubblewrap works besides, and nothing leads a network out. */
async function sandboxes(): Promise<LocalMeans> {
  const machine = { ...(await findMachine()), wayOut: { why: "the test has none" } };
  const config = { localIsolation: "auto", sessions: { network: "auto" } } as const;
  return chooseMeans(config, { accounts: true, isRoot: true, machine });
}

/** Only root can work as somebody else; CI runs as root. */
if (isRoot) {
  describeResource("local, each job as its owner", () => openAsOwner("account"));
  if (existsSync("/usr/bin/bwrap") || process.env.STOA_PEERS === "required") {
    describeResource("local, each job as its owner and in an enclosure", () => openAsOwner("account-and-sandbox"));
  }
}

describe.runIf(isRoot)("a session of a hostile person", () => {
  let ground: OwnersGround;
  let resource: Resource;
  let cwd: string;
  let lastId = 500;

  beforeAll(async () => {
    ground = await createOwnersGround();
    resource = ground.open();
    cwd = mkdtempSync(join(tmpdir(), "stoa-hostile-"));
    const { uid } = await ground.processes.accountOf(1);
    chownSync(cwd, uid, uid);
  });
  afterAll(async () => {
    await ground.close();
    rmSync(cwd, { recursive: true, force: true });
  });

  /** Runs a program, in its workspace; `$RUN` is the job's folder. */
  async function start(script: string): Promise<LaunchRequest> {
    const jobId = ++lastId;
    const request: LaunchRequest = {
      jobId,
      ownerId: 1,
      marker: randomUUID(),
      kind: "plain",
      command: ["/bin/sh", "-c", script],
      cwd,
      env: { PATH: "/usr/bin:/bin", RUN: join(ground.runDirectory, String(jobId)) },
      web: "program",
      listens: "socket",
      prepare: [],
      writable: [],
      cpus: 1,
      memoryBytes: 2 ** 30,
      timeLimitSeconds: null,
    };
    await resource.start(request);
    return request;
  }
  const stop = (jobId: number) => resource.stop(jobId, "The test is over.");
  async function until(check: () => boolean): Promise<void> {
    for (const limit = Date.now() + 8000; !check(); await sleep(20)) {
      if (Date.now() > limit) throw new Error("it did not happen");
    }
  }

  it("runs under its owner's account, with nothing of ours", async () => {
    const { jobId } = await start("sleep 60");
    const { uid } = await ground.processes.accountOf(1);
    const seen = await resource.observe(jobId);
    const pid = seen.state === "running" ? seen.resourceJobId : 0;
    const host = JSON.parse(
      readFileSync(join(ground.runDirectory, String(jobId), "host.json"), "utf8"),
    ) as ProcessIdentity;
    for (const one of [pid, host.pid]) {
      const status = readFileSync(`/proc/${one}/status`, "utf8");
      expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(new RegExp(`^Groups:\\s*(${uid}\\s*)?$`, "m"));
    }
    const folder = statSync(join(ground.runDirectory, String(jobId)));
    expect([folder.uid, folder.mode & 0o7777]).toEqual([uid, 0o2750]);
    await stop(jobId);
  });

  it("cannot lead us to another socket by a link", async () => {
    const elsewhere = join(ground.broker.dataDir, "secret.sock");
    const server = createServer().listen(elsewhere);
    const { jobId } = await start(`ln -s ${elsewhere} $RUN/web.sock; touch $RUN/linked; sleep 60`);
    await until(() => existsSync(join(ground.runDirectory, String(jobId), "linked")));
    const place = resource.connect({ id: jobId, marker: "" }, "none");
    expect(place).toBeNull();
    const target = resource.connect(jobId, "program");
    expect(target !== null && "socketPath" in target && target.socketPath).toBe("/proc/self/fd/none");
    server.close();
    await stop(jobId);
  });

  it("cannot have us read another file by a link, nor wait at a FIFO", async () => {
    const secret = join(ground.broker.dataDir, "installation");
    const traps = [
      `ln -s ${secret} $RUN/output-0.log`,
      "rm $RUN/exit.json",
      "mkfifo $RUN/exit.json",
      "mkfifo $RUN/output-9.log",
    ];
    const { jobId } = await start(`${traps.join("; ")}; touch $RUN/set; sleep 60`);
    await until(() => existsSync(join(ground.runDirectory, String(jobId), "set")));
    const { bytes } = await resource.output(jobId, 0, 1000).catch(() => ({ bytes: Buffer.alloc(0) }));
    expect(bytes.toString()).not.toContain("mark");
    expect((await resource.observe(jobId)).state).toBe("running");
    await stop(jobId);
  });

  it("cannot have us signal a process that it names as its host", async () => {
    const { jobId } = await start("sleep 60");
    const file = join(ground.runDirectory, String(jobId), "host.json");
    // The host ends with its folder's claim; what it leaves is put in order by the claim that is there then.
    const forged = JSON.stringify({ ...identify(process.pid) });
    const other = await start(
      `printf '%s' '${forged}' > ${file}.new; mv ${file}.new ${file}; touch $RUN/forged; sleep 60`,
    );
    await until(() => existsSync(join(ground.runDirectory, String(other.jobId), "forged")));
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
    await resource.stop(jobId, "enough");
    expect((await resource.observe(jobId)).state).toBe("ended");
    await stop(other.jobId);
  });
});
