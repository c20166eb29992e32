import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { type PortalClient, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

/** Programs that misbehave, as sessions of a real server. */
let database: TestDatabase;
let stoa: StoaProcess;
let client: PortalClient;
beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, STOA_SESSION_LOG_LIMIT: "1MiB" };
  stoa = await startStoa({ env, main: join(import.meta.dirname, "stoa-with-bad-programs.ts") });
  client = await signIn(stoa.url, "admin", stoa.adminPassword);
}, 60_000);
afterAll(async () => {
  if (stoa) await discard(stoa);
  await database.drop();
}, 30_000);

async function start(jobType: string): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name: jobType, description: "", workspace_details: {} });
  const started = await client.call("PUT", `/workspaces/${made.json.data.workspace.id}/start/`, { job_type: jobType });
  expect(started.status, started.text).toBe(200);
  return started.json.data.job.id;
}

const session = async (id: number) => (await client.call("GET", `/api/stoa/v1/sessions/${id}`)).json;
const log = (id: number, query: string) => client.call("GET", `/api/stoa/v1/sessions/${id}/log?${query}`);

async function until(id: number, states: readonly string[], withinMs: number) {
  for (const limit = Date.now() + withinMs; ; await sleep(50)) {
    const seen = await session(id);
    if (states.includes(seen.status)) return seen;
    if (Date.now() > limit) throw new Error(`session ${id} is ${JSON.stringify(seen)}, not ${states.join(" or ")}`);
  }
}

const hostOf = (id: number): number => {
  const file = join(stoa.dataDir, "run/sessions", String(id), "host.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
};
const residentBytes = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
  } catch {
    return 0; // It has ended.
  }
};
/** What works in any of this server's workspaces. */
const inWorkspaces = (): string[] =>
  readdirSync("/proc").filter((name) => {
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(join(stoa.dataDir, "workspaces"));
    } catch {
      return false;
    }
  });

describe("a program that dies at once", () => {
  it("has failed, with its status and its last words", async () => {
    const id = await start("dies");
    expect(await until(id, ["failed", "complete"], 40_000)).toMatchObject({ status: "failed", exit_status: 3 });
    expect((await log(id, "offset=-100")).text).toBe("last words\n");
  });
});

describe("a program that prints 1 GB", () => {
  it("fills neither memory nor disk, holds nobody up, and its end can be read", async () => {
    const id = await start("chatters");
    await until(id, ["running", "complete"], 40_000);
    const seen = { server: 0, host: 0, slowest: 0 };
    for (let running = true; running; await sleep(50)) {
      const asked = performance.now();
      running = !["complete", "failed"].includes((await session(id)).status as string);
      seen.slowest = Math.max(seen.slowest, performance.now() - asked);
      seen.server = Math.max(seen.server, residentBytes(stoa.serverPid()));
      seen.host = Math.max(seen.host, residentBytes(hostOf(id)));
    }
    expect(await session(id)).toMatchObject({ status: "complete", exit_status: 0 });
    const end = await log(id, "offset=-100");
    expect(end.text).toContain("the-end");
    expect(Number(end.headers.get("stoa-log-total"))).toBe(1_000_000_008);
    const folder = join(stoa.dataDir, "run/sessions", String(id));
    const kept = readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name)).size ?? 0), 0);
    expect(kept).toBeLessThan(1_200_000);
    expect(seen.host).toBeLessThan(250_000_000);
    expect(seen.server).toBeLessThan(600_000_000);
    expect(seen.slowest).toBeLessThan(5_000);
  }, 60_000);
});

describe("a program that ignores TERM", () => {
  it("is ended all the same, with all that it started", async () => {
    const id = await start("is_deaf");
    await until(id, ["running"], 40_000);
    await expect.poll(async () => (await log(id, "offset=0")).text).toContain("up");
    expect(inWorkspaces().length).toBeGreaterThan(0);
    const stopped = await client.call("PUT", `/jobs/${id}/stop/`);
    expect(stopped.json).toEqual({ message: "Job queued to stop.", success: true });
    const ended = await until(id, ["complete", "failed"], 15_000);
    expect(ended).toMatchObject({ exit_signal: "SIGKILL" });
    await expect.poll(inWorkspaces).toEqual([]);
  }, 30_000);
});
