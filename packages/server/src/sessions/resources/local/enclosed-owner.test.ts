import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Processes } from "../../../platform/processes/contract.ts";
import { createProcesses } from "../../../platform/processes/processes.ts";
import { createTestBroker, isRoot, type TestBroker } from "../../../platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import type { LaunchRequest, Resource } from "../contract.ts";
import { createLocalResource } from "./local.ts";
import { chooseMeans } from "./means/local-means.ts";
import { findMachine } from "./means/machine.ts";

const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2 };
const isThere = existsSync("/usr/bin/bwrap") || process.env.STOA_PEERS === "required";
/** The server's account, as far as a group goes. */
const SERVER = 65_534;

/** As a broker's server sees it, which is neither root nor the session's owner. */
describe.runIf(isRoot && isThere)("an enclosed session of another account", () => {
  let broker: TestBroker;
  let database: TestDatabase;
  let processes: Processes;
  let resource: Resource;
  let cwd: string;
  let lastId = 800;

  beforeAll(async () => {
    [broker, database] = await Promise.all([createTestBroker({ server: SERVER }), createTestDatabase()]);
    const log = pino({ level: "silent" });
    const audit = { record: async () => undefined };
    processes = createProcesses({ db: database.db, audit, link: broker.link, range: broker.range, log });
    const machine = { ...(await findMachine()), wayOut: { why: "the test has none" } };
    const config = { localIsolation: "auto", sessions: { network: "auto" } } as const;
    const means = chooseMeans(config, { accounts: true, isRoot: true, machine });
    const places = { writable: [], hidden: [broker.dataDir], readable: [dirname(process.execPath)] };
    resource = createLocalResource({
      runDirectory: join(broker.dataDir, "run", "sessions"),
      limits,
      people: processes,
      apart: { means, places, homes: join(broker.dataDir, "homes") },
    });
    cwd = mkdtempSync(join(tmpdir(), "stoa-enclosed-"));
    const { uid } = await processes.accountOf(1);
    chownSync(cwd, uid, uid);
  });
  afterAll(async () => {
    for (const jobId of await resource.list()) await resource.stop(jobId, "The test is over.");
    resource.close();
    await broker.close();
    await database.drop();
    rmSync(cwd, { recursive: true, force: true });
  });

  async function start(script: string, changes: Partial<LaunchRequest> = {}): Promise<number> {
    const jobId = ++lastId;
    const { home } = await processes.accountOf(1);
    await resource.start({
      jobId,
      ownerId: 1,
      marker: randomUUID(),
      kind: "plain",
      command: [process.execPath, "-e", script],
      cwd,
      env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: join(home, "tmp") },
      web: "program",
      listens: "socket",
      prepare: [],
      writable: [home],
      cpus: 1,
      memoryBytes: 2 ** 30,
      timeLimitSeconds: null,
      ...changes,
    });
    return jobId;
  }
  const folderOf = (jobId: number): string => join(broker.dataDir, "run", "sessions", String(jobId));
  async function ready(jobId: number): Promise<void> {
    for (const until = Date.now() + 8000; ; await sleep(20)) {
      const seen = await resource.observe(jobId);
      if (seen.state === "running" && seen.ready) return;
      if (Date.now() > until) throw new Error(`not ready: ${JSON.stringify(seen)}`);
    }
  }

  it.each(["socket", "port"] as const)(
    "can be reached by the server on its %s, and by nobody else",
    async (listens) => {
      const place = listens === "port" ? "STOA_SESSION_PORT" : "STOA_SESSION_SOCKET";
      const jobId = await start(`require("net").createServer().listen(process.env.${place})`, { listens });
      await ready(jobId);
      const { uid } = await processes.accountOf(1);
      const socket = statSync(join(folderOf(jobId), "web.sock"));
      expect([socket.isSocket(), socket.uid, socket.gid, socket.mode & 0o777]).toEqual([true, uid, SERVER, 0o660]);
      await resource.stop(jobId, "Enough.");
    },
  );

  it("can't touch the files that say who runs it and how it ended", async () => {
    const names = ["job.json", "host.json", "child.json", "host.sock", "exit.json"];
    const script = `const fs = require("fs");
      for (const name of ${JSON.stringify(names)}) {
        try { fs.writeFileSync(${JSON.stringify(folderOf(lastId + 1))} + "/" + name, "forged"); console.log("WROTE", name); }
        catch (e) { console.log(name, e.code); }
      }
      fs.writeFileSync(process.env.HOME + "/mine", "mine"); fs.writeFileSync(process.env.TMPDIR + "/mine", "mine");
      console.log(fs.readdirSync(process.env.HOME).sort().join(" "))`;
    const jobId = await start(script, { web: "none" });
    for (const until = Date.now() + 8000; (await resource.observe(jobId)).state !== "ended"; await sleep(20)) {
      expect(Date.now()).toBeLessThan(until);
    }
    const text = (await resource.output(jobId, 0, 5000)).bytes.toString();
    expect(text).not.toContain("WROTE");
    expect(text).toContain("mine tmp");
    expect(readFileSync(join(folderOf(jobId), "exit.json"), "utf8")).toContain('"exited"');
  });
});
