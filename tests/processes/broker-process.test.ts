import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testUidRange } from "../../packages/server/src/platform/processes/testing-broker.ts";
import { type Answer, accessToken, send } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const PASSWORD = "correct horse battery";
const range = testUidRange();
const dataDir = process.getuid?.() === 0 ? newDataDir() : "";
const env = { STOA_BROKER: "on", STOA_UID_RANGE: `${range.first}-${range.last}`, STOA_LOCAL_ISOLATION: "account" };
const start = () => startStoa({ dataDir, env });

let stoa: StoaProcess;
let token: string;
const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(`${stoa.url}${path}`, method, body, { Authorization: `Bearer ${token}` });

/** One line of /proc, in numbers. */
function statusOf(pid: number, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
}
const uidOf = (pid: number): number => Number(statusOf(pid, "Uid").split("\t")[0]);
const alive = (pid: number): boolean => existsSync(`/proc/${pid}/status`) && !/^[ZX]/.test(statusOf(pid, "State"));

/** The processes that a broker has started: the server, agents, hosts, the database. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
const account = (name: string): number => Number(execFileSync("id", ["-u", name], { encoding: "utf8" }));
const serverOf = (broker: number): number => {
  const server = childrenOf(broker).find((pid) => uidOf(pid) === account("stoa-server"));
  if (server === undefined) throw new Error("the broker has no server");
  return server;
};

async function until(check: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const limit = Date.now() + withinMs; !(await check()); await sleep(50)) {
    if (Date.now() > limit) throw new Error(`it did not happen within ${withinMs} ms:\n${stoa.output()}`);
  }
}

/** A workspace with one file, and a session in it that runs on. */
async function workAsAnn(): Promise<{ workspace: number; job: number }> {
  const files = [{ name: "a.txt", content: "hello" }];
  const made = await call("POST", "/workspaces/", { name: "w", description: "", workspace_details: { files } });
  const workspace = made.json.data.workspace.id as number;
  const started = await call("PUT", `/workspaces/${workspace}/start/`, { job_type: "terminal" });
  expect([started.status, started.text]).toEqual([200, expect.stringContaining("Successful start.")]);
  const job = started.json.data.job.id as number;
  await until(async () => (await call("GET", `/jobs/${job}/`)).json.data.jobs[0].status === "running");
  return { workspace, job };
}

/** Only root has a broker; CI runs as root. */
describe.runIf(process.getuid?.() === 0)("a server behind a broker", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    stoa = await start();
    const ann = { username: "ann", email: "ann@example.org", full_name: "Ann", password: PASSWORD };
    await send(`${stoa.url}/api/register`, "POST", ann);
    token = await accessToken(stoa.url, "ann", PASSWORD);
  }, 90_000);
  afterEach(async () => {
    if (!alive(stoa.pid)) stoa = await start();
  });
  afterAll(() => discard(stoa), 60_000);

  it("runs under its own account, with no right but what this has", () => {
    const server = serverOf(stoa.pid);
    expect(uidOf(stoa.pid)).toBe(0);
    expect(statusOf(server, "CapEff")).toMatch(/^0+$/);
    expect(statusOf(server, "CapBnd")).toMatch(/^0+$/);
    expect(statusOf(server, "NoNewPrivs")).toBe("1");
    // Else it could type into root's terminal (TIOCSTI).
    expect([statusOf(server, "NSsid"), statusOf(stoa.pid, "NSsid")]).toEqual([
      String(server),
      expect.not.stringMatching(new RegExp(`^${server}$`)),
    ]);
    const as = ["--reuid", "stoa-server", "--regid", "stoa-server", "--clear-groups", "--"];
    for (const file of ["keys/secret.key", "keys/postgres.json", "installation", "postgres/data/PG_VERSION"]) {
      expect(existsSync(join(dataDir, file))).toBe(true);
      expect(() => execFileSync("setpriv", [...as, "cat", join(dataDir, file)], { stdio: "pipe" }), file).toThrow();
    }
    expect(stoa.output()).toMatch(/on +system accounts/);
  });

  it("touches a person's files and runs their sessions as that person, who is no administrator", async () => {
    const { workspace, job } = await workAsAnn();
    const [owner] = readdirSync(join(dataDir, "workspaces"));
    const folder = join(dataDir, "workspaces", String(owner), String(workspace));
    const { uid } = statSync(join(folder, "a.txt"));
    expect(uid).toBeGreaterThanOrEqual(range.first);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const host = JSON.parse(readFileSync(join(dataDir, "run/sessions", String(job), "host.json"), "utf8")) as {
      pid: number;
    };
    const child = JSON.parse(readFileSync(join(dataDir, "run/sessions", String(job), "child.json"), "utf8")) as {
      pid: number;
    };
    expect([uidOf(host.pid), uidOf(child.pid)]).toEqual([uid, uid]);
    const environment = readFileSync(`/proc/${child.pid}/environ`, "utf8").split("\0");
    expect(environment).toContain(`HOME=${join(dataDir, "homes", String(owner))}`);
    expect(environment.join("\n")).not.toMatch(/DATABASE|SECRET|PASSWORD/);
    await call("PUT", `/jobs/${job}/stop/`);
    await until(() => !alive(child.pid) && !alive(host.pid));
  });

  it("ends in order when the broker is asked to", async () => {
    const { job } = await workAsAnn();
    const server = serverOf(stoa.pid);
    expect(await stoa.stop()).toBe(0);
    expect([alive(server), existsSync(join(dataDir, "server.lock"))]).toEqual([false, false]);
    expect(readFileSync(join(dataDir, "run/sessions", String(job), "host.json"), "utf8")).toContain("pid");
    stoa = await start();
    await until(async () => (await call("GET", `/jobs/${job}/`)).json.data.jobs[0].status === "running");
    await call("PUT", `/jobs/${job}/stop/`);
  });

  it("ends by itself when the broker is killed; sessions go on, and the next one takes all over", async () => {
    const { workspace, job } = await workAsAnn();
    const [server, before] = [serverOf(stoa.pid), childrenOf(stoa.pid)];
    const host = JSON.parse(readFileSync(join(dataDir, "run/sessions", String(job), "host.json"), "utf8")) as {
      pid: number;
    };
    await stoa.kill();
    stoa = await start();
    expect([alive(server), alive(host.pid)]).toEqual([false, true]);
    const agents = before.filter((pid) => alive(pid) && pid !== host.pid && uidOf(pid) >= range.first);
    expect(agents).toEqual([]);
    const shown = await call("GET", `/workspaces/${workspace}/`);
    expect(shown.json.data.workspaces[0].status).toBe("active");
    await call("PUT", `/jobs/${job}/stop/`);
    await until(() => !alive(host.pid));
  });

  it("takes the broker with it when it is killed, and leaves no agent and no database running", async () => {
    await workAsAnn();
    const [server, all] = [serverOf(stoa.pid), childrenOf(stoa.pid)];
    const hosts = readdirSync(join(dataDir, "run/sessions")).flatMap((job) => {
      const file = join(dataDir, "run/sessions", job, "host.json");
      return existsSync(file) ? [(JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid] : [];
    });
    process.kill(server, "SIGKILL");
    await until(() => !alive(stoa.pid));
    await until(() => all.every((pid) => hosts.includes(pid) || !alive(pid)));
    expect(stoa.output()).toContain("the server was ended from outside");
  });
});
