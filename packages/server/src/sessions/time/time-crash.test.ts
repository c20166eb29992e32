import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loseWorkers } from "../../testing/lose-workers.ts";
import { createLocalResource } from "../resources/local/local.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions } from "../test-sessions-server.ts";

const SERVER = fileURLToPath(new URL("../test-server-process.ts", import.meta.url));

let ground: Ground;
const children: ChildProcess[] = [];

beforeAll(async () => {
  ground = await createGround();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => ground.clear());

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;

async function spawnServer(): Promise<{ child: ChildProcess; base: string }> {
  const child = spawn(process.execPath, [SERVER, ground.database.url, ground.dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = await once(createInterface(child.stdout as NonNullable<typeof child.stdout>), "line");
  return { child, base: String(line) };
}

function post(base: string, path: string, body: object): Promise<Response> {
  const headers = { Authorization: "Bearer zpat_boss", "Content-Type": "application/json" };
  return fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** What its host keeps to. */
async function kept(jobId: number): Promise<number | null | undefined> {
  const limits = { scrollbackBytes: 4096, logBytes: 4096, graceSeconds: 0, lingerSeconds: 0 };
  const local = createLocalResource({ runDirectory: join(ground.dataDir, "run", "sessions"), limits });
  const seen = await local.observe(jobId);
  local.close();
  return seen.state === "running" ? seen.timeLimitSeconds : undefined;
}

describe("kill -9 of the server", () => {
  it("around extensions and an end leaves limits, hosts, core hours and the audit log as one", async () => {
    const first = await startSessions(ground);
    const { jobId } = await first.begin("terminal", { resource_options: { time_limit_min: 10, num_cpus: 2 } });
    await first.until(jobId, "running", 30_000);
    await expect
      .poll(() => rows("select id from jobs where extendable and id = $1", [jobId]), { timeout: 20_000 })
      .toHaveLength(1);
    await first.stop();
    const at = `/api/stoa/v1/sessions/${jobId}`;
    let acknowledged = 0;
    // Null: killed as soon as it has said that it is done.
    for (const delay of [2, 20, null]) {
      const { child, base } = await spawnServer();
      const answer = post(base, `${at}/extend`, { minutes: 1 }).then(
        (response) => response.status === 200,
        () => false,
      );
      await (delay === null ? answer : sleep(delay));
      await kill(child);
      if (await answer) acknowledged += 1;
    }
    expect(acknowledged).toBeGreaterThan(0);
    const [row] = await rows("select time_limit_seconds as seconds, core_hours_reserved from jobs where id = $1", [
      jobId,
    ]);
    const extended = (row.seconds - 600) / 60;
    expect(extended).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(row.core_hours_reserved)).toBeCloseTo((row.seconds * 2) / 3600, 4);
    const audited = await rows("select 1 from audit_entries where action = 'session.extend' and subject_id = $1", [
      String(jobId),
    ]);
    expect(audited).toHaveLength(extended);

    const ending = await spawnServer();
    await expect.poll(() => kept(jobId), { timeout: 20_000 }).toBe(row.seconds);
    await post(ending.base, `${at}/stop`, {});
    await kill(ending.child);
    await loseWorkers(ground.database.pool);
    const [one, two] = await Promise.all([startSessions(ground), startSessions(ground)]);
    const ended = await one.until(jobId, "complete", 20_000);
    await sleep(300);
    expect((await two.job(jobId)).core_hours).toBe(ended.core_hours);
    const ran = (Date.parse(ended.datetime_end) - Date.parse(ended.datetime_start)) / 3_600_000;
    expect(Number(ended.core_hours)).toBeCloseTo(ran * 2, 4);
    const ends = await rows("select 1 from audit_entries where action = 'session.end' and subject_id = $1", [
      String(jobId),
    ]);
    expect(ends).toHaveLength(1);
    const { body } = await one.call("GET", "/api/stoa/v1/core-hours");
    expect(body.person).toMatchObject({ used: ended.core_hours, reserved: "0.00000" });
    await one.stop();
    await two.stop();
  }, 120_000);
});
